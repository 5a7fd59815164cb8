# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revocation status: CRL (RFC 5280 5) and OCSP responses (RFC 6960), which the issuing CA signs itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from certum_sandbox.ca.hierarchy import Authority
from certum_sandbox.model import Certificate, CertificateStatus, Revocation, RevocationReason

_CRL_LIFE = timedelta(days=7)
_OCSP_LIFE = timedelta(days=3)
_REASONS = {
    RevocationReason.KEYCOMPROMISE: x509.ReasonFlags.key_compromise,
    RevocationReason.AFFILIATIONCHANGED: x509.ReasonFlags.affiliation_changed,
    RevocationReason.SUPERSEDED: x509.ReasonFlags.superseded,
    RevocationReason.CESSATIONOFOPERATION: x509.ReasonFlags.cessation_of_operation,
    RevocationReason.PRIVILEGEWITHDRAWN: x509.ReasonFlags.privilege_withdrawn,
}
"""The reason codes. UNSPECIFIED has none in a CRL (lifecycle.md 8)."""


def _revoked_entry(certificate: Certificate, revocation: Revocation) -> x509.RevokedCertificate:
    builder = (
        x509.RevokedCertificateBuilder()
        .serial_number(int(certificate.serial_number, 16))
        .revocation_date(revocation.effective)
    )
    reason = _REASONS.get(revocation.reason)
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    if revocation.key_compromised is not None:
        since = datetime.combine(revocation.key_compromised, time(), UTC)
        builder = builder.add_extension(x509.InvalidityDate(since), critical=False)
    return builder.build()


def make_crl(authority: Authority, revoked: Iterable[Certificate], now: datetime) -> bytes:
    """Return a CRL with these certificates, DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now)
        .next_update(now + _CRL_LIFE)
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    for certificate in revoked:
        if certificate.revocation is not None:
            builder = builder.add_revoked_certificate(_revoked_entry(certificate, certificate.revocation))
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def requested_serial_number(request: bytes) -> str | None:
    """Return the serial number in an OCSP request, in the form of the database, or None if it is unreadable."""
    try:
        return f"{ocsp.load_der_ocsp_request(request).serial_number:032X}"
    except (ValueError, UnsupportedAlgorithm, NotImplementedError):
        return None


def _refuse(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)


def answer_ocsp(authority: Authority, request: bytes, certificate: Certificate | None, now: datetime) -> bytes:
    """Return the OCSP response in DER: ``unauthorized`` for a certificate of another CA (RFC 5019 2.2.3)."""
    try:
        asked = ocsp.load_der_ocsp_request(request)
        algorithm, extensions = asked.hash_algorithm, asked.extensions
    except (ValueError, UnsupportedAlgorithm, NotImplementedError):
        return _refuse(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    leaf = None if certificate is None else x509.load_pem_x509_certificate(certificate.pem.encode())
    if certificate is None or leaf is None or leaf.issuer != authority.certificate.subject:
        return _refuse(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    revocation = certificate.revocation if certificate.status(now) is CertificateStatus.REVOKED else None
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=leaf,
            issuer=authority.certificate,
            algorithm=algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if revocation else ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=now + _OCSP_LIFE,
            revocation_time=revocation.effective if revocation else None,
            revocation_reason=_REASONS.get(revocation.reason) if revocation else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificate)
    )
    for extension in extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
