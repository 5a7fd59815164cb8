#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_order
short_description: Place one order at Certum, or check whether the CA accepts it
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Places one order and returns the validation files or records to publish.
  - If an order with the same id exists, the module finds it and does not place it again.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._order
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept the order. Orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  validate_only:
    description:
      - Whether only to ask the CA if it would accept the order. The module then returns the subject that the CA reads
        from the CSR, and orders nothing.
    type: bool
    default: false
seealso:
  - module: certops.certum.certum_certificate
"""

EXAMPLES = r"""
- name: Check whether the CA accepts an order
  certops.certum.certum_order:
    csr_path: shop.csr
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    validate_only: true

- name: Read the CSR of a device at the CA, and check whether the CA accepts it with another subject
  certops.certum.certum_order:
    csr_path: device.csr
    common_name: device.example.com
    subject_alt_name: []
    product: trusted_ssl
    organization: {name: Example S.A., country: PL, locality: Szczecin, tax_identification_number: "5250000000"}
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    validate_only: true
  register: checked

- name: Place the order
  certops.certum.certum_order:
    csr_path: shop.csr
    order_id: shop-2026
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    validation: {method: dns_txt_prefix}
  register: placed
"""

RETURN = r"""
order_id:
  description: The id of the order.
  returned: success
  type: str
  sample: shop-2026
order_placed:
  description: Whether the CA has the order.
  returned: success
  type: bool
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
      sample: order shop-2026 was placed for product 601
validation:
  description:
    - The validation files or records, see RV(certops.certum.certum_certificates#module:certificates).
    - Null if this call did not place the order.
  returned: success
  type: dict
parsed_csr:
  description:
    - The subject that the CA reads from the CSR, without the replacements by options.
    - Its keys are C(common_name), C(organization), C(organizational_unit), C(locality), C(state), C(country), C(email),
      C(street_address), C(postal_code), C(serial_number), C(business_category), C(jurisdiction_country),
      C(jurisdiction_state) and C(jurisdiction_locality). A key is empty if the CSR does not contain it.
    - Null if the CA did not return a subject.
  returned: with O(validate_only=true), and in check mode if the order does not exist
  type: dict
  sample: {common_name: localhost, organization: Device Ltd}
"""

from ..module_utils._controller.order import order_or_validate
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import ORDER_CONSTRAINTS, order_options


def main() -> None:
    run_with_api(
        order_or_validate,
        argument_spec={**order_options(), "validate_only": {"type": "bool", "default": False}},
        **ORDER_CONSTRAINTS,
    )


if __name__ == "__main__":
    main()
