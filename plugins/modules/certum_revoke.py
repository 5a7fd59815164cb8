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
  - Revokes a certificate before it expires. A revocation cannot be undone.
  - If the certificate is already revoked or being revoked, nothing changes.
  - Cancel a pending order with M(certops.certum.certum_cancel) instead.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._reference
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: Reads the status of the certificate, and revokes nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  common_name:
    description:
      - Revoke only a certificate with this common name, and refuse any other certificate.
      - Use it if the serial number comes from a host, because the host may be compromised.
    type: str
  revoke_reason:
    description:
      - The revocation reason of RFC 5280. V(superseded) is for a certificate that was replaced.
      - V(privilege_withdrawn) is for the CA's own use. The CA may refuse it.
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
      - Date of the key compromise, such as V(2027-03-01).
      - Only with O(revoke_reason=key_compromise). The date must be between the start of the certificate and today.
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
- name: Revoke the certificate of a removed host
  certops.certum.certum_revoke:
    order_id: shop-2026
    revoke_reason: cessation_of_operation
  register: revoked
"""

RETURN = r"""
serial_number:
  description: The serial number of the certificate.
  returned: success
  type: str
  sample: 0A1B2C3D4E5F60718293A4B5C6D7E8F9
certificate_status:
  description:
    - V(REVOKED), or V(REVOKING) until the CA has published the revocation.
    - The current status in check mode.
  returned: success
  type: str
  sample: REVOKED
revoked_date:
  description: Time of the revocation, ISO 8601 in UTC. Null if the CA has not published it.
  returned: success
  type: str
  sample: '2027-03-01T04:00:02+00:00'
reason:
  description: What was done, and the reason.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
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
