# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate signing requests: parse a text, or report the reason why it is not usable, without raising."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID, ObjectIdentifier

SUBJECT_OIDS: Mapping[str, ObjectIdentifier] = {
    "commonName": NameOID.COMMON_NAME,
    "email": NameOID.EMAIL_ADDRESS,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "country": NameOID.COUNTRY_NAME,
    "state": NameOID.STATE_OR_PROVINCE_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "businessCategory": NameOID.BUSINESS_CATEGORY,
    "streetAddress": NameOID.STREET_ADDRESS,
    "postalCode": NameOID.POSTAL_CODE,
    "joiln": NameOID.JURISDICTION_LOCALITY_NAME,
    "joisopn": NameOID.JURISDICTION_STATE_OR_PROVINCE_NAME,
    "joisocn": NameOID.JURISDICTION_COUNTRY_NAME,
    "givenName": NameOID.GIVEN_NAME,
    "surname": NameOID.SURNAME,
    "unstructuredName": NameOID.UNSTRUCTURED_NAME,
    "unstructuredAddress": ObjectIdentifier("1.2.840.113549.1.9.8"),
    "description": ObjectIdentifier("2.5.4.13"),
}
"""Subject attributes by their name in orderParameters. The last three occur in CSRs only."""
_NAMES = {oid: name for name, oid in SUBJECT_OIDS.items()}

_BEGIN, _END = (rf"-----{word} (?:NEW )?CERTIFICATE REQUEST-----" for word in ("BEGIN", "END"))
_ARMOUR = re.compile(rf"{_BEGIN}(?P<base64>.*?){_END}", re.DOTALL)


class StringType(Enum):
    """ASN.1 string types, by tag."""

    UTF8 = 12
    PRINTABLE = 19
    TELETEX = 20
    IA5 = 22
    UNIVERSAL = 28
    BMP = 30


class CsrProblem(Enum):
    """The reason why a text is not a usable CSR."""

    BLANK = auto()
    UNPARSABLE = auto()
    UNREADABLE_KEY = auto()


@dataclass(frozen=True)
class Csr:
    """A parsed CSR."""

    parsed: x509.CertificateSigningRequest
    public_key: CertificatePublicKeyTypes

    @cached_property
    def public_key_sha256(self) -> str:
        """Hexadecimal SHA-256 of the SubjectPublicKeyInfo."""
        der = self.public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    @property
    def signature_verifies(self) -> bool:
        """Whether the private key of the CSR signed it."""
        try:
            return self.parsed.is_signature_valid or self._sha1_signature_verifies()
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False

    def _sha1_signature_verifies(self) -> bool:
        """Return whether a SHA-1 signature verifies. cryptography rejects the hash, but old devices still use it."""
        parsed, key = self.parsed, self.public_key
        if not isinstance(parsed.signature_hash_algorithm, hashes.SHA1):
            return False
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(parsed.signature, parsed.tbs_certrequest_bytes, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(parsed.signature, parsed.tbs_certrequest_bytes, ec.ECDSA(hashes.SHA1()))  # noqa: S303
        else:
            return False
        return True

    @cached_property
    def subject(self) -> Mapping[str, str]:
        """Subject attributes by their name in the API, the first of each kind."""
        found: dict[str, str] = {}
        for attribute in self.parsed.subject:
            name, value = _NAMES.get(attribute.oid), attribute.value
            if name is not None:
                found.setdefault(name, value if isinstance(value, str) else value.decode("latin-1"))
        return found

    @cached_property
    def string_types(self) -> Mapping[str, StringType]:
        """The ASN.1 string type of each attribute of ``subject``, without unknown types."""
        tags = dict(reversed(list(_attribute_tags(self.parsed.subject.public_bytes()))))
        known = {kind.value: kind for kind in StringType}
        return {name: known[tags[oid]] for name, oid in _ENCODED_OIDS.items() if tags.get(oid) in known}


def _encode_oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return bytes(out)


_ENCODED_OIDS = {name: _encode_oid(oid.dotted_string) for name, oid in SUBJECT_OIDS.items()}


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each DER element in ``der``."""
    position = 0
    while position < len(der):
        tag, length = der[position], der[position + 1]
        position += 2
        if length & 0x80:
            octets = length & 0x7F
            length = int.from_bytes(der[position : position + octets])
            position += octets
        yield tag, der[position : position + length]
        position += length


def _attribute_tags(name: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the encoded OID and the tag of the value of each attribute of a DER Name."""
    for _names_tag, relative_names in _elements(name):
        for _name_tag, relative_name in _elements(relative_names):
            for _attribute_tag, attribute in _elements(relative_name):
                (_oid_tag, oid), (tag, _value) = _elements(attribute)
                yield oid, tag


def _to_der(text: str, *, armoured: bool) -> bytes | None:
    match = _ARMOUR.search(text)
    if match is None and armoured:
        return None
    body = match["base64"] if match else text
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def read_csr(text: str | None, *, armoured: bool = False) -> Csr | CsrProblem:
    """Parse a PKCS#10 request in PEM, or in bare base64 unless it must be ``armoured``."""
    if text is None or not text.strip():
        return CsrProblem.BLANK
    der = _to_der(text, armoured=armoured)
    if der is None:
        return CsrProblem.UNPARSABLE
    try:
        parsed = x509.load_der_x509_csr(der)
        _subject = parsed.subject  # parsed lazily, and it may be malformed too
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return CsrProblem.UNPARSABLE
    try:
        return Csr(parsed, parsed.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return CsrProblem.UNREADABLE_KEY
