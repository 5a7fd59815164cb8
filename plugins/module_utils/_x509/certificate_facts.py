# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the facts of a certificate as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.serial_number import canonical_serial_number
from .._third_party.host_packages import x509
from . import compatibility
from .alternative_names import UNREADABLE_TEXT, common_name_of, names_of, subject_texts
from .keys import KeySpec, public_key_sha256, spec_of
from .pem import to_der
from .x509_errors import X509Error

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class CertificateFacts:
    """One certificate.

    *serial_number* is upper-case hexadecimal without leading zeros. *names* are the subject alternative names, lower
    case and sorted. Both dates are aware and in UTC. *key_spec* is None for a type of key that we never make.
    """

    serial_number: str
    common_name: str | None
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    issuer: str
    public_key_sha256: str
    key_spec: KeySpec | None
    is_ca: bool


def is_ca(extensions: x509.Extensions) -> bool:
    """Return whether basicConstraints mark a CA. A certificate without them is not one (RFC 5280 4.2.1.9)."""
    try:
        return extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def read_serial_number(text: str) -> str:
    """Return a hexadecimal serial number in upper case, without colons, blanks or leading zeros. Raises X509Error."""
    try:
        return canonical_serial_number(text)
    except ValueError:
        raise X509Error(f"'{quote(text)}' is not a hexadecimal serial number") from None


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """Return the facts of a parsed certificate. Raises X509Error."""
    try:
        subject, issuer = certificate.subject, certificate.issuer
    except ValueError:
        raise X509Error(f"the subject or the issuer of the certificate {UNREADABLE_TEXT}") from None
    extensions = compatibility.extensions(certificate)
    key = compatibility.public_key(certificate)
    not_before, not_after = compatibility.validity(certificate)
    return CertificateFacts(
        serial_number=f"{certificate.serial_number:X}",
        common_name=common_name_of(subject),
        names=names_of(extensions),
        not_before=not_before,
        not_after=not_after,
        issuer=issuer.rfc4514_string(),
        public_key_sha256=public_key_sha256(key),
        key_spec=spec_of(key),
        is_ca=is_ca(extensions),
    )


def read_certificate(text: str | bytes) -> CertificateFacts:
    """Return the facts of the only certificate of *text*. Raises X509Error."""
    return facts_of(compatibility.load_certificate(to_der(text)))


def read_subject(text: str | bytes) -> dict[str, str]:
    """Return the subject of the only certificate of *text* as subject_texts. Raises X509Error."""
    certificate = compatibility.load_certificate(to_der(text))
    try:
        return subject_texts(certificate.subject)
    except ValueError:
        raise X509Error(f"the subject of the certificate {UNREADABLE_TEXT}") from None
