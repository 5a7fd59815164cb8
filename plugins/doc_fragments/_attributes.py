# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of every module, and the requirements of the two kinds of module."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict changes without making them.
  diff_mode:
    description: Returns details of the changes in C(diff) mode. In C(check_mode) these are the predicted changes.
  idempotent:
    description: A second run with the same options changes nothing.
notes:
  - A failure returns C(msg) and four more values. C(error_codes) are the error codes of the CA's answer. C(element) is
    the element of the request that the first code is about. C(remedy) describes what to do. C(outcome_unknown) shows
    whether the CA may have carried out the request although the module failed.
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
  - cryptography >= 3.3
notes:
  - Runs on the host that uses the certificates. It never calls the Partner API and never gets the API credentials.
"""
