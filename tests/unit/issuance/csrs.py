# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CSRs, good and bad."""

from __future__ import annotations

import base64

from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, der_of

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}


def make_csr(*names: str) -> str:
    return build_request(keys.generate(EC256), common_name=names[0], names=names)


def with_broken_signature(pem: str) -> str:
    der = bytearray(der_of(pem))
    der[-1] ^= 1
    body = base64.encodebytes(bytes(der)).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"
