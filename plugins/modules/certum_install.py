#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_install
short_description: Install issued certificates, or remove certificates
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Installs each issued certificate with its key in C(PATH/NAME/versions/SERIAL), and switches C(PATH/NAME/current) to
    it in one step. So a service never reads a key and a chain that do not belong together.
  - The module first checks that the certificate belongs to the staged key, is a leaf, has the ordered names, is
    currently valid, and that its chain is valid. If a check fails, nothing changes.
  - The files are C(privkey.pem), C(cert.pem), C(chain.pem), C(fullchain.pem), C(root.pem) if the CA sent the root, and
    one file for each of O(certificates[].formats).
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
    support: full
options:
  orders:
    description:
      - The C(certificates) that M(certops.certum.certum_certificates) returned.
      - For each issued certificate, the module removes the validation file. It also removes the test file of
        M(certops.certum.certum_stage).
      - For a declaration without an issued certificate, the newest good certificate on disk is installed with the
        declared formats, and the mode and owner of its keys are corrected.
      - With O(state=absent), the C(order) that M(certops.certum.certum_order_info) returned for each pending order. The
        key of a rejected order is removed.
    type: list
    elements: dict
    default: []
  state:
    description:
      - V(present) installs certificates.
      - V(absent) removes the certificates with O(certificates[].state=absent) from disk. The key of a pending order
        stays. Take a deployed certificate out of service with M(certops.certum.certum_deploy) first.
    type: str
    choices: [present, absent]
    default: present
  keep_versions:
    description: Number of good certificates to keep on disk, at least 1. Certificates in use always stay.
    type: int
    default: 3
  renamed:
    description:
      - Renamed declarations, as RV(certops.certum.certum_plan#module:renamed) returns them.
      - The module renames the directory of the former name, and leaves a link with the former name.
    type: dict
    default: {}
seealso:
  - module: certops.certum.certum_deploy
"""

EXAMPLES = r"""
- name: Plan certificates
  certops.certum.certum_plan:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
  register: planned

- name: Create a key and a CSR for each due certificate
  certops.certum.certum_stage:
    certificates: "{{ planned.due }}"
    host: "{{ inventory_hostname }}"
    newest: "{{ planned.newest }}"
  register: staged

- name: Order certificates
  certops.certum.certum_certificates:
    certificates: "{{ staged.orders }}"
    trigger_validation: false
    wait: false
  delegate_to: localhost
  become: false
  register: ordered

- name: Publish validation files
  certops.certum.certum_publish:
    certificates: "{{ planned.due }}"
    orders: "{{ ordered.certificates }}"

- name: Trigger validation, wait and fetch certificates
  certops.certum.certum_certificates:
    certificates: "{{ ordered.orders }}"
  delegate_to: localhost
  become: false
  register: issued

- name: Install certificates
  certops.certum.certum_install:
    certificates: "{{ planned.due + planned.activate }}"
    orders: "{{ issued.certificates }}"

- name: Add files for Java and HAProxy
  certops.certum.certum_install:
    certificates:
      - name: shop
        common_name: shop.example.com
        formats: [pkcs12, haproxy]
    passphrases:
      shop: "{{ lookup('ansible.builtin.password', 'keystore', length=24) }}"

- name: Remove an absent certificate from disk
  certops.certum.certum_install:
    certificates:
      - name: old-shop
        state: absent
    state: absent
"""

RETURN = r"""
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
    - The declarations whose services must load the certificate. Either a declared service or address is not yet
      verified to use the installed certificate, or mode or owner of the key was corrected.
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
