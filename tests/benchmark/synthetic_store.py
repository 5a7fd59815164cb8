# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A store with current certificates, written without a CA, so that ten thousand are there in a minute."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LIFETIME = timedelta(days=199)


def fill(store: Path, names: Sequence[str]) -> None:
    """Replace the store by one with a certificate for each name, issued now. The declaration has the same name."""
    shutil.rmtree(store, ignore_errors=True)
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Benchmark CA")
    now = datetime.now(timezone.utc).replace(microsecond=0)
    root = _signed(issuer, issuer, authority.public_key(), authority, now, ca=True)
    for number, name in enumerate(names, start=2):
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _signed(_name(name), issuer, key.public_key(), authority, now, number=number, names=(name,))
        _write(store / name, name, key, leaf, root)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    authority: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    number: int = 1,
    names: Sequence[str] = (),
    ca: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(number)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    return builder.sign(authority, SHA256())


def _write(
    directory: Path, name: str, key: ec.EllipticCurvePrivateKey, leaf: x509.Certificate, root: x509.Certificate
) -> None:
    serial_number = f"{leaf.serial_number:X}"
    version = directory / "versions" / serial_number
    version.mkdir(parents=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate, chain = leaf.public_bytes(Encoding.PEM), root.public_bytes(Encoding.PEM)
    (version / "privkey.pem").touch(mode=0o600)
    (version / "privkey.pem").write_bytes(private)
    (version / "cert.pem").write_bytes(certificate)
    (version / "chain.pem").write_bytes(chain)
    (version / "fullchain.pem").write_bytes(certificate + chain)
    (version / "metadata.json").write_text(json.dumps(_metadata(name, serial_number, key, leaf), indent=2) + "\n")
    (directory / "current").symlink_to(f"versions/{serial_number}")


def _metadata(
    name: str, serial_number: str, key: ec.EllipticCurvePrivateKey, leaf: x509.Certificate
) -> dict[str, object]:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    began = leaf.not_valid_before_utc
    return {
        "format": 1,
        "serial_number": serial_number,
        "public_key_sha256": hashlib.sha256(public).hexdigest(),
        "names": [name],
        "installed_at": f"{began:%Y-%m-%dT%H:%M:%SZ}",
        "private_key": "host",
        "order_id": f"order-{serial_number}",
        "customer": f"localhost/{name}",
        "product": "601",
        "term_end": f"{began + timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}",
        "environment": None,
        "host": "localhost",
    }
