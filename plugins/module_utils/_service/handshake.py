# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the certificates that a server presents in one TLS handshake.

Private to the collection. The handshake trusts no CA: the certificate is compared with the files on disk.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.terms import KeyType
from .refused_handshake import shown_before_refusal
from .starttls import PORTS, NotSpokenError, begin_tls, first_words, greeted, is_plain, shown

if TYPE_CHECKING:
    from .._handover.terms import StartTls

HANDSHAKE_TIMEOUT = 5.0
_CIPHERS = {KeyType.EC: "aECDSA", KeyType.RSA: "aRSA"}
_ENCODING_DER = 2  # _ssl.ENCODING_DER


@dataclass(frozen=True)
class Handshake:
    """Certificates in DER, leaf first. ``chain_known`` is False where Python gives only the leaf (before 3.10)."""

    certificates: tuple[bytes, ...]
    chain_known: bool


class PlainTextError(OSError):
    """A service answers a TLS handshake without TLS. ``protocol`` is the protocol of its greeting, if it is known."""

    def __init__(self, received: bytes) -> None:
        super().__init__(f"it answers without TLS: '{shown(received)}'")
        self.protocol = greeted(received)


def shake_hands(
    host: str, port: int, *, server_name: str, key_type: KeyType | None = None, protocol: StartTls | None = None
) -> Handshake:
    """Connect and return the certificates of the server. With ``key_type``, accept only a certificate with such a key.

    A service that starts without TLS is asked to start TLS: by ``protocol``, else by the protocol of its port or of its
    greeting. A service may require a client certificate: the certificates that it sends before it refuses count.

    Raises OSError, also as ssl.SSLError.
    """

    def ask(protocol: StartTls | None) -> Handshake:
        return _shake_hands(host, port, server_name, key_type, protocol)

    try:
        if protocol:
            return ask(protocol)
        with suppress(NotSpokenError):
            return ask(PORTS.get(port))
        return ask(None)
    except PlainTextError as error:
        if error.protocol is None:
            raise
        return ask(error.protocol)
    except ValueError as error:  # the resolver or TLS cannot encode the name
        raise OSError(quote(error)) from error


def _shake_hands(
    host: str, port: int, server_name: str, key_type: KeyType | None, protocol: StartTls | None
) -> Handshake:
    with socket.create_connection((host, port), timeout=HANDSHAKE_TIMEOUT) as connection:
        if protocol:
            begin_tls(connection, protocol, timeout=HANDSHAKE_TIMEOUT)
        handshake = _Handshake(connection, _context(key_type), server_name)
        try:
            handshake.complete()
        except OSError as error:
            received = bytes(handshake.received)
            certificates = shown_before_refusal(received) if _is_refusal(error) else ()
            if is_plain(received):
                raise PlainTextError(first_words(connection, received)) from error
            if not certificates:
                raise
            return Handshake(certificates=certificates, chain_known=True)
    return _handshake_of(handshake.tls)


def _is_refusal(error: OSError) -> bool:
    """Return whether the server ended the handshake. An error found here, such as a signature, does not count."""
    return isinstance(error, (ssl.SSLEOFError, ConnectionError)) or "alert" in str(error).lower()


def _handshake_of(tls: ssl.SSLObject) -> Handshake:
    leaf = tls.getpeercert(binary_form=True)
    if leaf is None:
        raise OSError("the server sent no certificate")
    # Public since Python 3.13, private since 3.10.
    knows: Any = tls if hasattr(tls, "get_unverified_chain") else getattr(tls, "_sslobj", None)
    ask = getattr(knows, "get_unverified_chain", None)
    chain = [_der(certificate) for certificate in ask() or ()] if ask else []
    return Handshake(certificates=tuple(chain) or (leaf,), chain_known=bool(chain))


class _Handshake:
    """One handshake, with all bytes that the server sent."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext, server_name: str) -> None:
        self._connection = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._deadline = time.monotonic() + HANDSHAKE_TIMEOUT
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self.received = bytearray()

    def complete(self) -> None:
        """Finish the handshake. Raises OSError."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self._send()
                self._receive()
            else:
                self._send()
                return

    def _send(self) -> None:
        self._connection.settimeout(self._left())
        self._connection.sendall(self._outgoing.read())

    def _receive(self) -> None:
        self._connection.settimeout(self._left())
        data = self._connection.recv(16384)
        self.received += data
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the handshake did not finish in time")
        return left


def _context(key_type: KeyType | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if key_type is not None:
        # In TLS 1.3 the cipher does not fix the type of key, and Python before 3.15 cannot set signature algorithms.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(_CIPHERS[key_type])
    return context


def _der(certificate: object) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    encoded: bytes = certificate.public_bytes(_ENCODING_DER)  # type: ignore[attr-defined]  # an _ssl.Certificate
    return encoded
