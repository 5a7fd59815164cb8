#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_reissue
short_description: Issue a certificate of an order again
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Issues another certificate within the same paid order, for a new key or with more names. This is free.
  - The CA revokes the former certificate 14 days later, so see to it that the new one is served everywhere by then.
  - A CSR buys once. Run again with the same CSR, and nothing is reissued twice.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._reference
  - certops.certum._successor
attributes:
  check_mode:
    support: full
    details: Looks at the order and its certificates, and reissues nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: Give O(order_id), so that an earlier reissue can be found.
options:
  add_names:
    description:
      - Names that the certificate shall hold beside its own, for multi-domain products. Those it has are skipped.
      - Names cannot be taken away. Order a new certificate for that.
    type: list
    elements: str
    default: []
seealso:
  - module: certops.certum.certum_renew
"""

EXAMPLES = r"""
- name: Replace a lost key
  certops.certum.certum_reissue:
    order_id: shop-2026
    csr_path: next.csr
    validation: {method: dns_txt_prefix}
  register: reissued
"""

RETURN = r"""
order_id:
  description: The id of the order, none in check mode.
  returned: always
  type: str
  sample: shop-2026
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
      sample: certificate 0A1B2C3D4E5F6071 (shop.example.com) is reissued in order shop-2026
"""

from ..module_utils._controller.reissue import reissue_certificate
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import SUCCESSOR_CONSTRAINTS, successor_options


def main() -> None:
    run_with_api(
        reissue_certificate,
        argument_spec={**successor_options(), "add_names": {"type": "list", "elements": "str", "default": []}},
        **SUCCESSOR_CONSTRAINTS,
    )


if __name__ == "__main__":
    main()
