#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_renew
short_description: Order the next paid term of a certificate
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Renews a certificate by a new paid order. The CA chooses the order id. The names are those of the former
    certificate.
  - Each CSR leads to one renewal only. Another run with the same CSR finds the existing order.
  - Continue the order like any other order, see M(certops.certum.certum_validation) and
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
    details: Reads the former certificate, looks for an existing renewal, and orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  customer:
    description: The C(customer) of the former order. Required if O(order_id) is not set.
    type: str
  product:
    description:
      - The product of the former order, by name or code. The module uses its renewal code.
      - Required if O(order_id) is not set.
    type: str
seealso:
  - module: certops.certum.certum_reissue
"""

EXAMPLES = r"""
- name: Renew a certificate for another year
  certops.certum.certum_renew:
    order_id: shop-2026
    csr_path: next.csr
    validation: {method: dns_txt_prefix}
  register: renewed
"""

RETURN = r"""
order_id:
  description: The id of the renewal. Null in check mode, unless the renewal exists.
  returned: success
  type: str
  sample: 7d2f8c1e-0b6a-4f7c-9d37-2a1b5c3d4e5f
order_placed:
  description: Whether the CA has the renewal. Always V(false) in check mode.
  returned: success
  type: bool
validation:
  description:
    - The validation files or records, see RV(certops.certum.certum_certificates#module:certificates).
    - Null if no validation is necessary, or if the CA did not return a code. Request a code with
      M(certops.certum.certum_validation) then.
  returned: success
  type: dict
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
