# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes PKCS#12 keystores: key, certificate and chain in one file with a passphrase."""

from __future__ import annotations

from .._third_party.host_packages import hashes, pkcs12, serialization
from . import compatibility
from .keys import load
from .pem import blocks, to_der


def modern_pkcs12_is_possible() -> bool:
    """Return whether this cryptography can choose the encryption. Older ones only know RC2 and 3DES with SHA-1."""
    return hasattr(pkcs12, "PBES")


def to_pkcs12(*, key: bytes, certificate: bytes, chain: bytes, alias: str, passphrase: str) -> bytes:
    """Return the file, with AES-256-CBC, PBKDF2 and HMAC-SHA256. Needs modern_pkcs12_is_possible. Raises X509Error."""
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase.encode())
    )
    issuers = [
        compatibility.load_certificate(der) for der in blocks(chain.decode("ascii", errors="replace"), "CERTIFICATE")
    ]
    leaf = compatibility.load_certificate(to_der(certificate))
    return pkcs12.serialize_key_and_certificates(alias.encode(), load(key), leaf, issuers or None, encryption)
