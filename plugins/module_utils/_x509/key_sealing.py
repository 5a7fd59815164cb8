# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encrypts the private key of a shared certificate for one other host.

X25519 with a sender key that is used once, HKDF-SHA256, AES-256-GCM. Everything that the two hosts must agree on is
part of the derived key and of the authenticated data, so a ciphertext is of no use for any other purpose.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._third_party.host_packages import (
    AESGCM,
    HKDF,
    InternalError,
    InvalidTag,
    UnsupportedAlgorithm,
    hashes,
    serialization,
    x25519,
)
from .x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Iterable

LABEL = "certops.certum key transfer 1"
"""The version of the protocol."""
POINT = 32
"""The length of a public key in bytes."""
KEY, NONCE = 32, 12
UNSUPPORTED = "the OpenSSL of this host has no X25519 or AES-GCM (FIPS mode forbids X25519)"


@dataclass(frozen=True)
class Purpose:
    """The transfer of one key: the certificate, the host that has its key, and the host that gets it."""

    name: str
    serial_number: str
    sender: str
    receiver: str


@dataclass(frozen=True)
class TransferKey:
    """The X25519 key of a host that waits for a private key. *private* are its 32 bytes."""

    private: bytes = field(repr=False)

    @property
    def public(self) -> str:
        """The public key in base64."""
        return _public(_loaded(self.private))


@dataclass(frozen=True)
class SealedKey:
    """An encrypted private key, and the public key of the sender: both in base64."""

    sender_key: str
    ciphertext: str


def generate_transfer_key() -> TransferKey:
    """Return a new key. Raises X509Error if OpenSSL cannot make one."""
    try:
        private = x25519.X25519PrivateKey.generate()
    except (UnsupportedAlgorithm, ValueError):
        raise X509Error(UNSUPPORTED) from None
    return TransferKey(_private_bytes(private))


def read_transfer_key(data: bytes) -> TransferKey:
    """Return the key with these 32 bytes. Raises X509Error."""
    if len(data) != POINT:
        raise X509Error(f"a transfer key has {POINT} bytes, and this one has {len(data)}")
    _loaded(data)
    return TransferKey(data)


def seal(pem: bytes, *, receiver_key: str, purpose: Purpose) -> SealedKey:
    """Return the private key *pem*, encrypted for the host that has *receiver_key*. Raises X509Error."""
    ephemeral = generate_transfer_key()
    key, nonce, bound = _derived(ephemeral, receiver_key, (ephemeral.public, receiver_key), purpose)
    ciphertext = AESGCM(key).encrypt(nonce, pem, bound)
    return SealedKey(ephemeral.public, base64.b64encode(ciphertext).decode())


def unseal(sealed: SealedKey, *, own: TransferKey, purpose: Purpose) -> bytes:
    """Return the private key. Raises X509Error if anything differs from what the sender encrypted."""
    key, nonce, bound = _derived(own, sealed.sender_key, (sealed.sender_key, own.public), purpose)
    try:
        return AESGCM(key).decrypt(nonce, _decoded(sealed.ciphertext), bound)
    except (InvalidTag, ValueError):
        raise X509Error(
            "the encrypted key was not made for this host, this certificate and this transfer key"
        ) from None


def _derived(own: TransferKey, peer: str, keys: tuple[str, str], purpose: Purpose) -> tuple[bytes, bytes, bytes]:
    """Return the key, the nonce and the authenticated data. *keys* are the public keys of sender and receiver."""
    bound = _encoded((LABEL, purpose.name, purpose.serial_number, purpose.sender, purpose.receiver, *keys))
    raw = _decoded(peer)
    if len(raw) != POINT:
        raise X509Error(f"the public key of the other host has {len(raw)} bytes, not {POINT}")
    try:
        shared = _loaded(own.private).exchange(x25519.X25519PublicKey.from_public_bytes(raw))
        derived = HKDF(algorithm=hashes.SHA256(), length=KEY + NONCE, salt=None, info=bound).derive(shared)
    except (InternalError, UnsupportedAlgorithm, ValueError):
        raise X509Error("the public key of the other host cannot be used") from None
    return derived[:KEY], derived[KEY:], bound


def _encoded(words: Iterable[str]) -> bytes:
    """Return the words as bytes, each with its length: different words never give the same bytes."""
    parts = [word.encode("utf-8", "surrogatepass") for word in words]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise X509Error("the encrypted key is not base64") from None


def _loaded(private: bytes) -> x25519.X25519PrivateKey:
    try:
        return x25519.X25519PrivateKey.from_private_bytes(private)
    except (UnsupportedAlgorithm, ValueError):
        raise X509Error(UNSUPPORTED) from None


def _private_bytes(key: x25519.X25519PrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())


def _public(key: x25519.X25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()
