#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_install
short_description: Put issued certificates in place, or take them away
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Puts each issued certificate beside its key into C(PATH/NAME/versions/SERIAL) and switches C(PATH/NAME/current)
    to it in one step, so that a service only ever sees a key and a chain that belong together.
  - Before that it is checked that the certificate belongs to the staged key, is a leaf, has the names that were
    ordered, is in date, and that its chain holds. Otherwise nothing changes.
  - Beside C(privkey.pem), C(cert.pem), C(chain.pem) and C(fullchain.pem) there is C(root.pem) if the CA sent the root,
    and a file for each of O(certificates[].formats).
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
    details: Shows serial number, names, issuer, key and dates, and mode and owner of keys, but never a key.
  idempotent:
    support: full
options:
  orders:
    description:
      - The C(certificates) that M(certops.certum.certum_certificates) returned.
      - The validation file of an issued certificate is removed, and the test file of M(certops.certum.certum_stage).
      - With O(state=absent), the C(order) that M(certops.certum.certum_order_info) returned for each order in flight.
        One that is rejected keeps no key.
      - For a declaration without one, the newest good certificate on disk is put in place, with the declared formats,
        and mode and owner of its keys are made as declared.
    type: list
    elements: dict
    default: []
  state:
    description:
      - V(present) puts certificates in place.
      - V(absent) removes those with O(certificates[].state=absent) from disk. The key of an order in flight stays, and
        one that was proved to be served has to be withdrawn with M(certops.certum.certum_deploy) before.
    type: str
    choices: [present, absent]
    default: present
  keep_versions:
    description: How many good certificates stay on disk, at least 1. Those in use always stay.
    type: int
    default: 3
  renamed:
    description:
      - Declarations that were renamed, as RV(certops.certum.certum_plan#module:renamed) returns them.
      - The directory of the former name is moved, and a link to it stays in the former place.
    type: dict
    default: {}
seealso:
  - module: certops.certum.certum_deploy
"""

EXAMPLES = r"""
- name: Put the certificate in place
  certops.certum.certum_install:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    orders: "{{ issued.certificates }}"

- name: Have it for Java and HAProxy, too
  certops.certum.certum_install:
    certificates:
      - name: shop
        common_name: shop.example.com
        formats: [pkcs12, haproxy]
    passphrases:
      shop: "{{ lookup('ansible.builtin.password', 'keystore', length=24) }}"

- name: Remove from disk what is declared absent
  certops.certum.certum_install:
    certificates:
      - name: old-shop
        state: absent
    state: absent
"""

RETURN = r"""
certificates:
  description: One element for each certificate.
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
          sample: certificate 0A1B was put in place
    serial_number:
      description: Serial number in hexadecimal of the certificate in place.
      type: str
    privatekey_path:
      description: The private key, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/privkey.pem
    fullchain_path:
      description: The certificate and its chain, for the configuration of a service.
      type: str
      sample: /etc/certum/shop/current/fullchain.pem
    not_after:
      description: Until when the certificate in place is valid, ISO 8601 in UTC. Nothing where there is none.
      type: str
      sample: "2027-05-19T00:00:00+00:00"
    next_due:
      description: From when on certum_plan asks for the next certificate.
      type: str
      sample: "2027-03-20T00:00:00+00:00"
    ordered:
      description: When the order was made whose certificate is not here yet. Nothing where there is none.
      type: str
      sample: "2027-03-20T00:00:00+00:00"
deploy:
  description:
    - The declarations with a service that was not proved to serve the certificate in place, or with a key whose mode or
      owner was put right.
  returned: always
  type: list
  elements: dict
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
  description: A problem for each certificate that could not be put in place.
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

from ..module_utils._handover.terms import DeclaredState
from ..module_utils._host.install import install_all
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import (
    declaration_options,
    environment_options,
    orders_options,
    passphrase_options,
    store_options,
)


def main() -> None:
    run_on_host(
        install_all,
        argument_spec={
            **store_options(),
            **environment_options(),
            **declaration_options(),
            **orders_options(required=False),
            **passphrase_options(),
            "state": {"type": "str", "choices": DeclaredState.values(), "default": "present"},
            "keep_versions": {"type": "int", "default": 3},
            "renamed": {"type": "dict", "default": {}},
        },
    )


if __name__ == "__main__":
    main()
