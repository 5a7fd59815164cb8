#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_certificate
short_description: Obtain a certificate from Certum
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Obtains one certificate and writes it to a destination on the controller.
  - The module needs a certificate signing request (CSR), and no other part of this collection.
  - While the certificate at the destination is good and no file is missing, the module sends no request to the CA.
  - Otherwise the first call places the order and returns the validation file or record to publish.
  - The second call, with the same options, triggers validation, waits for issuance, and fetches the certificate. Each
    later call continues at the step where the previous call stopped.
  - If a playbook publishes the validation file or record between two calls, set O(trigger_validation=false) in the
    first call. If a run stops between the two calls, the next run then publishes before it triggers validation.
  - The module records a pending order in a file beside the destination, with the same name plus C(.order.json).
  - For each new certificate, create a new key and a new CSR. The CA refuses a key that was used before.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._order.certificate
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept the order, or reads the state of the pending order. Orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: With a destination, the module sends no request to the CA while its certificate is good and complete.
seealso:
  - module: certops.certum.certum_certificates
  - module: certops.certum.certum_order
"""

EXAMPLES = r"""
- name: Place the order, unless the certificate is good
  certops.certum.certum_certificate:
    <<: &shop
      csr_path: shop.csr
      fullchain_dest: shop.fullchain.pem
      product: commercial_ssl
      contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    trigger_validation: false
  register: shop

- name: Publish the validation file
  ansible.builtin.copy:
    content: "{{ item.content }}"
    dest: /var/www/shop/.well-known/pki-validation/certum.txt
    mode: "0644"
  loop: "{{ shop.validation.files | default([]) }}"

- name: Trigger validation, and fetch the certificate
  certops.certum.certum_certificate: *shop

- name: Write the root, and the certificate as DER for Windows
  certops.certum.certum_certificate:
    <<: *shop
    root_dest: shop.root.pem
    der_dest: shop.cer

- name: Order an S/MIME certificate, or fetch it after the link in the CA's mail was opened
  certops.certum.certum_certificate:
    csr_path: ada.csr
    fullchain_dest: ada.fullchain.pem
    product: enterprise_id
    email: ada@example.com
    organization: &company
      {name: Example S.A., country: PL, locality: Szczecin, tax_identification_number: "5250000000"}
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    wait: false

- name: Order a code signing certificate, or fetch it after the CA's staff approved it
  certops.certum.certum_certificate:
    csr_path: release.csr
    fullchain_dest: release.fullchain.pem
    product: "841"
    product_kind: code_signing
    organization: *company
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
"""

RETURN = r"""
name:
  description: Name of the certificate.
  returned: unless the module fails before it works on the certificate
  type: str
  sample: shop
order_id:
  description: The id of its order. Null for a renewal that is not placed.
  returned: unless the module fails before it works on the certificate
  type: str
  sample: shop-3f9c0d5e7a1b2c4d
order_placed:
  description: Whether the CA has the order.
  returned: unless the module fails before it works on the certificate
  type: bool
state:
  description: State of the certificate, see RV(certops.certum.certum_certificates#module:certificates).
  returned: unless the module fails before it works on the certificate
  type: str
  choices: [current, issued, pending, rejected, not_ordered, unknown]
  sample: pending
reason:
  description: The reason for this state.
  returned: unless the module fails before it works on the certificate
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: order shop-3f9c0d5e7a1b2c4d was placed for product 601
validation:
  description:
    - The validation files or records of a pending order.
    - See RV(certops.certum.certum_certificates#module:certificates).
    - Null if there is nothing to publish.
  returned: unless the module fails before it works on the certificate
  type: dict
serial_number:
  description: Serial number in hexadecimal. Null unless RV(state=issued).
  returned: unless the module fails before it works on the certificate
  type: str
not_before:
  description: Start of validity, ISO 8601 in UTC. Null unless RV(state=issued).
  returned: unless the module fails before it works on the certificate
  type: str
not_after:
  description: Expiry date, ISO 8601 in UTC. Null unless RV(state=issued).
  returned: unless the module fails before it works on the certificate
  type: str
  sample: '2027-06-10T10:15:02+00:00'
certificate:
  description: The certificate (PEM). Null unless RV(state=issued).
  returned: unless the module fails before it works on the certificate
  type: str
chain:
  description:
    - The intermediate certificates (PEM), the issuer of the certificate first, without the root.
    - Null unless RV(state=issued).
  returned: unless the module fails before it works on the certificate
  type: list
  elements: str
root:
  description: The root certificate (PEM) at the end of the chain. Null if the CA did not send it.
  returned: unless the module fails before it works on the certificate
  type: str
backup_files:
  description: Paths of the copies of replaced files.
  returned: unless the module fails before it works on the certificate
  type: list
  elements: str
"""

from ..module_utils._controller.certificates import make_certificate
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import ORDER_CONSTRAINTS, certificate_options, progress_options


def main() -> None:
    run_with_api(
        make_certificate,
        argument_spec={**certificate_options(), **progress_options()},
        **ORDER_CONSTRAINTS,
    )


if __name__ == "__main__":
    main()
