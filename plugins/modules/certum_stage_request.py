#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_stage_request
short_description: Store a CSR for the next order
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Stores a certificate signing request (CSR) for M(certops.certum.certum_stage). The CSR was created elsewhere, for
    example with a key in an HSM.
  - Nothing is ordered before the certificate is due. The next order then uses this CSR, and its key is not on the host.
  - The module checks the CSR immediately, so that mistakes are found before the order.
  - The module removes no key. A staged key without an order is kept in C(set-aside).
  - If the key is a file on the host, copy it to C(privkey.pem) beside C(request.csr) yourself, with mode V(0600).
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
    details: After its certificate is installed, the key of the CSR is used, and the module refuses to store it again.
options:
  name:
    description: The name of the declaration for the CSR.
    type: str
    required: true
  csr_path:
    description:
      - File on the host with the CSR (PEM or DER).
      - Set exactly one of O(csr_path) and O(csr_content).
    type: path
  csr_content:
    description: The CSR itself (PEM).
    type: str
  names:
    description: Names that the CSR must contain, for example all declared names. By default no name is required.
    type: list
    elements: str
    default: []
seealso:
  - module: certops.certum.certum_stage
"""

EXAMPLES = r"""
- name: Store the CSR of a new key in the HSM
  certops.certum.certum_stage_request:
    name: shop
    csr_content: "{{ lookup('ansible.builtin.file', 'next.csr') }}"
    names: [shop.example.com]
"""

RETURN = r"""
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
      sample: the request waits for the next order
names:
  description: The names of the CSR, including the CN.
  returned: success
  type: list
  elements: str
  sample: [shop.example.com]
public_key_sha256:
  description: SHA-256 fingerprint of the public key (SubjectPublicKeyInfo), hexadecimal.
  returned: success
  type: str
"""

from ..module_utils._host.stage_request import stage_request
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import ORDER_CONSTRAINTS, store_options


def main() -> None:
    run_on_host(
        stage_request,
        argument_spec={
            **store_options(),
            "name": {"type": "str", "required": True},
            "csr_path": {"type": "path"},
            "csr_content": {"type": "str"},
            "names": {"type": "list", "elements": "str", "default": []},
        },
        **ORDER_CONSTRAINTS,
    )


if __name__ == "__main__":
    main()
