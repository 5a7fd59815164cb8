#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_order_info
short_description: Read one order
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads the state of an order, what it waits for, and its certificates.
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
    description: The id of the order.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: See what the order waits for
  certops.certum.certum_order_info:
    order_id: shop-2026
  register: info
"""

RETURN = r"""
order:
  description: The order.
  returned: always
  type: dict
  contains:
    order_id:
      description: The id of the order.
      type: str
      sample: shop-2026
    state:
      description: V(AWAITING), V(VERIFICATION), V(ACCEPTED), V(ENROLLED), V(REJECTED), or what else the CA says.
      type: str
      sample: VERIFICATION
    last_update_date:
      description: When the state changed, ISO 8601 in UTC.
      type: str
    verifications:
      description: The checks that the order goes through.
      type: list
      elements: dict
      sample:
        - type: DOMAIN
          state: REQUIRED
          expire_date:
    names:
      description: How far each name is. Empty for an order without domain names.
      type: list
      elements: dict
      sample:
        - fqdn: shop.example.com
          state: REQUIRED
          expire_date:
          info: ''
          failing_checks: []
    entries:
      description: One element for the order and for each of its reissues, as the CA sends them.
      type: list
      elements: dict
reason:
  description: The whole in one sentence.
  returned: always
  type: str
  sample: order shop-2026 is in state VERIFICATION
"""

from ..module_utils._issuance.order_info import read_order
from ..module_utils._module.controller import run_with_api


def main() -> None:
    run_with_api(read_order, argument_spec={"order_id": {"type": "str", "required": True}})


if __name__ == "__main__":
    main()
