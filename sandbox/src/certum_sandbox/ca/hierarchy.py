# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA hierarchy in ``DIR/ca``: two roots, RSA and EC, with one issuing CA each (names as in lifecycle.md 12)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from certum_sandbox.ca.builder import add_authority_extensions, authority_name, sign, start_certificate
from certum_sandbox.ca.keys import SigningKey, read_key, write_key, write_text


class KeyType(StrEnum):
    """Key types. The issuing CA of the same type signs a leaf certificate."""

    RSA = "rsa"
    EC = "ec"


@dataclass(frozen=True)
class Authority:
    """An issuing CA and its root."""

    certificate: x509.Certificate
    key: SigningKey
    root: x509.Certificate


@dataclass(frozen=True)
class _Plan:
    root_name: str
    root_key: Callable[[], SigningKey]
    issuing_name: str
    issuing_key: Callable[[], SigningKey]


_PLANS: Mapping[KeyType, _Plan] = {
    KeyType.RSA: _Plan(
        "Certum Sandbox Trusted Root CA",
        lambda: rsa.generate_private_key(65537, 3072),
        "Certum Sandbox G2 R39 CA",
        lambda: rsa.generate_private_key(65537, 2048),
    ),
    KeyType.EC: _Plan(
        "Certum Sandbox EC-384 CA",
        lambda: ec.generate_private_key(ec.SECP384R1()),
        "Certum Sandbox G2 E39 CA",
        lambda: ec.generate_private_key(ec.SECP256R1()),
    ),
}
# Wide enough for every offset of the sandbox's clock.
_ROOT_LIFE = (datetime(2018, 3, 16, tzinfo=UTC), datetime(2053, 3, 16, tzinfo=UTC))
_ISSUING_LIFE = (datetime(2018, 6, 18, tzinfo=UTC), datetime(2049, 6, 5, tzinfo=UTC))


def _make_root(plan: _Plan) -> tuple[x509.Certificate, SigningKey]:
    key = plan.root_key()
    name = authority_name(plan.root_name)
    builder = start_certificate(
        subject=name,
        issuer=name,
        public_key=key.public_key(),
        issuer_key=key,
        not_before=_ROOT_LIFE[0],
        not_after=_ROOT_LIFE[1],
    )
    return sign(add_authority_extensions(builder, None), key), key


def _make_issuing(plan: _Plan, root: x509.Certificate, root_key: SigningKey) -> tuple[x509.Certificate, SigningKey]:
    key = plan.issuing_key()
    builder = start_certificate(
        subject=authority_name(plan.issuing_name),
        issuer=root.subject,
        public_key=key.public_key(),
        issuer_key=root_key,
        not_before=_ISSUING_LIFE[0],
        not_after=_ISSUING_LIFE[1],
    )
    any_policy = x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None)
    purposes = [
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CODE_SIGNING,
        ExtendedKeyUsageOID.OCSP_SIGNING,
    ]
    builder = add_authority_extensions(builder, 0).add_extension(x509.CertificatePolicies([any_policy]), critical=False)
    return sign(builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False), root_key), key


def to_pem(certificate: x509.Certificate) -> str:
    """Return the certificate in PEM with ``\\n`` line ends."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _write(directory: Path) -> None:
    for kind, plan in _PLANS.items():
        root, root_key = _make_root(plan)
        issuing, issuing_key = _make_issuing(plan, root, root_key)
        (directory / f"{kind}-root.pem").write_text(to_pem(root))
        (directory / f"{kind}-issuing.pem").write_text(to_pem(issuing))
        write_key(directory / f"{kind}-root.key", root_key)
        write_key(directory / f"{kind}-issuing.key", issuing_key)


def _read(directory: Path, kind: KeyType) -> Authority:
    def certificate(name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((directory / f"{kind}-{name}.pem").read_bytes())

    return Authority(certificate("issuing"), read_key(directory / f"{kind}-issuing.key"), certificate("root"))


def open_hierarchy(data: Path) -> Mapping[KeyType, Authority]:
    """Read ``data/ca``, or create it first. A crash during creation leaves no incomplete ``data/ca``."""
    directory = data / "ca"
    if not directory.exists():
        unfinished = data / "ca.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        _write(unfinished)
        os.replace(unfinished, directory)  # noqa: PTH105 - an atomic rename
    authorities = {kind: _read(directory, kind) for kind in KeyType}
    write_text(data / "root.pem", "".join(to_pem(authority.root) for authority in authorities.values()))
    return authorities
