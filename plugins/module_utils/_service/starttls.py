# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts TLS on a connection to a service that begins without TLS.

Private to the collection. RFC 3207 (SMTP), RFC 2595 (IMAP, POP3), RFC 4217 (FTP), RFC 4511 4.14 (LDAP), and
PostgreSQL's SSLRequest. Nothing else is sent to the service, and no name or password.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import StartTls
from .._lifecycle.verify_address import SCHEMES

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

SUBMISSION = 587
PORTS = {**{each.port: each.protocol for each in SCHEMES.values() if each.protocol}, SUBMISSION: StartTls.SMTP}
"""The ports on which services begin without TLS."""

GREETINGS = {b"* OK": StartTls.IMAP, b"+OK": StartTls.POP3, b"220": StartTls.SMTP}
LONGEST_REPLY = 65536
LONGEST_SHOWN = 100
SOON = 0.5
_TLS_RECORDS = (b"\x14", b"\x15", b"\x16")
_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
_LDAP_START_TLS = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
_LDAP_SUCCESS = bytes.fromhex("0a0100")


class StartTlsError(OSError):
    """The service does not start TLS."""


class NotSpokenError(StartTlsError):
    """The service does not speak the protocol."""


def is_plain(received: bytes) -> bool:
    """Return whether a service answers a TLS handshake with something else than TLS."""
    return bool(received) and received[:1] not in _TLS_RECORDS


def greeted(received: bytes) -> StartTls | None:
    """Return the protocol of a service that sends a greeting before TLS."""
    protocol = next((protocol for words, protocol in GREETINGS.items() if received.startswith(words)), None)
    return StartTls.FTP if protocol is StartTls.SMTP and b"FTP" in received.upper() else protocol


def first_words(connection: socket.socket, received: bytes) -> bytes:
    """Return *received* with the rest of its line, as far as the rest arrives soon."""
    with suppress(OSError):
        connection.settimeout(SOON)
        while not _is_line(received) and len(received) < LONGEST_SHOWN and (data := connection.recv(4096)):
            received += data
    return received


def begin_tls(connection: socket.socket, protocol: StartTls, *, timeout: float) -> None:
    """Start TLS, and return once the service waits for the handshake. Raises OSError, also as StartTlsError."""
    wire = _Wire(connection, protocol, time.monotonic() + timeout)
    _DIALOGUES[protocol](wire)


class _Wire:
    """A connection to a service, with requests and answers."""

    def __init__(self, connection: socket.socket, protocol: StartTls, deadline: float) -> None:
        self._connection, self._protocol, self._deadline = connection, protocol, deadline

    def own_address(self) -> str:
        """Return our address as SMTP writes it. The service might not know a host name."""
        address = str(self._connection.getsockname()[0])
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def send(self, request: bytes) -> None:
        self._limit()
        self._connection.sendall(request)

    def receive(self, is_whole: Callable[[bytes], bool]) -> bytes:
        """Return one answer. Raises NotSpokenError if there is none."""
        answer = b""
        while not is_whole(answer):
            data = self._some()
            if not data or len(answer) > LONGEST_REPLY:
                raise NotSpokenError(f"{self._spoken()}, and gives no answer")
            answer += data
        return answer

    def _some(self) -> bytes:
        self._limit()
        try:
            return self._connection.recv(4096)
        except OSError as error:
            raise NotSpokenError(f"{self._spoken()}, and gives no answer ({quote(error)})") from error

    def expect(self, is_whole: Callable[[bytes], bool], *beginnings: bytes) -> bytes:
        """Return the first answer. Raises NotSpokenError if it does not begin as the protocol requires."""
        answer = self.receive(is_whole)
        if not answer.startswith(beginnings):
            raise NotSpokenError(f"{self._spoken()}, and answers '{shown(answer)}'")
        return answer

    def require(self, answer: bytes, expected: bool) -> None:
        """Raise StartTlsError unless the answer is the *expected* consent."""
        if not expected:
            raise StartTlsError(f"the service offers no TLS over {self._protocol}: it answers '{shown(answer)}'")

    def _spoken(self) -> str:
        return f"the service is asked over {self._protocol}"

    def _limit(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise NotSpokenError(f"{self._spoken()}, and gives no answer in time")
        self._connection.settimeout(left)


def shown(answer: bytes) -> str:
    return quote(answer.decode("utf-8", "backslashreplace"), LONGEST_SHOWN)


def _is_line(answer: bytes) -> bool:
    return answer.endswith(b"\n")


def _is_reply(answer: bytes) -> bool:
    """Return whether the last line has a code without a dash, which announces more (RFC 5321 4.2.1, RFC 959 4.2)."""
    last = answer.splitlines()[-1] if _is_line(answer) else b""
    return last[:3].isdigit() and last[3:4] != b"-"


def _is_reply_or_other(answer: bytes) -> bool:
    return _is_reply(answer) or (_is_line(answer) and not answer[:3].isdigit())


def _is_ldap_or_other(answer: bytes) -> bool:
    """Return whether an LDAP message is complete. Its length follows the tag, in one byte for a short answer."""
    if not answer.startswith(b"0"):
        return bool(answer)
    return len(answer) > 1 and len(answer) >= 2 + (answer[1] if answer[1] < 128 else answer[1] & 0x7F)


def _smtp(wire: _Wire) -> None:
    wire.expect(_is_reply_or_other, b"220")
    wire.send(f"EHLO {wire.own_address()}\r\n".encode())
    answer = wire.receive(_is_reply)
    wire.require(answer, answer.startswith(b"250"))
    wire.send(b"STARTTLS\r\n")
    answer = wire.receive(_is_reply)
    wire.require(answer, answer.startswith(b"220"))


def _ftp(wire: _Wire) -> None:
    wire.expect(_is_reply_or_other, b"220")
    wire.send(b"AUTH TLS\r\n")
    answer = wire.receive(_is_reply)
    wire.require(answer, answer.startswith(b"234"))


def _imap(wire: _Wire) -> None:
    wire.expect(_is_line, b"* ")
    wire.send(b"a STARTTLS\r\n")
    answer = wire.receive(lambda found: _is_line(found) and found.splitlines()[-1].startswith(b"a "))
    wire.require(answer, answer.splitlines()[-1].startswith(b"a OK"))


def _pop3(wire: _Wire) -> None:
    wire.expect(_is_line, b"+OK")
    wire.send(b"STLS\r\n")
    answer = wire.receive(_is_line)
    wire.require(answer, answer.startswith(b"+OK"))


def _postgres(wire: _Wire) -> None:
    wire.send(_SSL_REQUEST)
    answer = wire.expect(bool, b"S", b"N", b"E")
    wire.require(answer, answer == b"S")


def _ldap(wire: _Wire) -> None:
    wire.send(_LDAP_START_TLS)
    answer = wire.expect(_is_ldap_or_other, b"0")
    wire.require(answer, _LDAP_SUCCESS in answer)


_DIALOGUES: dict[StartTls, Callable[[_Wire], None]] = {
    StartTls.SMTP: _smtp,
    StartTls.IMAP: _imap,
    StartTls.POP3: _pop3,
    StartTls.FTP: _ftp,
    StartTls.LDAP: _ldap,
    StartTls.POSTGRES: _postgres,
}
