# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One TLS handshake, to see what a server really serves.

Private to the collection. The certificate is compared, not trusted: what is right is known from disk.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

from .._handover.foreign_text import quote
from .._handover.terms import KeyType

HANDSHAKE_TIMEOUT = 5.0
_CIPHERS = {KeyType.EC: "aECDSA", KeyType.RSA: "aRSA"}
_ENCODING_DER = 2  # _ssl.ENCODING_DER


@dataclass(frozen=True)
class Served:
    """Certificates in DER, the leaf first. ``chain_known`` is False where Python tells the leaf alone (before 3.10)."""

    certificates: tuple[bytes, ...]
    chain_known: bool


def shake_hands(host: str, port: int, *, server_name: str, key_type: KeyType | None = None) -> Served:
    """Connect and read the certificates. With ``key_type`` only one with such a key can be served.

    Raises OSError, of which ssl.SSLError is one.
    """
    try:
        return _shake_hands(host, port, server_name, key_type)
    except ValueError as error:  # a name that cannot be encoded, by resolver or TLS
        raise OSError(quote(error)) from error


def _shake_hands(host: str, port: int, server_name: str, key_type: KeyType | None) -> Served:
    with (
        socket.create_connection((host, port), timeout=HANDSHAKE_TIMEOUT) as connection,
        _context(key_type).wrap_socket(connection, server_hostname=server_name) as tls,
    ):
        leaf = tls.getpeercert(binary_form=True)
        # Public since Python 3.13, there but private since 3.10.
        knows = tls if hasattr(tls, "get_unverified_chain") else getattr(tls, "_sslobj", None)
        ask = getattr(knows, "get_unverified_chain", None)
        chain = [_der(certificate) for certificate in ask() or ()] if ask else []
    if leaf is None:
        raise OSError("no certificate was served")
    return Served(certificates=tuple(chain) or (leaf,), chain_known=bool(chain))


def _context(key_type: KeyType | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if key_type is not None:
        # In TLS 1.3 the cipher says nothing of the key, and Python chooses no signature algorithms before 3.15.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(_CIPHERS[key_type])
    return context


def _der(certificate: object) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    encoded: bytes = certificate.public_bytes(_ENCODING_DER)  # type: ignore[attr-defined]  # an _ssl.Certificate
    return encoded
