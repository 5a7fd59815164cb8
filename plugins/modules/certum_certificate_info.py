#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_certificate_info
short_description: Read certificates of the partner account
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads one certificate, all certificates of an order, or the certificates that expire soon.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._reference
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
options:
  order_id:
    description:
      - The id of an order. All of its certificates are returned, the newest last.
      - Set exactly one of O(order_id), O(serial_number), O(certificate_path), O(certificate_content) and
        O(validity_days_left).
    type: str
  validity_days_left:
    description: Return the certificates that expire within this number of days. The CA accepts 1 to 30.
    type: int
"""

EXAMPLES = r"""
- name: List certificates that expire within three weeks
  certops.certum.certum_certificate_info:
    validity_days_left: 21
  register: expiring

- name: Read all certificates of an order
  certops.certum.certum_certificate_info:
    order_id: shop-2026
  register: info
"""

RETURN = r"""
certificates:
  description:
    - The certificates, with the field names of the API.
    - With O(validity_days_left), each element has only C(order_id), C(serial_number), C(expiring_date) and
      C(validity_days_left).
  returned: success
  type: list
  elements: dict
  contains:
    serial_number:
      description: Hexadecimal, in upper case.
      type: str
      sample: 0A1B2C3D4E5F60718293A4B5C6D7E8F9
    certificate_status:
      description: V(VALID), V(REVOKING), V(REVOKED), or another status of the CA. An expired certificate is V(VALID).
      type: str
      sample: VALID
    common_name:
      description: The common name.
      type: str
      sample: shop.example.com
    dns_names:
      description: The names in the certificate, sorted.
      type: list
      elements: str
      sample: [shop.example.com]
    subject_name:
      description: The subject in the notation of the CA.
      type: str
      sample: CN=shop.example.com
    issuer:
      description: The subject of the issuing CA.
      type: str
    start_date:
      description: Valid from, ISO 8601 in UTC.
      type: str
    end_date:
      description: Valid until, ISO 8601 in UTC.
      type: str
    revoked_date:
      description: Time of the revocation, ISO 8601 in UTC. Null if the certificate is not revoked.
      type: str
    validity_days_left:
      description: Whole days until the certificate expires. Negative after it has expired.
      type: int
      sample: 180
    public_key_sha256:
      description: SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal.
      type: str
    certificate:
      description: The certificate (PEM).
      type: str
    chain:
      description: The certificates of the issuing CAs (PEM), the issuer first, without the root.
      type: list
      elements: str
reason:
  description: Summary of the result.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: 2 certificates expire within 21 days
"""

from ..module_utils._controller.certificate_info import read_certificates
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import REFERENCES, reference_options

WAYS = (*REFERENCES, "validity_days_left")


def main() -> None:
    run_with_api(
        read_certificates,
        argument_spec={**reference_options(), "validity_days_left": {"type": "int"}},
        mutually_exclusive=[WAYS],
        required_one_of=[WAYS],
    )


if __name__ == "__main__":
    main()
