#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_certificates
short_description: Obtain many certificates from Certum
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Makes a list of certificates exist, concurrently, in one task.
  - Each is ordered at most once. An order that exists is found and carried on with, from wherever it stands.
  - The first call returns for each what has to be published.
  - The same call again, or one with the C(orders) that the first returned, has the CA check it, waits, and fetches.
  - M(certops.certum.certum_certificate) does the same for one.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._order.certificates
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept each order, or how one in flight stands, and orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: With a destination, nothing is asked of the CA while the certificate there is good.
options:
  concurrency:
    description: How many certificates are worked on at once.
    type: int
    default: 8
seealso:
  - module: certops.certum.certum_certificate
"""

EXAMPLES = r"""
- name: Order two certificates, or find the orders of an earlier run
  certops.certum.certum_certificates:
    certificates:
      - csr_path: shop.csr
        fullchain_dest: shop.fullchain.pem
        contact: &contact {first_name: Ada, last_name: Nowak, email: ops@example.com}
      - csr_path: mail.csr
        fullchain_dest: mail.fullchain.pem
        contact: *contact
  register: ordered
"""

RETURN = r"""
certificates:
  description: One element for each certificate, in the order given.
  returned: always
  type: list
  elements: dict
  contains: &result
    name:
      description: What the certificate is called here.
      type: str
      sample: shop
    operation:
      description: What the CA was asked for.
      type: str
      choices: [order, reissue, renew]
      sample: order
    order_id:
      description: The id of its order, none for a renewal that was not placed.
      type: str
      sample: shop-3f9c0d5e7a1b2c4d
    order_placed:
      description: Whether the CA has the order.
      type: bool
    state:
      description:
        - V(current), the certificate at the destination is good.
        - V(issued), it was fetched.
        - V(pending), the order is in flight.
        - V(rejected), the order was cancelled or refused.
        - V(not_ordered), there is no order.
        - V(unknown), the answer to the order was lost and the CA could not be asked.
      type: str
      choices: [current, issued, pending, rejected, not_ordered, unknown]
      sample: pending
    changed:
      description: Whether something changed for it.
      type: bool
    reason:
      description: Why it is in this state.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
          sample: order shop-3f9c0d5e7a1b2c4d was placed for product 601
    problem:
      description: What a person has to do something about, or nothing. With any problem the module fails.
      type: dict
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
    validation:
      description: What has to be published, while the order is in flight.
      type: dict
      contains:
        method:
          description: The validation method.
          type: str
          sample: file
        code:
          description: The verification code.
          type: str
        names:
          description: The names that are proved.
          type: list
          elements: str
        files:
          description: For the method V(file). C(content) is the whole body, without a newline.
          type: list
          elements: dict
          sample:
            - name: shop.example.com
              url: http://shop.example.com/.well-known/pki-validation/certum.txt
              content: 3f9c0d5e7a-certum.pl
        records:
          description: For the DNS methods.
          type: list
          elements: dict
          sample:
            - name: _certum.shop.example.com
              type: TXT
              value: 3f9c0d5e7a
    predecessor:
      description: Serial number of the certificate that is reissued or renewed.
      type: str
    public_key_sha256:
      description: Fingerprint of the key that the CSR was made with.
      type: str
    term_end:
      description: Estimated end of the paid term of a live order that was found in the account, ISO 8601 in UTC.
      type: str
    environment:
      description: The system of the CA, as far as it is known.
      type: str
      choices: [production, test]
    serial_number:
      description: Serial number in hexadecimal, once issued.
      type: str
    not_before:
      description: Start of validity, ISO 8601 in UTC.
      type: str
    not_after:
      description: End of validity, ISO 8601 in UTC.
      type: str
      sample: '2027-06-10T10:15:02+00:00'
    certificate:
      description: The certificate (PEM), once issued.
      type: str
    chain:
      description: The intermediate certificates (PEM), the issuer of the certificate first, without the root.
      type: list
      elements: str
    root:
      description: The self-signed certificate (PEM) that the chain ends at, if the CA sent it.
      type: str
orders:
  description: The orders in flight, as C(certificates) for the next call of this module.
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
backup_files:
  description: Copies of files that were replaced.
  returned: always
  type: list
  elements: str
"""

from ..module_utils._controller.certificates import make_certificates
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import ORDER_CONSTRAINTS, certificate_options, progress_options


def main() -> None:
    run_with_api(
        make_certificates,
        argument_spec={
            "certificates": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": certificate_options(),
                **ORDER_CONSTRAINTS,
            },
            "concurrency": {"type": "int", "default": 8},
            **progress_options(),
        },
    )


if __name__ == "__main__":
    main()
