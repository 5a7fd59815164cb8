# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS certificates: what goes into one, by product (BR 7.1.2.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from certum_sandbox.ca.builder import sign, start_certificate
from certum_sandbox.ca.hierarchy import Authority
from certum_sandbox.csr import SUBJECT_OIDS
from certum_sandbox.hostnames import as_address
from certum_sandbox.products import Validation

_POLICIES = {
    Validation.DOMAIN: "2.23.140.1.2.1",
    Validation.ORGANIZATION: "2.23.140.1.2.2",
    Validation.EXTENDED: "2.23.140.1.1",
}
_IDENTITY = ("country", "state", "locality", "postalCode", "streetAddress", "organization")
_ATTRIBUTES = {
    Validation.DOMAIN: ("commonName",),
    Validation.ORGANIZATION: (*_IDENTITY, "commonName"),
    Validation.EXTENDED: (
        "joisocn", "joisopn", "joiln", "businessCategory", "serialNumber", *_IDENTITY, "commonName",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Locations:
    """Where relying parties look things up; they end up in every certificate."""

    ocsp: str
    issuer: str
    crl: str


@dataclass(frozen=True)
class TlsRequest:
    """One certificate to issue."""

    public_key: CertificatePublicKeyTypes
    subject: Mapping[str, str]
    names: Sequence[str]
    validation: Validation
    not_before: datetime
    not_after: datetime


def _subject(request: TlsRequest) -> x509.Name:
    wanted = _ATTRIBUTES[request.validation]
    return x509.Name(
        [x509.NameAttribute(SUBJECT_OIDS[name], request.subject[name]) for name in wanted if request.subject.get(name)]
    )


def _alternative_name(name: str) -> x509.GeneralName:
    address = as_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _key_usage(public_key: CertificatePublicKeyTypes) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=isinstance(public_key, rsa.RSAPublicKey),
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _access(locations: Locations) -> x509.AuthorityInformationAccess:
    return x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(locations.ocsp)),
            x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(locations.issuer)
            ),
        ]
    )


def issue_tls(authority: Authority, request: TlsRequest, locations: Locations) -> x509.Certificate:
    """Sign it."""
    policy = x509.PolicyInformation(x509.ObjectIdentifier(_POLICIES[request.validation]), None)
    crl = x509.DistributionPoint([x509.UniformResourceIdentifier(locations.crl)], None, None, None)
    builder = (
        start_certificate(
            subject=_subject(request),
            issuer=authority.certificate.subject,
            public_key=request.public_key,
            issuer_key=authority.key,
            not_before=request.not_before,
            not_after=request.not_after,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(request.public_key), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative_name(n) for n in request.names]), critical=False)
        .add_extension(x509.CertificatePolicies([policy]), critical=False)
        .add_extension(x509.CRLDistributionPoints([crl]), critical=False)
        .add_extension(_access(locations), critical=False)
    )
    return sign(builder, authority.key)
