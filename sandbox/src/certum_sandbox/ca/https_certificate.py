# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate of the HTTPS server, from a separate CA that issues nothing else."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certum_sandbox.ca.builder import add_authority_extensions, authority_name, sign, start_certificate
from certum_sandbox.ca.hierarchy import to_pem
from certum_sandbox.ca.keys import SigningKey, read_key, write_key, write_text
from certum_sandbox.hostnames import as_address

_LIFE = timedelta(days=3650)
_NAMES = ("localhost", "127.0.0.1", "::1")


def _open_ca(data: Path, now: datetime) -> tuple[x509.Certificate, SigningKey]:
    certificate_path, key_path = data / "tls-ca.pem", data / "tls-ca.key"
    if not certificate_path.exists():
        key_path.unlink(missing_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        write_key(key_path, key)
        name = authority_name("Certum Sandbox HTTPS CA")
        builder = start_certificate(
            subject=name,
            issuer=name,
            public_key=key.public_key(),
            issuer_key=key,
            not_before=now - timedelta(days=1),
            not_after=now + 2 * _LIFE,
        )
        write_text(certificate_path, to_pem(sign(add_authority_extensions(builder, 0), key)))
    return x509.load_pem_x509_certificate(certificate_path.read_bytes()), read_key(key_path)


def _general_name(name: str) -> x509.GeneralName:
    address = as_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def server_context(data: Path, hosts: Iterable[str]) -> ssl.SSLContext:
    """Return a TLS context with a new certificate for ``hosts`` and the loopback names."""
    now = datetime.now(UTC)
    ca, ca_key = _open_ca(data, now)
    key = ec.generate_private_key(ec.SECP256R1())
    names = list(dict.fromkeys((*_NAMES, *hosts)))
    builder = (
        start_certificate(
            subject=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "certum-sandbox")]),
            issuer=ca.subject,
            public_key=key.public_key(),
            issuer_key=ca_key,
            not_before=now - timedelta(days=1),
            not_after=now + _LIFE,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
    )
    certificate_path, key_path = data / "tls.pem", data / "tls.key"
    write_text(certificate_path, to_pem(sign(builder, ca_key)) + to_pem(ca))
    key_path.unlink(missing_ok=True)
    write_key(key_path, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate_path, key_path)
    return context
