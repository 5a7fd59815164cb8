#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_renew
short_description: Buy the next term of a certificate
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Renews a certificate as a new, paid order with an id that the CA chooses. Names come from the old certificate.
  - A CSR buys once. Run again with the same CSR, and the order that it led to is found.
  - The next steps are those of any order, see M(certops.certum.certum_validation) and
    M(certops.certum.certum_certificate).
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._reference
  - certops.certum._successor
attributes:
  check_mode:
    support: full
    details: Looks at the old certificate and for an earlier renewal, and orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  customer:
    description: The C(customer) of the old order. Defaults to it if O(order_id) is given, and is needed otherwise.
    type: str
  product:
    description:
      - The product of the old order, by name or code; its renewal code is used.
      - Defaults to it if O(order_id) is given, and is needed otherwise.
    type: str
seealso:
  - module: certops.certum.certum_reissue
"""

EXAMPLES = r"""
- name: Buy another year
  certops.certum.certum_renew:
    order_id: shop-2026
    csr_path: next.csr
    validation: {method: dns_txt_prefix}
  register: renewed
"""

RETURN = r"""
order_id:
  description: The id of the order, none in check mode.
  returned: always
  type: str
  sample: 7d2f8c1e-0b6a-4f7c-9d37-2a1b5c3d4e5f
order_placed:
  description: Whether the CA has the order.
  returned: always
  type: bool
validation:
  description:
    - What has to be published, see M(certops.certum.certum_certificates).
    - None if nothing has to be proved, or if no code came back. M(certops.certum.certum_validation) asks for one then.
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
      sample: certificate 0A1B2C3D4E5F6071 (shop.example.com) was renewed by order 7d2f8c1e-0b6a-4f7c-9d37-2a1b5c3d4e5f
"""

from ..module_utils._controller.renew import renew_certificate
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import SUCCESSOR_CONSTRAINTS, successor_options


def main() -> None:
    run_with_api(
        renew_certificate,
        argument_spec={**successor_options(), "customer": {"type": "str"}, "product": {"type": "str"}},
        **SUCCESSOR_CONSTRAINTS,
    )


if __name__ == "__main__":
    main()
