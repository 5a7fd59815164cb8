#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_order
short_description: Place one order at Certum, or validate it
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Places one order and returns what has to be published to prove the names.
  - An order of the same id is found and not placed again.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._order
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept the order, and orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  validate_only:
    description: Asks the CA whether it would accept the order, returns what it reads in the CSR, and orders nothing.
    type: bool
    default: false
seealso:
  - module: certops.certum.certum_certificate
"""

EXAMPLES = r"""
- name: Ask whether the CA would accept an order
  certops.certum.certum_order:
    csr_path: shop.csr
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    validate_only: true

- name: See what the CA reads in the request of a device, and whether it would accept it in other words
  certops.certum.certum_order:
    csr_path: device.csr
    common_name: device.example.com
    subject_alt_name: []
    product: trusted_ssl
    organization: {name: Example S.A., country: PL, locality: Szczecin, tax_identification_number: "5250000000"}
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    validate_only: true
  register: checked

- name: Place it
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
  returned: always
  type: str
  sample: shop-2026
order_placed:
  description: Whether the CA has the order.
  returned: always
  type: bool
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
      sample: order shop-2026 was placed for product 601
validation:
  description:
    - What has to be published, see M(certops.certum.certum_certificates).
    - Only known to the call that placed the order.
  returned: always
  type: dict
parsed_csr:
  description:
    - The subject as the CA reads it from the request, without what the options put in its place.
    - Its keys are C(common_name), C(organization), C(organizational_unit), C(locality), C(state), C(country), C(email),
      C(street_address), C(postal_code), C(serial_number), C(business_category), C(jurisdiction_country),
      C(jurisdiction_state) and C(jurisdiction_locality), empty where the request does not say.
  returned: when nothing was ordered
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
