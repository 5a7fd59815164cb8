# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the few parts of DER that the public interface of cryptography does not cover or makes slow.

cryptography before 39 checks the primes of an RSA key at every load, which takes 40 ms with OpenSSL 3. To read the
public half from the structure of the file takes microseconds with every version, so a thousand pairs take a moment.
"""

from __future__ import annotations

from .x509_errors import X509Error

_SEQUENCE = 0x30
_BIT_STRING = 0x03
_OCTET_STRING = 0x04
_PUBLIC_KEY_OF_EC = 0xA1
_OID_RSA = bytes.fromhex("06092a864886f70d010101")
_OID_EC = bytes.fromhex("06072a8648ce3d0201")


def _header(data: bytes, start: int) -> tuple[int, int]:
    """Return where the content of the element at *start* begins and ends."""
    if start + 2 > len(data):
        raise X509Error("the DER structure ends too early")
    length, content = data[start + 1], start + 2
    if length & 0x80:
        octets = length & 0x7F
        length = int.from_bytes(data[content : content + octets], "big")
        content += octets
    if content + length > len(data):
        raise X509Error("the DER structure ends too early")
    return content, content + length


def elements(data: bytes) -> list[bytes]:
    """Split the concatenated DER elements of *data*. Each keeps its header."""
    found: list[bytes] = []
    start = 0
    while start < len(data):
        _content, end = _header(data, start)
        found.append(data[start:end])
        start = end
    return found


def children(element: bytes) -> list[bytes]:
    """Return the elements inside one constructed element."""
    content, end = _header(element, 0)
    return elements(element[content:end])


def content_of(element: bytes) -> bytes:
    """Return the content of one element, without its header."""
    content, end = _header(element, 0)
    return element[content:end]


def _encode(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def public_key_info(pkcs8: bytes) -> bytes | None:
    """Return the SubjectPublicKeyInfo inside a PKCS#8 private key, None if it has none. Raises X509Error.

    RSA keys always have one (RFC 8017 A.1.2), EC keys if cryptography or OpenSSL wrote them (RFC 5915 publicKey).
    """
    parts = children(pkcs8)
    if len(parts) < 3 or parts[1][:1] != b"\x30" or parts[2][0] != _OCTET_STRING:
        return None
    algorithm = parts[1]
    oid = children(algorithm)[:1]
    key = children(content_of(parts[2])) if oid in ([_OID_RSA], [_OID_EC]) else []
    if oid == [_OID_RSA] and len(key) > 3:
        bits = b"\x00" + _encode(_SEQUENCE, key[1] + key[2])
        return _encode(_SEQUENCE, algorithm + _encode(_BIT_STRING, bits))
    for element in key:
        if element[0] == _PUBLIC_KEY_OF_EC:
            return _encode(_SEQUENCE, algorithm + content_of(element))
    return None
