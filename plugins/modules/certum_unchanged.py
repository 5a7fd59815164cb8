#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_unchanged
short_description: Return the last plan without work if nothing has changed since
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - If M(certops.certum.certum_plan) finds nothing to do, it keeps its result in the file C(.plan.json) in O(path).
    This module returns this result as long as it is still true.
  - The result is true as long as O(digest) is the same, no file in O(path) and no user or group of the host has
    changed, the host has not been booted again, no certificate has become due, and the plan is younger than 7 days.
  - M(certops.certum.certum_plan) runs this module first, so you need not call it. It is small, so that a run with
    nothing to do is fast.
  - Reads no certificate. Changes nothing and makes no network request.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
options:
  path:
    description: Directory of all certificates on the host.
    type: path
    default: /etc/certum
  digest:
    description: The value that M(certops.certum.certum_plan) had for O(certops.certum.certum_plan#module:digest).
    type: str
    required: true
seealso:
  - module: certops.certum.certum_plan
"""

EXAMPLES = r"""
- name: Check whether the last plan is still true
  certops.certum.certum_unchanged:
    digest: 5b1c0f1d
  register: looked
"""

RETURN = r"""
planned:
  description: The result of the last plan. Null if a new plan is needed.
  returned: success
  type: dict
reason:
  description: Summary of the result.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: nothing has changed since the last plan
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host.unchanged import unchanged


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "default": "/etc/certum"},
            "digest": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    module.exit_json(**unchanged(module.params["path"], module.params["digest"]))


if __name__ == "__main__":
    main()
