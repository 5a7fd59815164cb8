# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts that all certificates of the sandbox share."""

from __future__ import annotations

import secrets
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from certum_sandbox.ca.keys import SigningKey

ORGANIZATION = "Certum Sandbox (for tests only)"


def new_serial_number() -> int:
    """Return a positive number of exactly 32 hexadecimal digits with 123 random bits (BR 7.1 requires 64)."""
    return 0x1 << 124 | secrets.randbits(123)


def authority_name(common_name: str) -> x509.Name:
    """Return the distinguished name of a CA of the sandbox."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def start_certificate(
    *,
    subject: x509.Name,
    issuer: x509.Name,
    public_key: CertificatePublicKeyTypes,
    issuer_key: SigningKey,
    not_before: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    """Return a builder with names, key, serial number, dates and both key identifiers."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(new_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def add_authority_extensions(builder: x509.CertificateBuilder, path_length: int | None) -> x509.CertificateBuilder:
    """Add the extensions of a CA certificate."""
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True).add_extension(
        usage, critical=True
    )


def sign(builder: x509.CertificateBuilder, issuer_key: SigningKey) -> x509.Certificate:
    """Sign with SHA-256, as the real CA signs its leaf certificates."""
    return builder.sign(issuer_key, hashes.SHA256())
