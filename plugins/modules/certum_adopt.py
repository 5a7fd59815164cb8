#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_adopt
short_description: Take over certificates that a host has already
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Copies a certificate, its chain and its private key from where they lie into C(PATH/NAME/versions/SERIAL), and
    switches C(PATH/NAME/current) to them. From then on the role P(certops.certum.certum#role) keeps them.
  - Nothing is ordered, and nothing is removed from where it lies.
  - Before that it is checked that the key is that of the certificate, that the certificate is a leaf with its common
    name among its names, is in date, and that its chain holds. Otherwise nothing changes.
  - A certificate that is no newer than the one in C(PATH/NAME) is left where it is, so running again never goes back.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows serial number, names, issuer, key and dates, never a key.
  idempotent:
    support: full
options:
  certificates:
    description: What is taken over.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The name of the declaration that the certificate is for.
        type: str
        required: true
      common_name:
        description:
          - The common name of the declaration, which the certificate has to name.
          - Keeps the wrong file from being taken over, for which another certificate would be ordered.
        type: str
        required: true
      certificate_path:
        description: File with the certificate (PEM or DER). The chain may follow it.
        type: path
        required: true
      chain_path:
        description: File with the certificates of the issuing CAs (PEM), in any order, with or without the root.
        type: path
      privatekey_path:
        description: File with the private key (PEM), not encrypted.
        type: path
        required: true
      owner:
        description: Owner of the copy of the private key, by default the user that runs the module.
        type: str
      group:
        description: Group of the copy of the private key.
        type: str
      mode:
        description: Mode of the copy of the private key as an octal string. Defaults to V("0600").
        type: str
  orders:
    description:
      - The RV(certops.certum.certum_declarations#module:orders) that M(certops.certum.certum_declarations) returned.
        They are written down with the certificate, so that its term, its customer and its product are known later.
      - A certificate that none of them names is taken over without.
    type: list
    elements: dict
    default: []
    suboptions:
      serial_number:
        description: The serial number of a certificate, hexadecimal.
        type: str
        required: true
      order_id:
        description: The id of its order.
        type: str
      customer:
        description: The customer of its order.
        type: str
      product:
        description: The product code of its order.
        type: str
      term_end:
        description: The end of the term that was paid for, ISO 8601 in UTC.
        type: str
      environment:
        description: The system of the CA that it came from.
        type: str
        choices: [production, test]
      problem:
        description: Why this certificate is not one to go on with. It is refused then.
        type: str
seealso:
  - module: certops.certum.certum_declarations
"""

EXAMPLES = r"""
- name: Take over what nginx has served so far
  certops.certum.certum_adopt:
    certificates:
      - name: shop
        common_name: shop.example.com
        certificate_path: /etc/ssl/certs/shop.pem
        chain_path: /etc/ssl/certs/shop-chain.pem
        privatekey_path: /etc/ssl/private/shop.key
"""

RETURN = r"""
certificates:
  description: One element for each certificate that is in place.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
      sample: shop
    changed:
      description: Whether something changed for it.
      type: bool
    reason:
      description: What was done and why.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
          sample: certificate 0A1B was taken over from /etc/ssl/certs/shop.pem
    privatekey_path:
      description: The private key, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/privkey.pem
    fullchain_path:
      description: The certificate and its chain, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/fullchain.pem
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
problems:
  description: A problem for each certificate that was not taken over.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service that it is about, or nothing where it is about all.
      type: str
    text:
      description: What went wrong, where, why, and what to do.
      type: str
    error_codes:
      description: The error codes of the CA's answer, none where the CA did not refuse.
      type: list
      elements: int
    element:
      description: The element of the request that the first of these errors is about.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried the request out all the same.
      type: bool
"""

from ..module_utils._host.adopt import adopt_all
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import adoption_options, store_options


def main() -> None:
    run_on_host(adopt_all, argument_spec={**store_options(), **adoption_options()})


if __name__ == "__main__":
    main()
