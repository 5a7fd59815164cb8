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
  - Makes one certificate exist at a destination on the controller.
  - It needs a certification request and nothing else of this collection.
  - While the certificate there is good and no file is missing, nothing is asked of the CA.
  - Otherwise the first call places the order and returns what has to be published.
  - The same call again has the CA check it, waits, and fetches the certificate.
    A call at any later time goes on where the last one stopped.
  - In a playbook that publishes between two calls, give the first O(trigger_validation=false). Should a run ever end
    between the two, the next one then publishes before the CA is asked to check.
  - An order in flight is remembered in a file beside the destination, named like it with C(.order.json) at its end.
  - For a new certificate make a new key and request, the CA refuses a key that was used.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._order.certificate
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept the order, or how the one in flight stands, and orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: With a destination, nothing is asked of the CA while the certificate there is good and no file is missing.
seealso:
  - module: certops.certum.certum_certificates
  - module: certops.certum.certum_order
"""

EXAMPLES = r"""
- name: Place the order, or find that the certificate is good
  certops.certum.certum_certificate:
    <<: &shop
      csr_path: shop.csr
      fullchain_dest: shop.fullchain.pem
      product: commercial_ssl
      contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    trigger_validation: false
  register: shop

- name: Publish what proves the domain
  ansible.builtin.copy:
    content: "{{ item.content }}"
    dest: /var/www/shop/.well-known/pki-validation/certum.txt
    mode: "0644"
  loop: "{{ shop.validation.files | default([]) }}"

- name: Have it checked, and fetch the certificate
  certops.certum.certum_certificate: *shop

- name: Have the root beside it, and the certificate for Windows
  certops.certum.certum_certificate:
    <<: *shop
    root_dest: shop.root.pem
    der_dest: shop.cer

- name: Order a certificate for mail, or fetch it once the link in the CA's mail was followed
  certops.certum.certum_certificate:
    csr_path: ada.csr
    fullchain_dest: ada.fullchain.pem
    product: enterprise_id
    email: ada@example.com
    organization: &company
      {name: Example S.A., country: PL, locality: Szczecin, tax_identification_number: "5250000000"}
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    wait: false

- name: Order a certificate for signing code, or fetch it once the CA's staff have agreed
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
  description: What the certificate is called here.
  returned: always
  type: str
  sample: shop
order_id:
  description: The id of its order.
  returned: always
  type: str
  sample: shop-3f9c0d5e7a1b2c4d
order_placed:
  description: Whether the CA has the order.
  returned: always
  type: bool
state:
  description: Where it stands, see M(certops.certum.certum_certificates).
  returned: always
  type: str
  choices: [current, issued, pending, rejected, not_ordered, unknown]
  sample: pending
reason:
  description: Why it is in this state.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: order shop-3f9c0d5e7a1b2c4d was placed for product 601
validation:
  description: What has to be published while the order is in flight, see M(certops.certum.certum_certificates).
  returned: always
  type: dict
serial_number:
  description: Serial number in hexadecimal, once issued.
  returned: always
  type: str
not_before:
  description: Start of validity, ISO 8601 in UTC.
  returned: always
  type: str
not_after:
  description: End of validity, ISO 8601 in UTC.
  returned: always
  type: str
  sample: '2027-06-10T10:15:02+00:00'
certificate:
  description: The certificate (PEM), once issued.
  returned: always
  type: str
chain:
  description: The intermediate certificates (PEM), the issuer of the certificate first, without the root.
  returned: always
  type: list
  elements: str
root:
  description: The self-signed certificate (PEM) that the chain ends at, if the CA sent it.
  returned: always
  type: str
backup_files:
  description: Copies of files that were replaced.
  returned: always
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
