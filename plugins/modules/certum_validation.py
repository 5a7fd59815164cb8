#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_validation
short_description: See to it that the names or the mailbox of an order are proved
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Changes the validation method of an order, asks for a new code or mail, has the CA look, and waits.
  - Tells for each name how far it is, and what to do about a check that fails.
  - A new code has to be published before the CA looks for it. Run again with O(validation_code) afterwards.
  - If a check of the CA ends in an error (error 1185), the module triggers validation again while it waits.
  - If too many checks were asked for (error 2205), the module only waits. Run it again later to trigger validation.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: The CA does not tell the method in force, so a declared one is predicted to be a change.
  diff_mode:
    support: none
  idempotent:
    support: full
    details: O(new_code=true) asks for a new code every time.
options:
  order_id:
    description: The id of the order.
    type: str
    required: true
  method:
    description: The method to prove the names by from now on. The method in force is left as it is.
    type: str
    choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
  admin_prefix:
    description: To which mailbox at the domain the link is sent. Needed for O(method=admin).
    type: str
    choices: [admin, administrator, postmaster, hostmaster, webmaster]
  new_code:
    description:
      - Asks for a new code, or for another mail with a link to a mailbox. The former code is void then.
      - While the link of the last mail is good, the CA sends no other.
    type: bool
    default: false
  validation_code:
    description: The code that is published, for the CA to look for.
    type: str
  trigger_validation:
    description: Whether the CA is asked to look for O(validation_code).
    type: bool
    default: true
  wait:
    description: Whether to wait until everything that has to be proved is. A new code has to be published first.
    type: bool
    default: true
seealso:
  - module: certops.certum.certum_order_info
"""

EXAMPLES = r"""
- name: Prove the names of an order by file instead
  certops.certum.certum_validation:
    order_id: shop-2026
    method: file
  register: changed

- name: Have the CA look for the code that is published
  certops.certum.certum_validation:
    order_id: shop-2026
    validation_code: "{{ changed.validation.code }}"
    wait_timeout: 1
  register: proved
"""

RETURN = r"""
order_id:
  description: The id of the order.
  returned: always
  type: str
  sample: shop-2026
state:
  description: The state of the order.
  returned: always
  type: str
  sample: VERIFICATION
names:
  description: How far each name is. C(failing_checks) has the automatic checks that fail, each with a C(remedy).
  returned: always
  type: list
  elements: dict
  sample:
    - fqdn: shop.example.com
      state: FAILED
      expire_date:
      info: _certum.shop.example.com TXT was not found
      failing_checks: []
mailbox:
  description: Whether the mailbox of an S/MIME order is proved, and until when the link is good.
  returned: always
  type: dict
validation:
  description: What has to be published now, see M(certops.certum.certum_certificates).
  returned: always
  type: dict
reason:
  description: What was done and why.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
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
