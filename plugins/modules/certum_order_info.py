#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_order_info
short_description: Read one order, or the orders of a period
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads one order with its state, its verifications and its certificates.
  - Or reads all orders that were placed, or that changed, in a period.
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
options:
  order_id:
    description:
      - The id of the order.
      - Set exactly one of O(order_id) and O(from_date).
    type: str
  from_date:
    description: Start of the period, such as V(2027-03-01) or V(2027-03-01T04:00:00+00:00).
    type: str
  to_date:
    description: End of the period. Defaults to now.
    type: str
  modified:
    description: Whether to return the orders that changed in the period, instead of those that were placed in it.
    type: bool
    default: false
  domain:
    description:
      - Return only the orders of the period that have this domain name, such as V(shop.example.com).
      - The CA does not list the names of pending orders. So the module sends one request for each of them.
    type: str
  state:
    description: Return only the orders of the period in one of these states.
    type: list
    elements: str
    choices:
      - AWAITING
      - VERIFICATION
      - ACCEPTED
      - REJECTED
      - ENROLLED
    default: []
  include_pem:
    description: Whether RV(order.entries) and RV(orders) contain the certificates as PEM, in C(x509_cert).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read an order
  certops.certum.certum_order_info:
    order_id: shop-2026
  register: info

- name: List the pending orders of this year
  certops.certum.certum_order_info:
    from_date: "2026-01-01"
    state:
      - AWAITING
      - VERIFICATION
      - ACCEPTED
  register: pending

- name: List the orders of this year for a domain
  certops.certum.certum_order_info:
    from_date: "2026-01-01"
    domain: shop.example.com
  register: ordered

- name: Read all orders of this year
  certops.certum.certum_order_info:
    from_date: "2026-01-01"
  register: account

- name: Group their certificates by state and month of expiry
  ansible.builtin.add_host:
    name: "{{ certificate.serial_number }}"
    groups: "{{ certificate.certificate_status | lower }}_{{ certificate.end_date[:7] | replace('-', '_') }}"
    common_name: "{{ certificate.common_name }}"
  vars:
    certificate: "{{ item.certificate_details }}"
  loop: "{{ account.orders | selectattr('certificate_details') }}"
  loop_control:
    label: "{{ certificate.common_name }}"

- name: Show the certificates that expire in June 2027, whether they are valid or revoked
  ansible.builtin.debug:
    msg: "{{ query('ansible.builtin.inventory_hostnames', '*_2027_06') }}"
"""

RETURN = r"""
order:
  description: The order.
  returned: with O(order_id)
  type: dict
  contains:
    order_id:
      description: The id of the order.
      type: str
      sample: shop-2026
    state:
      description: V(AWAITING), V(VERIFICATION), V(ACCEPTED), V(ENROLLED), V(REJECTED), or another state of the CA.
      type: str
      sample: VERIFICATION
    last_update_date:
      description: Time of the last change of state, ISO 8601 in UTC.
      type: str
    verifications:
      description: The verifications of the order.
      type: list
      elements: dict
      sample:
        - type: DOMAIN
          state: REQUIRED
          expire_date:
    names:
      description: State of the validation of each name. Empty for an order without domain names.
      type: list
      elements: dict
      sample:
        - fqdn: shop.example.com
          state: REQUIRED
          expire_date:
          info: ''
          failing_checks: []
    mailbox:
      description:
        - Whether the mailbox of an S/MIME order is validated, and the expiry date of the link.
        - Null if the order has no mailbox to validate.
      type: dict
    entries:
      description: One element for the order and for each of its reissues, with the field names of the API.
      type: list
      elements: dict
orders:
  description: One element for each order of the period and for each of its reissues, with the field names of the API.
  returned: with O(from_date)
  type: list
  elements: dict
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
      sample: order shop-2026 is in state VERIFICATION
"""

from ..module_utils._controller.order_info import read_orders
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._partner_api.enums import OrderState


def main() -> None:
    run_with_api(
        read_orders,
        argument_spec={
            "order_id": {"type": "str"},
            "from_date": {"type": "str"},
            "to_date": {"type": "str"},
            "modified": {"type": "bool", "default": False},
            "domain": {"type": "str"},
            "state": {"type": "list", "elements": "str", "choices": OrderState.values(), "default": []},
            "include_pem": {"type": "bool", "default": False},
        },
        mutually_exclusive=[("order_id", "from_date")],
        required_one_of=[("order_id", "from_date")],
        required_by={"to_date": "from_date", "domain": "from_date"},
    )


if __name__ == "__main__":
    main()
