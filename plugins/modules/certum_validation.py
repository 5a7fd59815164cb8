#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_validation
short_description: Validate the domains or the mailbox of an order
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Changes the validation method of an order, requests a new code or mail, triggers validation, and waits.
  - Reports the state of each name, and the remedy for a check that fails.
  - After a new code, publish it first. Then run the module again with O(validation_code).
  - If a check of the CA ends in an error (error 1185), the module triggers validation again while it waits.
  - If too many checks were requested (error 2205), the module only waits. Run it again later to trigger validation.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: The CA does not return the current method, so the module predicts a change whenever O(method) is set.
  diff_mode:
    support: none
  idempotent:
    support: full
    details: O(new_code=true) requests a new code in every run.
options:
  order_id:
    description: The id of the order.
    type: str
    required: true
  method:
    description: The validation method to change to. If it is the current method, nothing changes.
    type: str
    choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
  admin_prefix:
    description: Mailbox at the domain that gets the link. Required for O(method=admin).
    type: str
    choices: [admin, administrator, postmaster, hostmaster, webmaster]
  new_code:
    description:
      - Whether to request a new code, or another mail with a link. A new code makes the former code invalid.
      - The CA sends no other mail while the link of the last mail is valid.
    type: bool
    default: false
  validation_code:
    description: The published validation code.
    type: str
  trigger_validation:
    description: Whether to trigger validation of O(validation_code).
    type: bool
    default: true
  wait:
    description:
      - Whether to wait until all domains and the mailbox are validated.
      - The module does not wait after it has received a new code, because you must publish the code first.
    type: bool
    default: true
seealso:
  - module: certops.certum.certum_order_info
"""

EXAMPLES = r"""
- name: Change the validation method of an order to file
  certops.certum.certum_validation:
    order_id: shop-2026
    method: file
    wait: false
  register: changed

- name: Trigger validation of the published code
  certops.certum.certum_validation:
    order_id: shop-2026
    validation_code: "{{ changed.validation.code }}"
    wait_timeout: 1
  register: validated
"""

RETURN = r"""
order_id:
  description: The id of the order.
  returned: success
  type: str
  sample: shop-2026
state:
  description: The state of the order.
  returned: success
  type: str
  sample: VERIFICATION
names:
  description:
    - State of the validation of each name.
    - C(failing_checks) contains the automatic checks that fail, each with a C(remedy).
  returned: success
  type: list
  elements: dict
  sample:
    - fqdn: shop.example.com
      state: FAILED
      expire_date:
      info: _certum.shop.example.com TXT was not found
      failing_checks: []
mailbox:
  description:
    - Whether the mailbox of an S/MIME order is validated, and the expiry date of the link.
    - Null if the order has no mailbox to validate.
  returned: success
  type: dict
validation:
  description:
    - The new validation files or records to publish, see RV(certops.certum.certum_certificates#module:certificates).
    - Null if this call received no new code.
  returned: success
  type: dict
reason:
  description: What was done, and the reason.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: order shop-2026 waits for DOMAIN (required; the domain holder); a code for file was requested
"""

from ..module_utils._controller.validation import validate_order
from ..module_utils._handover.terms import AdminPrefix, ValidationMethod
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import wait_options


def main() -> None:
    run_with_api(
        validate_order,
        argument_spec={
            "order_id": {"type": "str", "required": True},
            "method": {"type": "str", "choices": ValidationMethod.values()},
            "admin_prefix": {"type": "str", "choices": AdminPrefix.values()},
            "new_code": {"type": "bool", "default": False},
            "validation_code": {"type": "str", "no_log": False},
            "trigger_validation": {"type": "bool", "default": True},
            **wait_options(),
        },
    )


if __name__ == "__main__":
    main()
