#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_declarations
short_description: Declare the certificates that the account has
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads the orders of the account and returns a declaration for each TLS certificate that lives, as the role
    P(certops.certum.certum#role) takes it, or writes them to a file.
  - A declaration says exactly what the certificate is, so that it is kept and not bought again.
  - Of an order that was reissued the newest certificate is declared, and of an order that was renewed the renewal,
    which is known by its product code, customer, common name and type of key. So there may be several declarations for
    one common name, such as for an RSA and an EC certificate.
  - Nothing is ordered.
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
    description: How many days back orders are read. The default is the longest term and some weeks until it began.
    type: int
    default: 450
  dest:
    description:
      - File for the declarations (YAML), as the variable C(certum_certificates). Its directory has to exist.
      - Text of the account that could be a template is tagged C(!unsafe), so that Ansible leaves it as it is.
    type: path
  force:
    description:
      - Whether a file that says something else is replaced. By default it is kept, because somebody may have worked on
        it.
    type: bool
    default: false
  backup:
    description: Whether a file that is replaced is kept beside the new one, with the time in its name.
    type: bool
    default: false
seealso:
  - module: certops.certum.certum_adopt
"""

EXAMPLES = r"""
- name: Write declarations for what the account has
  certops.certum.certum_declarations:
    dest: certum-declarations.yml
  register: account

- name: See what was not declared
  ansible.builtin.debug:
    msg: "{{ account.pending + account.left_out }}"
"""

RETURN = r"""
certificates:
  description: The declarations, sorted by name.
  returned: always
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
  description: What the account knows of every certificate, for M(certops.certum.certum_adopt).
  returned: always
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
      description: The customer of its order.
      type: str
      sample: web1/shop
    product:
      description: The product code, that of a first order even if it was a renewal.
      type: str
      sample: "601"
    term_end:
      description: The estimated end of the term that was paid for, a year after its first certificate, ISO 8601 in UTC.
      type: str
      sample: "2027-11-23T00:00:00Z"
    environment:
      description: The system of the CA. Missing where that is not known.
      type: str
      choices: [production, test]
      sample: production
    problem:
      description: Why it is not one to go on with. Missing for one that is.
      type: str
      sample: its certificate is REVOKED
pending:
  description: Orders and reissues that wait for their certificate. They are not declared.
  returned: always
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
      description: What the CA says of it.
      type: str
      sample: VERIFICATION
    order_date:
      description: When it was placed, ISO 8601 in UTC.
      type: str
left_out:
  description: Other orders that are not declared, and why.
  returned: always
  type: list
  elements: dict
  contains:
    order_id:
      description: The id of the order.
      type: str
    common_name:
      description: The common name of its certificate.
      type: str
    reason:
      description: Why it is not declared.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
          sample: its certificate expired on 2026-01-31
backup_file:
  description: The former file, if it was kept.
  returned: with O(dest)
  type: str
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
