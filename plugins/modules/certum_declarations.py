#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_declarations
short_description: Generate declarations for the certificates of the account
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads the orders of the account and returns a declaration for each valid TLS certificate, or writes the declarations
    to a file. The role P(certops.certum.certum#role) uses these declarations.
  - A declaration describes the existing certificate exactly, so that the role keeps it and does not order it again.
  - If an order was reissued, the newest certificate is declared. If an order was renewed, the renewal is declared.
  - A renewal is identified by product code, customer, common name and key type. So one common name may have several
    declarations, for example for an RSA and an EC certificate.
  - The module orders nothing.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  days:
    description:
      - Number of days to look back for orders.
      - The default is the longest term plus some weeks, because a term may begin some weeks after the order.
    type: int
    default: 450
  dest:
    description:
      - YAML file for the declarations, as the variable C(certum_certificates). Its directory must exist.
      - Text of the account that could be a template gets the tag C(!unsafe), so that Ansible does not evaluate it.
    type: path
  force:
    description:
      - Whether to replace an existing file with other content. By default it is kept, because somebody may have edited
        it.
    type: bool
    default: false
  backup:
    description: Whether to keep a copy of a replaced file beside the new one, with the time in its name.
    type: bool
    default: false
seealso:
  - module: certops.certum.certum_adopt
"""

EXAMPLES = r"""
- name: Write declarations for the certificates of the account
  certops.certum.certum_declarations:
    dest: certum-declarations.yml
  register: account

- name: List the orders that are not declared
  ansible.builtin.debug:
    msg: "{{ account.pending + account.left_out }}"
"""

RETURN = r"""
certificates:
  description: The declarations, sorted by name.
  returned: success
  type: list
  elements: dict
  sample:
    - name: shop.example.com
      product: commercial_ssl
      common_name: shop.example.com
      www: true
      key: {type: ec, size: 256}
      customer: web1/shop
orders:
  description: The order data of every certificate of the account, for M(certops.certum.certum_adopt).
  returned: success
  type: list
  elements: dict
  contains:
    serial_number:
      description: The serial number of the certificate, hexadecimal.
      type: str
      sample: 0A1B2C3D
    order_id:
      description: The id of its order.
      type: str
      sample: shop-2026
    customer:
      description: The C(customer) of its order. Missing if it is empty.
      type: str
      sample: web1/shop
    product:
      description:
        - The product code of a new order, also for a renewal.
        - Missing if the code is not a product code.
      type: str
      sample: "601"
    term_end:
      description: The estimated term end, one year after the first certificate of the order, ISO 8601 in UTC.
      type: str
      sample: "2027-11-23T00:00:00Z"
    environment:
      description: The system of the CA. Missing if it is not known.
      type: str
      choices: [production, test]
      sample: production
    problem:
      description: The reason not to use this certificate any more. Missing if there is no such reason.
      type: str
      sample: its certificate is REVOKED
pending:
  description: Pending orders and pending reissues. They are not declared.
  returned: success
  type: list
  elements: dict
  contains:
    order_id:
      description: The id of the order.
      type: str
    customer:
      description: The customer of the order.
      type: str
    product:
      description: The product code of the order.
      type: str
    state:
      description: State of the order at the CA.
      type: str
      sample: VERIFICATION
    order_date:
      description: Time of the order, ISO 8601 in UTC.
      type: str
left_out:
  description: All other orders that are not declared, with the reasons.
  returned: success
  type: list
  elements: dict
  contains:
    order_id:
      description: The id of the order.
      type: str
    common_name:
      description: The common name of its certificate. Null if it has no certificate.
      type: str
    reason:
      description: The reason why the order is not declared.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
          sample: its certificate expired on 2026-01-31
backup_file:
  description: Path of the copy of the replaced file. Null if there is no copy.
  returned: with O(dest)
  type: str
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
      sample: "declared: 12, pending: 1, left out: 3; the declarations were written to certum-declarations.yml"
"""

from ..module_utils._controller.declarations import declare_account
from ..module_utils._module.controller_module import run_with_api


def main() -> None:
    run_with_api(
        declare_account,
        argument_spec={
            "days": {"type": "int", "default": 450},
            "dest": {"type": "path"},
            "force": {"type": "bool", "default": False},
            "backup": {"type": "bool", "default": False},
        },
    )


if __name__ == "__main__":
    main()
