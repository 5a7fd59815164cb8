# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a key and a CSR like any user, without this collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def write_request(path: Path, *names: str) -> Path:
    """Write a CSR for ``names``, the first as the CN, with a new key."""
    path.write_bytes(make_request(*names))
    return path


def make_request(*names: str, organization: str | None = None, key: PrivateKey | None = None) -> bytes:
    """Return the CSR; one for a person or a company, with a blank in its name, has no alternative names."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = {NameOID.COMMON_NAME: names[0], NameOID.ORGANIZATION_NAME: organization}
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(oid, value) for oid, value in subject.items() if value])
    )
    domains = [x509.DNSName(name) for name in names if " " not in name]
    if domains:
        builder = builder.add_extension(x509.SubjectAlternativeName(domains), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def break_signature(pem: bytes) -> bytes:
    """Return the same CSR, signed with another key."""
    good = x509.load_pem_x509_csr(pem)
    der = bytearray(good.public_bytes(serialization.Encoding.DER))
    at = der.rindex(good.signature) + len(good.signature) - 1
    der[at] ^= 1
    return x509.load_der_x509_csr(bytes(der)).public_bytes(serialization.Encoding.PEM)
