#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_reissue
short_description: Reissue a certificate free of charge
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Requests another certificate within the same paid order, for a new key or with more names. It is free of charge.
  - The CA revokes the former certificate 14 days later. Deploy the new certificate everywhere before that.
  - Each CSR leads to one reissue only. Another run with the same CSR finds the existing reissue.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._reference
  - certops.certum._successor
attributes:
  check_mode:
    support: full
    details: Reads the order and its certificates, and reissues nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: Set O(order_id), so that the module can find an earlier reissue.
options:
  add_names:
    description:
      - Names to add to the certificate, for multi-domain products. Names that it already has are ignored.
      - A reissue cannot remove names. Order a new certificate for that.
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
  description: The id of the order. Null in check mode, unless the reissue or another pending reissue exists.
  returned: success
  type: str
  sample: shop-2026
order_placed:
  description: Whether the CA has the reissue, or has another pending reissue of the order.
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
