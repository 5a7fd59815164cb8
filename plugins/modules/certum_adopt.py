#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_adopt
short_description: Adopt certificates that are already on a host
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Copies a certificate, its chain and its private key from their current files into C(PATH/NAME/versions/SERIAL), and
    switches C(PATH/NAME/current) to them. After that, the role P(certops.certum.certum#role) manages the certificate.
  - The module orders nothing and removes none of the original files.
  - The module first checks that the key belongs to the certificate, that the certificate is a leaf and currently valid,
    that the common name is one of its names, and that its chain is valid. If a check fails, nothing changes.
  - A certificate that is not newer than the one in C(PATH/NAME) is not adopted. So another run never installs an older
    certificate again.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows serial number, names, issuer, key type and dates, but never a private key.
  idempotent:
    support: full
options:
  certificates:
    description: The certificates to adopt.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The name of the declaration for the certificate.
        type: str
        required: true
      common_name:
        description:
          - The common name of the declaration. The certificate must contain it.
          - So a wrong file is not adopted, and no new certificate is ordered because of it.
        type: str
        required: true
      certificate_path:
        description: File with the certificate (PEM or DER). The chain may follow in the same file.
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
        description: Owner of the copy of the private key. Defaults to the user that runs the module.
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
      - The module records the order with the certificate, so that its term, customer and product are known later.
      - If no element names the certificate, this data stays unknown.
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
        description: The C(customer) of its order.
        type: str
      product:
        description: The product code of its order.
        type: str
      term_end:
        description: The end of the paid term, ISO 8601 in UTC.
        type: str
      environment:
        description: The system of the CA that issued the certificate.
        type: str
        choices: [production, test]
      problem:
        description: The reason not to use this certificate any more. If set, the module refuses to adopt it.
        type: str
seealso:
  - module: certops.certum.certum_declarations
"""

EXAMPLES = r"""
- name: Adopt the certificate that nginx uses
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
  description: One element for each certificate that is adopted, or already was.
  returned: unless the module fails before the first certificate
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
      description: What was done, and the reason.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
          sample: certificate 0A1B was adopted from /etc/ssl/certs/shop.pem
    privatekey_path:
      description: Path of the private key, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/privkey.pem
    fullchain_path:
      description: Path of the certificate with its chain, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/fullchain.pem
reason:
  description: What was done, and the reason.
  returned: unless the module fails before the first certificate
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
problems:
  description: One problem for each certificate that was not adopted.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service with the problem. Null if the problem concerns all of them.
      type: str
    code:
      description: Code of the problem, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: What went wrong, where, the reason, and the remedy.
      type: str
    error_codes:
      description: The error codes of the CA's answer. Empty if the CA did not refuse the request.
      type: list
      elements: int
    element:
      description: The element of the request that the first error code is about. Null if there is none.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried out the request although no success was reported.
      type: bool
"""

from ..module_utils._host.adopt import adopt_all
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import adoption_options, store_options


def main() -> None:
    run_on_host(adopt_all, argument_spec={**store_options(), **adoption_options()})


if __name__ == "__main__":
    main()
