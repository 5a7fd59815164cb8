# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The revocation data of a CA about one certificate, true or false; works with every cryptography from 3.4 on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.unit.x509.authority import Authority

OCSP = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1")
OCSP_SIGNING = x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.9")])
REVOKED, GOOD, UNKNOWN = (getattr(ocsp.OCSPCertStatus, name) for name in ("REVOKED", "GOOD", "UNKNOWN"))
KEY_COMPROMISE = x509.ReasonFlags.key_compromise
REVOKED_ON = datetime(2026, 11, 20, 8)


def places(ocsp_url: str | None = None, list_url: str | None = None) -> tuple[x509.ExtensionType, ...]:
    """Return the extensions that name the addresses."""
    found: list[x509.ExtensionType] = []
    if ocsp_url:
        where = x509.AccessDescription(OCSP, x509.UniformResourceIdentifier(ocsp_url))
        found.append(x509.AuthorityInformationAccess([where]))
    if list_url:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
        found.append(x509.CRLDistributionPoints([point]))
    return tuple(found)


def answer(
    leaf: x509.Certificate,
    issuer: Authority,
    *,
    status: ocsp.OCSPCertStatus = REVOKED,
    reason: x509.ReasonFlags | None = KEY_COMPROMISE,
    signer: Authority | None = None,
    certificates: tuple[x509.Certificate, ...] = (),
    this_update: datetime,
    next_update: datetime | None,
) -> bytes:
    """Return an OCSP response, DER, signed by the issuer or by *signer*."""
    revoked = status is REVOKED
    signer = signer or issuer
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf,
        issuer=issuer.certificate,
        algorithm=hashes.SHA1(),
        cert_status=status,
        this_update=this_update,
        next_update=next_update,
        revocation_time=REVOKED_ON if revoked else None,
        revocation_reason=reason if revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    if certificates:
        builder = builder.certificates(certificates)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def refusal() -> bytes:
    """Return an OCSP response that is only an error."""
    refused = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    return refused.public_bytes(serialization.Encoding.DER)


def revocation_list(
    leaf: x509.Certificate | None,
    issuer: Authority,
    *,
    reason: x509.ReasonFlags | None = KEY_COMPROMISE,
    signer: Authority | None = None,
    extensions: tuple[Any, ...] = (),
    this_update: datetime,
    next_update: datetime,
) -> bytes:
    """Return a revocation list, DER, with one certificate or none; *extensions* are critical."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(this_update)
        .next_update(next_update)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    if leaf is not None:
        entry = x509.RevokedCertificateBuilder().serial_number(leaf.serial_number).revocation_date(REVOKED_ON)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    signed = builder.sign((signer or issuer).key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)
