# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_transfer
short_description: Send the private key of a shared certificate to other hosts
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - With O(state=sealed), encrypts private keys on a host that has them. Each ciphertext is for one other host, one
    certificate and one transfer.
  - With O(state=received), decrypts the private keys on the host that they are for, checks key, names, chain and dates
    as M(certops.certum.certum_install) does, and installs the certificates.
  - The controller carries only ciphertext. It is bound to the names of both hosts, to the name of the certificate, and
    to its serial number.
  - The role C(certum) uses this module for certificates with C(share).
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._store.environment
  - certops.certum._declaration
  - certops.certum._declaration.passphrases
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows serial number, names, issuer, key type, dates, and mode and owner of keys, but never a private key.
  idempotent:
    support: partial
    details: With O(state=sealed) each ciphertext is new.
options:
  state:
    description:
      - V(sealed) encrypts private keys.
      - V(received) decrypts private keys and installs their certificates.
    type: str
    choices: [sealed, received]
    required: true
  host:
    description: Name of this host in the inventory.
    type: str
    required: true
  transfers:
    description:
      - The transfers, as M(certops.certum.certum_batch) with C(step=supply) returns them.
      - With O(state=sealed), only the transfers with this O(host) as C(sender) are done.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The declaration.
        type: str
        required: true
      serial_number:
        description: The certificate whose private key is sent.
        type: str
        required: true
      sender:
        description: The host that has the private key.
        type: str
        required: true
      receiver:
        description: The host that gets the private key.
        type: str
        required: true
      receiver_key:
        description: The public X25519 key that M(certops.certum.certum_stage) staged on the receiver, in base64.
        type: str
        required: true
  sealed:
    description: The encrypted private keys, as this module returns them with O(state=sealed).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The declaration.
        type: str
        required: true
      sender:
        description: The host that has the private key.
        type: str
        required: true
      receiver:
        description: The host that gets the private key.
        type: str
        required: true
      sender_key:
        description: The public X25519 key that was made for this transfer, in base64.
        type: str
        required: true
      ciphertext:
        description: The encrypted private key, in base64.
        type: str
        required: true
  supplied:
    description: The certificates, as M(certops.certum.certum_batch) with C(step=supply) returns them.
    type: list
    elements: dict
    default: []
  orders:
    description: The results of the orders of the group in this run. The validation file of an issued order is removed.
    type: list
    elements: dict
    default: []
  keep_versions:
    description: Number of good certificates to keep on disk, at least 1. Certificates in use always stay.
    type: int
    default: 3
seealso:
  - module: certops.certum.certum_batch
  - module: certops.certum.certum_install
"""

EXAMPLES = r"""
# The role certum makes the preparations, and uses this module in its file tasks/transfer.yml.
- name: Use one certificate on all hosts of the group web
  ansible.builtin.include_role:
    name: certops.certum.certum
  vars:
    certum_certificates:
      - name: shop
        common_name: shop.example.com
        share: web
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
"""

RETURN = r"""
sealed:
  description: The encrypted private keys.
  returned: with O(state=sealed)
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
    sender:
      description: The host that has the private key.
      type: str
    receiver:
      description: The host that gets the private key.
      type: str
    sender_key:
      description: The public X25519 key that was made for this transfer, in base64.
      type: str
    ciphertext:
      description: The encrypted private key, in base64.
      type: str
certificates:
  description: One element for each certificate.
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
          sample: certificate 0A1B was installed
    serial_number:
      description: Serial number in hexadecimal of the certificate in use. Null if there is none.
      type: str
    privatekey_path:
      description: Path of the private key, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/privkey.pem
    fullchain_path:
      description: Path of the certificate with its chain, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/fullchain.pem
    not_after:
      description: Expiry date of the certificate in use, ISO 8601 in UTC. Null if there is none.
      type: str
      sample: "2027-05-19T00:00:00+00:00"
    next_due:
      description:
        - Moment from which M(certops.certum.certum_plan) reports the certificate as due, ISO 8601 in UTC.
        - Null if there is no certificate in use.
      type: str
      sample: "2027-03-20T00:00:00+00:00"
    ordered:
      description: Time of the pending order, ISO 8601 in UTC. Null if there is none.
      type: str
      sample: "2027-03-20T00:00:00+00:00"
deploy:
  description:
    - The declarations whose service must load the certificate. Either the service is not yet verified to use the
      installed certificate, or mode or owner of the key was corrected.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
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
  description: One problem for each certificate that could not be installed or removed, or that has expired.
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

from ..module_utils._host.transfer import transfer
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import (
    declaration_options,
    environment_options,
    orders_options,
    passphrase_options,
    store_options,
    transfer_options,
)


def main() -> None:
    run_on_host(
        transfer,
        argument_spec={
            **store_options(),
            **environment_options(),
            **declaration_options(),
            **orders_options(required=False),
            **passphrase_options(),
            **transfer_options(),
            "keep_versions": {"type": "int", "default": 3},
        },
    )


if __name__ == "__main__":
    main()
