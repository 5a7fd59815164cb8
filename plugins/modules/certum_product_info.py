#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_product_info
short_description: List the products that the account may order
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads the products that the account may order, and adds the data of the catalogue of this collection.
  - Use this module to test URL, credentials and allow list, because it is the simplest request to the CA.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
"""

EXAMPLES = r"""
- name: List the products of the account
  certops.certum.certum_product_info:
  register: catalogue
"""

RETURN = r"""
products:
  description: The products of the account, sorted by code.
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: The product code.
      type: str
      sample: "601"
    type:
      description: The name of the product at the CA.
      type: str
      sample: Commercial SSL (1 Year) Issue
    product:
      description:
        - The name of the product for O(certops.certum.certum_order#module:product).
        - Null if the product is not in the catalogue.
      type: str
      sample: commercial_ssl
    purpose:
      description: V(issue) or V(renew). V(unknown) if the product is not in the catalogue.
      type: str
      sample: issue
    level:
      description: Validation level, V(DV), V(OV), V(EV) or V(unknown).
      type: str
      sample: DV
    wildcard:
      description: Whether the product covers a wildcard name. Null if it is not known.
      type: bool
    multi_domain:
      description: Whether the product covers names of several sites. Null if it is not known.
      type: bool
    max_names:
      description: Maximum number of names. Null if it is not known.
      type: int
    renewal_code:
      description: The product code for a renewal. Null if it is not known, and for a renewal product.
      type: str
      sample: "606"
    validity_period:
      description: Validity period as the CA returns it. The CA does not document the unit.
      type: int
    certificate_notification_enabled:
      description: Whether the CA sends the certificate by mail.
      type: bool
    hash_algorithms:
      description: The supported hash algorithms.
      type: list
      elements: str
      sample: [RSA-SHA256, ECC-SHA256]
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
      sample: the account may order 14 products
"""

from ..module_utils._controller.product_info import list_products
from ..module_utils._module.controller_module import run_with_api


def main() -> None:
    run_with_api(list_products, argument_spec={})


if __name__ == "__main__":
    main()
