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
  - Obtains a list of certificates in parallel in one task.
  - Each certificate is ordered at most once. If an order exists, the module finds it and continues it at its current
    step.
  - The first call returns the validation file or record of each certificate.
  - The second call triggers validation, waits for issuance, and fetches the certificates. Use the same options again,
    or the RV(orders) that the first call returned.
  - M(certops.certum.certum_certificate) does the same for one certificate.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._order.certificates
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept each order, or reads the state of a pending order. Orders nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: With a destination, the module sends no request to the CA while its certificate is good and complete.
options:
  concurrency:
    description: Number of certificates that the module works on in parallel.
    type: int
    default: 8
seealso:
  - module: certops.certum.certum_certificate
"""

EXAMPLES = r"""
- name: Order two certificates, or continue existing orders
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
  description: One element for each certificate, in the order of O(certificates).
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains: &result
    name:
      description: Name of the certificate.
      type: str
      sample: shop
    operation:
      description: The operation that was requested from the CA. Null if the order cannot be read.
      type: str
      choices: [order, reissue, renew]
      sample: order
    order_id:
      description: The id of its order. Null for a renewal that is not placed.
      type: str
      sample: shop-3f9c0d5e7a1b2c4d
    order_placed:
      description: Whether the CA has the order.
      type: bool
    state:
      description:
        - V(current) means that the certificate at the destination is good.
        - V(issued) means that the certificate is issued and was fetched.
        - V(pending) means that the order is not issued yet.
        - V(rejected) means that the order was cancelled or refused.
        - V(not_ordered) means that there is no order.
        - V(unknown) means that it is unknown whether the CA has the order.
      type: str
      choices: [current, issued, pending, rejected, not_ordered, unknown]
      sample: pending
    changed:
      description: Whether something changed for it.
      type: bool
    reason:
      description: The reason for this state.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
          sample: order shop-3f9c0d5e7a1b2c4d was placed for product 601
    problem:
      description: A problem that requires an action of the operator, or null. If there is a problem, the module fails.
      type: dict
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
    validation:
      description: The validation files or records of a pending order. Null if there is nothing to publish.
      type: dict
      contains:
        method:
          description: The validation method.
          type: str
          sample: file
        code:
          description: The validation code.
          type: str
        names:
          description: The names to validate.
          type: list
          elements: str
        files:
          description: The validation files for the method V(file). C(content) is the complete body, without a newline.
          type: list
          elements: dict
          sample:
            - name: shop.example.com
              url: http://shop.example.com/.well-known/pki-validation/certum.txt
              content: 3f9c0d5e7a-certum.pl
        records:
          description: The validation records for the DNS methods.
          type: list
          elements: dict
          sample:
            - name: _certum.shop.example.com
              type: TXT
              value: 3f9c0d5e7a
    predecessor:
      description: Serial number of the certificate that is reissued or renewed. Null if there is none.
      type: str
    public_key_sha256:
      description: SHA-256 fingerprint of the public key of the CSR. Null if the order cannot be read.
      type: str
    term_end:
      description:
        - Estimated term end of an existing order that was found in the account, ISO 8601 in UTC.
        - Null if no such order was found.
      type: str
    environment:
      description: The system of the CA. Null if it is not known.
      type: str
      choices: [production, test]
    serial_number:
      description: Serial number in hexadecimal. Null unless the state is V(issued).
      type: str
    not_before:
      description: Start of validity, ISO 8601 in UTC. Null unless the state is V(issued).
      type: str
    not_after:
      description: Expiry date, ISO 8601 in UTC. Null unless the state is V(issued).
      type: str
      sample: '2027-06-10T10:15:02+00:00'
    certificate:
      description: The certificate (PEM). Null unless the state is V(issued).
      type: str
    chain:
      description:
        - The intermediate certificates (PEM), the issuer of the certificate first, without the root.
        - Null unless the state is V(issued).
      type: list
      elements: str
    root:
      description: The root certificate (PEM) at the end of the chain. Null if the CA did not send it.
      type: str
    reissues:
      description:
        - The reissues before this certificate in its order, as far as the CA listed them with the order.
        - Null unless the state is V(issued).
      type: list
      elements: dict
      contains:
        serial_number:
          description: Serial number of the certificate that was reissued, hexadecimal.
          type: str
        reissued:
          description: Start of the next certificate in the order, ISO 8601 in UTC.
          type: str
orders:
  description: The pending orders, as O(certificates) for the next call of this module. Empty in check mode.
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
backup_files:
  description: Paths of the copies of replaced files.
  returned: unless the module fails before the first certificate
  type: list
  elements: str
"""

from ..module_utils._controller.certificates import make_certificates
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import certificates_options, progress_options


def main() -> None:
    run_with_api(make_certificates, argument_spec={**certificates_options(), **progress_options()})


if __name__ == "__main__":
    main()
