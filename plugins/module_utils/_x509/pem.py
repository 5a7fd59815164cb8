# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts any text with certificates to canonical PEM: 64 columns, LF, one newline at the end."""

from __future__ import annotations

import base64
import binascii
import re
from textwrap import wrap

from . import compatibility
from .der import elements
from .text_forms import CERTIFICATE, different, is_binary, text_of
from .x509_errors import X509Error

_ARMOUR = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----")
_CERTIFICATE = "CERTIFICATE"
_CERTIFICATE_LABELS = (_CERTIFICATE, "X509 CERTIFICATE")


def armour(der: bytes, label: str = _CERTIFICATE) -> str:
    """Return *der* as canonical PEM."""
    body = "\n".join(wrap(base64.b64encode(der).decode("ascii"), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def _decoded(body: str, what: str) -> bytes:
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise X509Error(f"{what} is not valid base64") from None


def blocks(text: str, *labels: str) -> list[bytes]:
    """Return the DER of every armoured block of *text* with one of *labels*, in the order of the text."""
    return [_decoded(body, f"the {label} block") for label, body in _ARMOUR.findall(text) if label in labels]


def _ders(data: str | bytes) -> list[bytes]:
    if isinstance(data, bytes) and is_binary(data):
        return [data]
    text = text_of(data)
    found = blocks(text, *_CERTIFICATE_LABELS)
    if found or not text.strip() or "-----" in text:
        return found
    return [_decoded(text, "the certificate, which has no BEGIN line,")]


def certificates_in(text: str | bytes) -> tuple[str, ...]:
    """Return every certificate of *text* as canonical PEM, in the order of the text.

    Accepts DER, and PEM with CRLF, with or without line breaks or BEGIN lines, in UTF-8 or UTF-16. A text may contain
    several certificates and other content around them.
    Raises X509Error if there is no certificate, or if one cannot be read.
    """
    try:
        return _certificates_in(text)
    except X509Error as error:
        raise (different(text, CERTIFICATE) or error) from None


def _certificates_in(text: str | bytes) -> tuple[str, ...]:
    found = _ders(text)
    if not found:
        raise X509Error("no certificate in the text (a block that starts with -----BEGIN CERTIFICATE-----)")
    for der in found:
        if len(elements(der)) != 1:
            raise X509Error("the certificate is followed by other data")
        compatibility.load_certificate(der)
    return tuple(armour(der) for der in found)


def one_certificate(text: str | bytes) -> str:
    """Return the only certificate of *text* as canonical PEM. Raises X509Error for none or several."""
    found = certificates_in(text)
    if len(found) > 1:
        raise X509Error(f"there are {len(found)} certificates instead of one")
    return found[0]


def to_der(text: str | bytes) -> bytes:
    """Return the only certificate of *text* as DER. Raises X509Error for none or several."""
    return blocks(one_certificate(text), _CERTIFICATE)[0]
