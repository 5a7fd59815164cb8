# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds and reads certification requests (CSRs)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._third_party.host_packages import hashes, serialization, x509
from . import compatibility
from .alternative_names import UNREADABLE_TEXT, common_name_of, general_names, names_of
from .der import elements
from .keys import KeySpec, public_key_sha256, spec_of
from .pem import armour, blocks
from .text_forms import CSR, different, is_binary, text_of
from .x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .compatibility import PrivateKey

_LABEL = "CERTIFICATE REQUEST"


@dataclass(frozen=True)
class RequestFacts:
    """The content of a CSR. *names* are its subject alternative names, lower case and sorted.

    *signature_valid* is None if this machine cannot check the signature, such as one with an unknown hash.
    """

    pem: str
    common_name: str | None
    names: tuple[str, ...]
    public_key_sha256: str
    key_spec: KeySpec | None
    signature_valid: bool | None


def build_request(key: PrivateKey, *, common_name: str, names: Iterable[str]) -> str:
    """Return a PEM CSR with this CN and these SANs (DNS names in ASCII, IP addresses), signed with SHA-256.

    Raises X509Error for a name that a CSR cannot hold. A CN has at most 64 characters (error 1101).
    """
    if not 1 <= len(common_name) <= 64:
        raise X509Error(
            f"the common name '{quote(common_name)}' has {len(common_name)} characters; 1 to 64 are allowed"
        )
    subject = x509.Name([x509.NameAttribute(x509.ObjectIdentifier("2.5.4.3"), common_name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    alternative = general_names(names)
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternative), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode("ascii")


def read_request(text: str | bytes) -> RequestFacts:
    """Read the only CSR of *text*, which is PEM in UTF-8 or UTF-16, or DER. Raises X509Error."""
    try:
        der = _only_der(text)
        request = compatibility.load_request(der)
    except X509Error as error:
        raise (different(text, CSR) or error) from None
    return RequestFacts(
        pem=armour(der, _LABEL),
        common_name=_common_name(request),
        names=names_of(compatibility.extensions(request)),
        public_key_sha256=public_key_sha256(compatibility.public_key(request)),
        key_spec=spec_of(request),
        signature_valid=compatibility.is_signed(request),
    )


def _only_der(data: str | bytes) -> bytes:
    if isinstance(data, bytes) and is_binary(data):
        ders = [data]
    else:
        ders = blocks(text_of(data), _LABEL, "NEW CERTIFICATE REQUEST")
    if len(ders) != 1 or len(elements(ders[0])) != 1:
        raise X509Error("there is not exactly one CSR (a block that starts with -----BEGIN CERTIFICATE REQUEST-----)")
    return ders[0]


def _common_name(request: x509.CertificateSigningRequest) -> str | None:
    try:
        return common_name_of(request.subject)
    except ValueError:
        raise X509Error(f"the subject of the CSR {UNREADABLE_TEXT}; make a new CSR with texts in UTF-8") from None
