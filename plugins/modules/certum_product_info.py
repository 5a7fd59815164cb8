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
  - Asks the CA which products are open to the account, and adds what the catalogue of this collection knows of each.
  - It is also the cheapest way to find out whether address, credentials and allow-list are right.
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
- name: List what the account may order
  certops.certum.certum_product_info:
  register: catalogue
"""

RETURN = r"""
products:
  description: The products of the account, in the order of their codes.
  returned: always
  type: list
  elements: dict
  contains:
    code:
      description: The product code.
      type: str
      sample: "601"
    type:
      description: The name that the CA gives it.
      type: str
      sample: Commercial SSL (1 Year) Issue
    product:
      description: Its name for O(certops.certum.certum_order#module:product), or nothing outside the catalogue.
      type: str
      sample: commercial_ssl
    purpose:
      description: V(issue), V(renew), or V(unknown) outside the catalogue.
      type: str
      sample: issue
    level:
      description: V(DV), V(OV), V(EV), or V(unknown).
      type: str
      sample: DV
    wildcard:
      description: Whether it takes a wildcard name, or nothing where that is not known.
      type: bool
    multi_domain:
      description: Whether it takes names of several sites, or nothing where that is not known.
      type: bool
    max_names:
      description: How many names it covers, or nothing where that is not known.
      type: int
    renewal_code:
      description: The product code that renews it.
      type: str
      sample: "606"
    validity_period:
      description: As the CA gives it. The unit is not documented.
      type: int
    certificate_notification_enabled:
      description: Whether the CA mails the certificate.
      type: bool
    hash_algorithms:
      description: The hash algorithms that it takes.
      type: list
      elements: str
      sample: [RSA-SHA256, ECC-SHA256]
reason:
  description: The whole in one sentence.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: the account may order 14 products
"""

from ..module_utils._controller.product_info import list_products
from ..module_utils._module.controller_module import run_with_api


def main() -> None:
    run_with_api(list_products, argument_spec={})


if __name__ == "__main__":
    main()
