#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_stage_request
short_description: Store a certification request for the next order
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Stores a request that was made elsewhere, such as with a key in an HSM, for M(certops.certum.certum_stage).
  - Nothing is ordered before the certificate is due. It is then ordered with this request, and its key is not on the
    host.
  - The request is checked at once, and not at night when it is needed.
  - Nothing is removed. A key that was staged and not ordered with is kept in C(set-aside).
  - For a key in a file of the host, put C(privkey.pem) beside C(request.csr) yourself, with mode V(0600).
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
    details: After the request was ordered with and installed, its key is used, and storing it again is refused.
options:
  name:
    description: The declaration that the request is for.
    type: str
    required: true
  csr_path:
    description:
      - File on the host with the request (PEM or DER).
      - Exactly one of O(csr_path) and O(csr_content) is needed.
    type: path
  csr_content:
    description: The request itself (PEM).
    type: str
  names:
    description: Names that the request has to have, such as all that are declared. By default none is asked for.
    type: list
    elements: str
    default: []
seealso:
  - module: certops.certum.certum_stage
"""

EXAMPLES = r"""
- name: The next certificate of the shop is for a new key in the HSM
  certops.certum.certum_stage_request:
    name: shop
    csr_content: "{{ lookup('ansible.builtin.file', 'next.csr') }}"
    names: [shop.example.com]
"""

RETURN = r"""
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
      sample: the request waits for the next order
names:
  description: The names of the request, the CN among them.
  returned: always
  type: list
  elements: str
  sample: [shop.example.com]
public_key_sha256:
  description: Fingerprint of the key, SHA-256 of its SubjectPublicKeyInfo in hexadecimal.
  returned: always
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
