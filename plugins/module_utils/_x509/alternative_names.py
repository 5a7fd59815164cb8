# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and compares subject alternative names as text: DNS names and IP addresses in one list."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._third_party.host_packages import x509
from .x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Iterable

UNREADABLE_TEXT = "has a text that this Python cannot read, such as a T61String with letters outside ASCII"


def canonical_name(name: str) -> str:
    """Return a DNS name in lower case, or an IP address in its shortest form."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name.lower()


def canonical_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the canonical names, sorted, without duplicates."""
    return tuple(sorted({canonical_name(name) for name in names}))


def general_names(names: Iterable[str]) -> list[x509.GeneralName]:
    """Return the names for a subjectAltName extension, in their order. Raises X509Error for a name outside ASCII."""
    return [_general_name(name) for name in dict.fromkeys(canonical_name(name) for name in names)]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        if not name.isascii() or not name:
            raise X509Error(f"'{quote(name)}' is not a DNS name in its ASCII form") from None
        return x509.DNSName(name)


def names_of(extensions: x509.Extensions) -> tuple[str, ...]:
    """Return the DNS names, IP addresses and mailboxes of a subjectAltName extension as canonical_names."""
    try:
        value = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    texts = (x509.DNSName, x509.RFC822Name, x509.IPAddress)
    return tuple(sorted({str(general.value).lower() for general in value if isinstance(general, texts)}))


def subject_texts(subject: x509.Name) -> dict[str, str]:
    """Return the first value of each attribute of a subject, by its dotted OID."""
    texts: dict[str, str] = {}
    for attribute in subject:
        value = attribute.value
        text = value if isinstance(value, str) else value.decode("utf-8", errors="replace")
        texts.setdefault(attribute.oid.dotted_string, text)
    return texts


def common_name_of(subject: x509.Name) -> str | None:
    """Return the first commonName of a subject."""
    return subject_texts(subject).get("2.5.4.3")
