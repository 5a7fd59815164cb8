# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks an OCSP responder about one certificate, and accepts only answers that the issuer authorized (RFC 6960)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._third_party.host_packages import InternalError, UnsupportedAlgorithm, hashes, ocsp, serialization, x509
from . import compatibility
from .revocation import Revocation, require_current, words_of
from .x509_errors import X509Error

if TYPE_CHECKING:
    from datetime import datetime

REQUEST_TYPE = "application/ocsp-request"
_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"


def build_question(leaf: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the request about *leaf* in DER. Names the issuer by SHA-1, which all responders know (RFC 5019 2.1.1)."""
    return _request(leaf, issuer, hashes.SHA1()).public_bytes(serialization.Encoding.DER)


def read_answer(answer: bytes, *, leaf: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Revocation | None:
    """Return the revocation of *leaf*, None if it is good. Raises X509Error for an answer that shows neither."""
    try:
        response = ocsp.load_der_ocsp_response(answer)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise X509Error(f"the responder refused: {response.response_status.name.lower().replace('_', ' ')}")
        _require_answer_to(response, leaf, issuer)
        _require_signature(response, issuer, now)
        return _status(response, now)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError) as error:
        raise X509Error(f"the answer is not a readable OCSP response ({compatibility.first_line(error)})") from None


def _request(leaf: x509.Certificate, issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> ocsp.OCSPRequest:
    return ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, algorithm).build()


def _require_answer_to(response: ocsp.OCSPResponse, leaf: x509.Certificate, issuer: x509.Certificate) -> None:
    asked = _request(leaf, issuer, response.hash_algorithm)
    if (response.serial_number, response.issuer_name_hash, response.issuer_key_hash) != (
        asked.serial_number,
        asked.issuer_name_hash,
        asked.issuer_key_hash,
    ):
        raise X509Error(f"the answer is about another certificate, serial number {response.serial_number:X}")


def _require_signature(response: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> None:
    """Raise X509Error unless the issuer, or a responder that it certified, signed the answer (RFC 6960 4.2.2.2)."""
    signed = [compatibility.response_signed_by(response, issuer)]
    signed += [
        _signed_by_delegate(response, each, issuer)
        for each in response.certificates
        if _may_answer_for(issuer, each, now)
    ]
    if not any(signed):
        raise X509Error(
            f"the signature of the answer ({compatibility.algorithm_of(response)}) cannot be verified here"
            if None in signed
            else "the answer is signed neither by the issuer nor by a responder that the issuer certified"
        )


def _may_answer_for(issuer: x509.Certificate, delegate: x509.Certificate, now: datetime) -> bool:
    start, end = compatibility.validity(delegate)
    return delegate.issuer == issuer.subject and start <= now < end and _is_for_ocsp(compatibility.extensions(delegate))


def _signed_by_delegate(
    response: ocsp.OCSPResponse, delegate: x509.Certificate, issuer: x509.Certificate
) -> bool | None:
    certified = compatibility.signed_by(delegate, issuer)
    return compatibility.response_signed_by(response, delegate) if certified else certified


def _is_for_ocsp(extensions: x509.Extensions) -> bool:
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return _OCSP_SIGNING in {purpose.dotted_string for purpose in purposes}


def _status(response: ocsp.OCSPResponse, now: datetime) -> Revocation | None:
    require_current(
        this_update=compatibility.moment(response, "this_update"),
        next_update=compatibility.optional_moment(response, "next_update"),
        now=now,
    )
    if response.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise X509Error("the responder does not know the certificate")
    if response.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return None
    return Revocation(compatibility.moment(response, "revocation_time"), words_of(response.revocation_reason))
