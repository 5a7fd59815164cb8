# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Detects the form of a file: PEM text of any encoding, DER, or another form that is not supported."""

from __future__ import annotations

import codecs
import re

from .der import content_of
from .x509_errors import X509Error

_BEGIN = re.compile(r"-----BEGIN ([A-Z0-9 #]+)-----")
_LITERAL_BREAK = re.compile(r"(?:\\r)?\\n")
_PKCS7_CONTENT = bytes.fromhex("06092a864886f70d0107")
_PKCS12_VERSION = bytes.fromhex("020103")
_VERSION_3 = bytes.fromhex("a003020102")

CERTIFICATE = "a certificate"
CSR = "a CSR"

PKCS7 = (
    "a PKCS#7 file (.p7b), which is not supported; write its certificates as PEM with "
    "'openssl pkcs7 -print_certs -in FILE -out NEWFILE', and add '-inform DER' if it is binary"
)
PKCS12 = (
    "a PKCS#12 keystore (.pfx, .p12), which is not supported; write its certificates as PEM with "
    "'openssl pkcs12 -nokeys -in FILE -out NEWFILE'"
)
PRIVATE_KEY = "a private key"
OTHER_FORMS = {
    "PKCS7": PKCS7,
    "PKCS #7 SIGNED DATA": PKCS7,
    "CMS": PKCS7,
    "TRUSTED CERTIFICATE": (
        "a certificate with settings of OpenSSL (TRUSTED CERTIFICATE), which is not supported; "
        "write it as PEM with 'openssl x509 -in FILE -out NEWFILE'"
    ),
    "CERTIFICATE": CERTIFICATE,
    "X509 CERTIFICATE": CERTIFICATE,
    "CERTIFICATE REQUEST": CSR,
    "NEW CERTIFICATE REQUEST": CSR,
    "PRIVATE KEY": PRIVATE_KEY,
    "RSA PRIVATE KEY": PRIVATE_KEY,
    "EC PRIVATE KEY": PRIVATE_KEY,
    "ENCRYPTED PRIVATE KEY": PRIVATE_KEY,
    "X509 CRL": "a revocation list",
}
"""The form of a PEM block, by its label."""


def is_binary(data: str | bytes) -> bool:
    """Return whether the data is DER: every file that is read here is one SEQUENCE."""
    return isinstance(data, bytes) and data[:1] == b"\x30"


def text_of(data: str | bytes) -> str:
    """Return a file as text. Decodes UTF-16, as Windows writes it, and line breaks that are written as ``\\n``."""
    text = data if isinstance(data, str) else data.decode(_encoding(data), errors="replace")
    return _LITERAL_BREAK.sub("\n", text) if _BEGIN.search(text) else text


def _encoding(data: bytes) -> str:
    """Return the encoding. PEM begins with ASCII, so a zero byte at the beginning shows UTF-16 without a mark."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if data[:1] == b"\0" else "utf-8"


def different(data: str | bytes, wanted: str) -> X509Error | None:
    """Return the error for a file of another form than *wanted*, None if its form is unknown."""
    found = {_binary_form(data)} if isinstance(data, bytes) and is_binary(data) else _forms_in(text_of(data))
    others = sorted(each for each in found if each)
    if wanted in found or not others:
        return None
    return X509Error(f"this is {others[0]}" if ";" in others[0] else f"this is {others[0]}, not {wanted}")


def _forms_in(text: str) -> set[str | None]:
    return {OTHER_FORMS.get(label) for label in _BEGIN.findall(text)}


def _binary_form(data: bytes) -> str | None:
    try:
        content = content_of(data)
        inner = content_of(content) if is_binary(content) else b""
    except X509Error:
        return None
    starts = ((content, _PKCS7_CONTENT, PKCS7), (content, _PKCS12_VERSION, PKCS12), (inner, _VERSION_3, CERTIFICATE))
    return next((form for part, start, form in starts if part.startswith(start)), None)
