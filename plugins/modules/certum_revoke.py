#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_revoke
short_description: Revoke a certificate
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Ends a certificate before its time. This cannot be taken back.
  - A certificate that is revoked, or being revoked, is left as it is.
  - An order that is not issued yet is cancelled with M(certops.certum.certum_cancel) instead.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._reference
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: Asks the CA for the state of the certificate, and revokes nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  common_name:
    description:
      - Revoke only a certificate with this CN, and refuse any other.
      - For a serial number that comes from a host, which may be in the wrong hands.
    type: str
  revoke_reason:
    description:
      - Why, in the words of RFC 5280. V(superseded) is for a certificate that was replaced.
      - V(privilege_withdrawn) is for the CA's own use; it may refuse it from anybody else.
    type: str
    choices:
      - unspecified
      - key_compromise
      - affiliation_changed
      - superseded
      - cessation_of_operation
      - privilege_withdrawn
    default: unspecified
  key_compromise_date:
    description:
      - Since when the key has been known to others, such as V(2027-03-01).
      - Only with O(revoke_reason=key_compromise), and between the start of the certificate and today.
    type: str
  note:
    description: A note for the CA, at most 250 characters.
    type: str
  wait:
    description: Whether to wait until the CA has published the revocation. It may take up to 24 hours.
    type: bool
    default: true
seealso:
  - module: certops.certum.certum_cancel
"""

EXAMPLES = r"""
- name: Revoke the certificate of a host that is gone
  certops.certum.certum_revoke:
    order_id: shop-2026
    revoke_reason: cessation_of_operation
  register: revoked
"""

RETURN = r"""
serial_number:
  description: The serial number of the certificate.
  returned: always
  type: str
  sample: 0A1B2C3D4E5F60718293A4B5C6D7E8F9
certificate_status:
  description: V(REVOKED), or V(REVOKING) until the CA has published it.
  returned: always
  type: str
  sample: REVOKED
revoked_date:
  description: Since when it is revoked, ISO 8601 in UTC.
  returned: always
  type: str
  sample: '2027-03-01T04:00:02+00:00'
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
      sample: certificate 0A1B2C3D4E5F60718293A4B5C6D7E8F9 (shop.example.com) was revoked on 2027-03-01 04:00 UTC
"""

from ..module_utils._controller.revoke import revoke_certificate
from ..module_utils._handover.terms import RevokeReason
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import REFERENCE_CONSTRAINTS, reference_options, wait_options


def main() -> None:
    run_with_api(
        revoke_certificate,
        argument_spec={
            **reference_options(),
            "common_name": {"type": "str"},
            "revoke_reason": {"type": "str", "choices": RevokeReason.values(), "default": "unspecified"},
            "key_compromise_date": {"type": "str", "no_log": False},
            "note": {"type": "str"},
            **wait_options(),
        },
        **REFERENCE_CONSTRAINTS,
    )


if __name__ == "__main__":
    main()
