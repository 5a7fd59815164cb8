# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes and reads key pairs. Their fingerprint connects key, CSR, order and certificate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.terms import KeyType
from .._third_party.host_packages import ec, rsa, serialization, x509
from . import compatibility
from .der import public_key_info
from .pem import blocks
from .x509_errors import X509Error

if TYPE_CHECKING:
    from .compatibility import PrivateKey, PublicKey


_CURVES = {256: "secp256r1", 384: "secp384r1"}


@dataclass(frozen=True)
class KeySpec:
    """The algorithm of a key and its size in bits. Raises X509Error for a size that is not offered."""

    type: KeyType
    size: int

    def __post_init__(self) -> None:
        if self.size not in self.type.sizes:
            sizes = ", ".join(map(str, self.type.sizes))
            raise X509Error(f"{self.size} is not a size of {self.type.value} keys; possible sizes: {sizes}")

    def __str__(self) -> str:
        return f"{self.type.value} {self.size}"


def generate(spec: KeySpec) -> PrivateKey:
    """Return a new key pair."""
    if spec.type is KeyType.RSA:
        return rsa.generate_private_key(public_exponent=65537, key_size=spec.size)
    return ec.generate_private_key(ec.SECP256R1() if spec.size == 256 else ec.SECP384R1())


def to_pem(key: PrivateKey) -> bytes:
    """Return the key as unencrypted PKCS#8 PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load(pem: bytes) -> PrivateKey:
    """Read and check an unencrypted PEM key. Raises X509Error."""
    return compatibility.load_private_key(pem)


def public_key_sha256(key: PublicKey) -> str:
    """Return the SHA-256 of the SubjectPublicKeyInfo in DER, as lower-case hexadecimal."""
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).hexdigest()


def public_key_sha256_of_private(pem: bytes) -> str:
    """Return public_key_sha256 for a private key without checking its mathematics. Raises X509Error."""
    ders = blocks(pem.decode("ascii", errors="replace"), "PRIVATE KEY")
    info = public_key_info(ders[0]) if len(ders) == 1 else None
    if info is None:
        return public_key_sha256(load(pem).public_key())
    return hashlib.sha256(info).hexdigest()


def spec_of(holder: PrivateKey | PublicKey | x509.Certificate | x509.CertificateSigningRequest) -> KeySpec | None:
    """Return the type and size of a key, or of the key of a certificate or CSR. None if we never make such keys."""
    if isinstance(holder, (x509.Certificate, x509.CertificateSigningRequest)):
        holder = compatibility.public_key(holder)
    if isinstance(holder, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        return KeySpec(KeyType.RSA, holder.key_size) if holder.key_size in KeyType.RSA.sizes else None
    return KeySpec(KeyType.EC, holder.key_size) if holder.curve.name == _CURVES.get(holder.key_size) else None
