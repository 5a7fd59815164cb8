# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate profiles: subject, names and extensions for each product kind and validation."""

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
from certum_sandbox.products import Kind, Product, Validation

_PURPOSES = {
    Kind.TLS: ExtendedKeyUsageOID.SERVER_AUTH,
    Kind.SMIME: ExtendedKeyUsageOID.EMAIL_PROTECTION,
    Kind.CODE_SIGNING: ExtendedKeyUsageOID.CODE_SIGNING,
    Kind.OTHER: x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # document signing, RFC 9336
}
# The reserved policies of the CA/Browser Forum: TLS 7.1.6.1, S/MIME 7.1.6.1 (strict), code signing 7.1.6.1.
_POLICIES = {
    (Kind.TLS, Validation.DOMAIN): "2.23.140.1.2.1",
    (Kind.TLS, Validation.ORGANIZATION): "2.23.140.1.2.2",
    (Kind.TLS, Validation.EXTENDED): "2.23.140.1.1",
    (Kind.SMIME, Validation.MAILBOX): "2.23.140.1.5.1.3",
    (Kind.SMIME, Validation.ORGANIZATION): "2.23.140.1.5.2.3",
    (Kind.SMIME, Validation.SPONSOR): "2.23.140.1.5.3.3",
    (Kind.SMIME, Validation.INDIVIDUAL): "2.23.140.1.5.4.3",
    (Kind.CODE_SIGNING, Validation.INDIVIDUAL): "2.23.140.1.4.1",
    (Kind.CODE_SIGNING, Validation.ANYBODY): "2.23.140.1.4.1",
    (Kind.CODE_SIGNING, Validation.EXTENDED): "2.23.140.1.3",
}
_REGISTRATION = ("joisocn", "joisopn", "joiln", "businessCategory", "serialNumber")
_ORGANIZATION = ("country", "state", "locality", "postalCode", "streetAddress", "organization")
_PERSON = ("givenName", "surname")


@dataclass(frozen=True)
class Locations:
    """The addresses of OCSP, issuer certificate and CRL, which are in every certificate."""

    ocsp: str
    issuer: str
    crl: str


@dataclass(frozen=True)
class CertificateRequest:
    """A certificate to issue. ``subject`` has names of the API, also of attributes that the profile leaves out."""

    public_key: CertificatePublicKeyTypes
    subject: Mapping[str, str]
    names: Sequence[str]
    product: Product
    not_before: datetime
    not_after: datetime


_ATTRIBUTES: Mapping[tuple[Kind, Validation], tuple[str, ...]] = {
    (Kind.TLS, Validation.DOMAIN): ("commonName",),
    (Kind.TLS, Validation.EXTENDED): (*_REGISTRATION, *_ORGANIZATION, "commonName"),
    (Kind.SMIME, Validation.MAILBOX): ("email",),
    (Kind.SMIME, Validation.INDIVIDUAL): ("country", *_PERSON, "commonName", "email"),
    (Kind.SMIME, Validation.SPONSOR): (*_ORGANIZATION, *_PERSON, "commonName", "email"),
    (Kind.SMIME, Validation.ORGANIZATION): (*_ORGANIZATION, "commonName", "email"),
    (Kind.CODE_SIGNING, Validation.EXTENDED): (*_REGISTRATION, *_ORGANIZATION, "commonName"),
}
"""The subject attributes of each profile, in certificate order."""
_USUAL_ATTRIBUTES = (*_ORGANIZATION, "commonName")


def _subject(request: CertificateRequest) -> x509.Name:
    wanted = _ATTRIBUTES.get((request.product.kind, request.product.validation), _USUAL_ATTRIBUTES)
    return x509.Name(
        [x509.NameAttribute(SUBJECT_OIDS[name], request.subject[name]) for name in wanted if request.subject.get(name)]
    )


def _alternative_names(request: CertificateRequest) -> list[x509.GeneralName]:
    if request.product.kind is Kind.SMIME:
        return [x509.RFC822Name(request.subject["email"])]
    addresses = {name: as_address(name) for name in request.names}
    return [x509.DNSName(name) if address is None else x509.IPAddress(address) for name, address in addresses.items()]


def _key_usage(request: CertificateRequest) -> x509.KeyUsage:
    is_rsa = isinstance(request.public_key, rsa.RSAPublicKey)
    receives_mail = request.product.kind is Kind.SMIME
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=is_rsa and (receives_mail or request.product.kind is Kind.TLS),
        data_encipherment=False,
        key_agreement=receives_mail and not is_rsa,
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


def _add_optional_extensions(builder: x509.CertificateBuilder, request: CertificateRequest) -> x509.CertificateBuilder:
    """Add alternative names and policy, which not every profile has."""
    names = _alternative_names(request)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    policy = _POLICIES.get((request.product.kind, request.product.validation))
    if policy:
        information = x509.PolicyInformation(x509.ObjectIdentifier(policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([information]), critical=False)
    return builder


def issue_certificate(authority: Authority, request: CertificateRequest, locations: Locations) -> x509.Certificate:
    """Issue a certificate."""
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
        .add_extension(_key_usage(request), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_PURPOSES[request.product.kind]]), critical=False)
        .add_extension(x509.CRLDistributionPoints([crl]), critical=False)
        .add_extension(_access(locations), critical=False)
    )
    return sign(_add_optional_extensions(builder, request), authority.key)
