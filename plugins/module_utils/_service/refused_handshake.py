# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the certificate that a server sends before it refuses a client without a client certificate.

Private to the collection. Pure. Up to TLS 1.2 (RFC 5246 7.3) the server sends its certificate, asks for the client
certificate, and refuses at the end. Python gives no certificate of an unfinished handshake, but the server does not
encrypt these messages. In TLS 1.3 the handshake is finished for the client before the server refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECORD_HEADER = 5
_HANDSHAKE = 22
_CERTIFICATE = 11
_CERTIFICATE_REQUEST = 13
_SERVER_HELLO_DONE = 14


def shown_before_refusal(received: bytes) -> tuple[bytes, ...]:
    """Return the certificates in DER, leaf first, that a server sent in an unfinished handshake.

    Empty unless the server asked for a client certificate: a server that ends the handshake for another reason does
    not work for its clients either.
    """
    messages = dict(_messages(_handshake_bytes(received)))
    if not {_CERTIFICATE, _CERTIFICATE_REQUEST, _SERVER_HELLO_DONE} <= messages.keys():
        return ()
    return tuple(_certificates(messages[_CERTIFICATE]))


def _handshake_bytes(received: bytes) -> bytes:
    """Return the content of the handshake records, up to the first record of another type."""
    content, start = b"", 0
    while received[start : start + 1] == bytes((_HANDSHAKE,)):
        end = start + _RECORD_HEADER + int.from_bytes(received[start + 3 : start + _RECORD_HEADER], "big")
        content += received[start + _RECORD_HEADER : end]
        start = end
    return content


def _messages(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the type and the body of each complete message."""
    start = 0
    while start + 4 <= len(content):
        end = start + 4 + int.from_bytes(content[start + 1 : start + 4], "big")
        if end > len(content):
            return
        yield content[start], content[start + 4 : end]
        start = end


def _certificates(body: bytes) -> Iterator[bytes]:
    """Yield the certificates of the message. The list and each certificate begin with their length."""
    start = 3
    while start + 3 <= len(body):
        end = start + 3 + int.from_bytes(body[start : start + 3], "big")
        yield body[start + 3 : end]
        start = end
