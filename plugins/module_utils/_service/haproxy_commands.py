# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands of HAProxy's runtime API about certificates, and the values in its answers. Pure.

Private to the collection. The commands and answers are those of HAProxy 2.2, 2.6 and 3.0.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from hashlib import sha1

from .._handover.foreign_text import quote
from .._handover.serial_number import canonical_serial_number

LOCKED = "Operations on certificates are currently locked!"
"""A line of the answer while HAProxy works on another command about certificates. Nothing was done."""
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_BEGIN = b"-----BEGIN "
_CERTIFICATES = (b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE")
_SEPARATORS, _ESCAPED = re.compile(r"([ ;\\])"), r"\\\1"
_TRANSACTION = re.compile(r"^Transaction (created|updated) for certificate (.*)!$", re.MULTILINE)
_LIST, _TRANSACTION_LIST = "# filename", "# transaction"
_HINTS = {
    "Permission denied": "Add 'level admin' to its 'stats socket' line.",
    "Unknown command": "Declare a socket of a 'stats socket' line: this may be the socket of the master process.",
    "The ongoing transaction is about": "Another program changes a certificate, or was stopped. Reload HAProxy.",
}


class HaproxyError(Exception):
    """HAProxy did not do a command. The text has the socket, the command, the reason and, if known, the remedy."""


@dataclass(frozen=True)
class Bundle:
    """A private key and its certificates, leaf first, as HAProxy gets them over its socket.

    ``text`` has no empty line: HAProxy reads an empty line as the end of the bundle, and the next line as a command.
    ``fingerprint`` is the SHA-1 fingerprint of the leaf. HAProxy shows no other.
    """

    text: bytes
    fingerprint: str


@dataclass(frozen=True)
class Inventory:
    """The names of all certificates in memory, and the name in the transaction that is open, if any."""

    names: tuple[str, ...]
    transaction: str | None = None


@dataclass(frozen=True)
class RuntimeCertificate:
    """A certificate in the memory of HAProxy. ``is_used`` is false if no listener and no server uses it."""

    name: str
    is_used: bool
    serial_number: str
    fingerprint: str


def read_bundle(data: bytes) -> Bundle:
    """Return the PEM blocks of a file for HAProxy, without other lines. Raises HaproxyError."""
    blocks = _BLOCK.findall(data)
    labels = [label for label, dummy in blocks]
    keys = [label for label in labels if label.endswith(b"PRIVATE KEY")]
    certificates = [(label, body) for label, body in blocks if label in _CERTIFICATES]
    if len(blocks) != data.count(_BEGIN):
        raise HaproxyError("The bundle has a PEM block that cannot be read, such as an encrypted private key")
    if len(keys) != 1 or b"ENCRYPTED PRIVATE KEY" in keys:
        raise HaproxyError(f"The bundle has {len(keys)} private keys in place of one key that is not encrypted")
    if not certificates:
        raise HaproxyError("The bundle has no certificate")
    return Bundle(b"".join(_armoured(label, body) for label, body in blocks), _fingerprint(*certificates[0]))


def _armoured(label: bytes, body: bytes) -> bytes:
    return b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (label, b"\n".join(body.split()), label)


def _fingerprint(label: bytes, body: bytes) -> str:
    if label != _CERTIFICATES[0]:
        raise HaproxyError(f"The first certificate of the bundle is not a CERTIFICATE block but {label.decode()}")
    try:
        der = ssl.PEM_cert_to_DER_cert(_armoured(label, body).decode("ascii"))
    except ValueError as error:
        raise HaproxyError("The first certificate of the bundle is not valid base64") from error
    return sha1(der, usedforsecurity=False).hexdigest().upper()


def command(verb: str, name: str) -> str:
    """Return a command about one certificate, such as ``commit ssl cert FILE``.

    Raises HaproxyError for a name that HAProxy would not read as one word.
    """
    if any(ord(character) < ord(" ") or character == "\x7f" for character in name):
        raise HaproxyError(f"The runtime API of HAProxy cannot name the file '{quote(name)}': control character")
    if not name or name.startswith("*") or "<<" in name:
        raise HaproxyError(f"The runtime API of HAProxy cannot name the file '{quote(name)}': reserved characters")
    return f"{verb} ssl cert {_SEPARATORS.sub(_ESCAPED, name)}"


def read_inventory(answer: str) -> Inventory | None:
    """Return the list of ``show ssl cert``, None if the answer is not a list.

    Before HAProxy has loaded a certificate, it answers with an empty line (seen with 2.6.12).
    """
    lines = [line for line in answer.split("\n") if line]
    if answer and not lines:
        return Inventory(())
    if _LIST not in lines:
        return None
    lines = [line for line in lines if line not in (_LIST, _TRANSACTION_LIST)]
    open_ones = [line[1:] for line in lines if line.startswith("*")]
    names = dict.fromkeys(line for line in lines if not line.startswith("*"))
    return Inventory(tuple(names), open_ones[0] if open_ones else None)


def read_shown(answer: str) -> RuntimeCertificate | None:
    """Return the certificate that ``show ssl cert FILE`` shows, None if it shows none."""
    shown = dict(line.partition(": ")[::2] for line in answer.split("\n"))
    try:
        return RuntimeCertificate(
            name=shown["Filename"],
            is_used=shown["Status"] == "Used",
            serial_number=canonical_serial_number(shown["Serial"]),
            fingerprint=shown["SHA1 FingerPrint"].upper(),
        )
    except (KeyError, ValueError):
        return None


def read_transaction(answer: str) -> tuple[str, bool] | None:
    """Return the name in the transaction that ``set ssl cert`` wrote to, and whether it is new. None if it refused."""
    found = _TRANSACTION.search(answer)
    return (found[2], found[1] == "created") if found else None


def read_process_count(answer: str) -> int:
    """Return the number of processes that ``show info`` shows. HAProxy before 2.5 can have several, by nbproc."""
    found = re.search(r"^Nbproc: (\d+)$", answer, re.MULTILINE)
    return int(found[1]) if found else 1


def is_locked(answer: str) -> bool:
    return LOCKED in answer.split("\n")


def is_committed(answer: str) -> bool:
    return "Success!" in answer.split("\n")


def is_begun(answer: str) -> bool:
    """Return whether ``commit ssl cert`` began to change listeners, with whatever end."""
    return answer.startswith("Committing ")


def hint(answer: str) -> str:
    """Return the remedy for an answer that refuses a command, an empty text if none is known."""
    lines = answer.split("\n")
    return next((remedy for words, remedy in _HINTS.items() if any(line.startswith(words) for line in lines)), "")
