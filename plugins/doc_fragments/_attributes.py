# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module promises, and what the two kinds of module need."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return a prediction of what would change, without changing anything.
  diff_mode:
    description: Returns in C(diff) mode what has changed, or would change in C(check_mode).
  idempotent:
    description: A second run with the same options changes nothing.
notes:
  - A failure has, beside C(msg), C(error_codes), the error codes of the CA's answer; C(element), the element of the
    request that the first of them is about; C(remedy), what to do; and C(outcome_unknown), whether the CA may have
    carried the request out all the same.
"""

    CONTROLLER = r"""
attributes:
  action_group:
    description: Use C(group/certops.certum.certum) in C(module_defaults) to set the options of all API modules at once.
    support: full
    membership:
      - certops.certum.certum
requirements:
  - python >= 3.11
  - httpx
  - pydantic
  - pydantic-xml
  - cryptography
notes:
  - Runs on the controller or in an execution environment. In a play on other hosts use C(delegate_to=localhost).
"""

    HOST = r"""
attributes:
  platform:
    description: Target systems of the module.
    support: full
    platforms: posix
requirements:
  - python >= 3.9
  - cryptography >= 3.4
notes:
  - Runs on the host that uses the certificates. It never speaks to the CA and never sees the API credentials.
"""
