# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of product: the price list, the checks, the contents of the certificate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from certum_sandbox.products import Kind, Product, Sale, Validation, load_catalogue
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from support.soap import NAME, error_codes, make_csr, make_order, make_request

from .error_examples_orders import P

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .conftest import Laboratory

ALL = load_catalogue(Sale.ALL)
WITHOUT_NAMES = {"SANApprover": None, "SANEntries": None}
COMPANY = {
    P + name: value for name, value in {"organization": "Example S.A.", "country": "PL", "locality": "X"}.items()
}
TAX = {"organizationInfo/taxIdentificationNumber": "5250000000"}
PERSON = {P + "givenName": "Ada", P + "surname": "Nowak"}
MAILBOX = {P + "email": "ada@example.org"}
REGISTRATION = {P + "joisocn": "PL", P + "serialNumber": "0000421310", P + "businessCategory": "Private Organization"}
STAFF = ("ORGANIZATION", "APPLICANT", "AUTHORIZATION")


def codes(products: list[Product]) -> set[str]:
    return {product.code for product in products}


def test_products_of_doubtful_codes_are_sold_on_request_only():
    likely, everything = codes(load_catalogue().on_sale()), codes(ALL.on_sale())
    assert likely == {
        "601", "606", "631", "636", "641", "646", "681", "686", "721",
        "741", "746", "921", "926", "931", "936", "981", "986",
    }  # fmt: skip
    assert likely < everything
    assert {product.kind for product in ALL.on_sale()} == set(Kind)


def test_product_of_unknown_code_is_listed_without_one(make_lab: Callable[..., Laboratory]):
    lab = make_lab(products=Sale.ALL)
    products = lab.send(make_request("getProductList", {})).findall("products/product")
    nameless = {each.findtext("type") for each in products if each.find("code") is None}
    assert "Certum S/MIME Mailbox (1 Year) Issue" in nameless
    assert all(name.startswith("X") for name in codes(ALL.on_sale()) if not name.isdecimal())


@pytest.mark.parametrize(("value", "number"), [("days", "365"), ("months", "12"), ("years", "1")])
def test_term_is_listed_in_the_unit_of_the_dialect(make_lab: Callable[..., Laboratory], value, number):
    answer = make_lab(dialect={"validity-unit": value}).send(make_request("getProductList", {}))
    assert {each.text for each in answer.findall("products/product/validityPeriod")} == {number}


def code_of(kind: Kind, validation: Validation) -> str:
    return next(p.code for p in ALL.on_sale() if (p.kind, p.validation, p.purpose.value) == (kind, validation, "issue"))


E = ExtendedKeyUsageOID
SUBJECTS = [
    # kind, validation, order, checks, purpose, policy, subject
    (Kind.SMIME, Validation.MAILBOX, MAILBOX, ["EMAIL"], E.EMAIL_PROTECTION, "2.23.140.1.5.1.3", ["emailAddress"]),
    (
        Kind.SMIME, Validation.INDIVIDUAL, MAILBOX | PERSON, ["EMAIL", "APPLICANT"],
        E.EMAIL_PROTECTION, "2.23.140.1.5.4.3", ["givenName", "surname", "commonName", "emailAddress"],
    ),
    (
        Kind.SMIME, Validation.ORGANIZATION, MAILBOX | COMPANY | TAX, ["EMAIL", *STAFF],
        E.EMAIL_PROTECTION, "2.23.140.1.5.2.3",
        ["countryName", "localityName", "organizationName", "commonName", "emailAddress"],
    ),
    (
        Kind.SMIME, Validation.SPONSOR, MAILBOX | COMPANY | TAX | PERSON, ["EMAIL", *STAFF],
        E.EMAIL_PROTECTION, "2.23.140.1.5.3.3",
        ["countryName", "localityName", "organizationName", "givenName", "surname", "commonName", "emailAddress"],
    ),
    (Kind.CODE_SIGNING, Validation.INDIVIDUAL, PERSON, ["APPLICANT"], E.CODE_SIGNING, "2.23.140.1.4.1", ["commonName"]),
    (
        Kind.CODE_SIGNING, Validation.ANYBODY, COMPANY, [*STAFF], E.CODE_SIGNING, "2.23.140.1.4.1",
        ["countryName", "localityName", "organizationName", "commonName"],
    ),
    (Kind.CODE_SIGNING, Validation.ANYBODY, {}, ["APPLICANT"], E.CODE_SIGNING, "2.23.140.1.4.1", ["commonName"]),
    (
        Kind.CODE_SIGNING, Validation.EXTENDED, COMPANY | TAX | REGISTRATION, [*STAFF, "EXTENDED_VALIDATION"],
        E.CODE_SIGNING, "2.23.140.1.3",
        ["jurisdictionCountryName", "businessCategory", "serialNumber", "countryName", "localityName",
         "organizationName", "commonName"],
    ),
    (
        Kind.OTHER, Validation.OTHER, MAILBOX, ["EMAIL"],
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"), None, ["commonName"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "validation", "order", "checks", "purpose", "policy", "subject"), SUBJECTS)
def test_other_products_have_their_own_checks_and_subject(
    make_lab: Callable[..., Laboratory],
    kind: Kind,
    validation: Validation,
    order: Mapping[str, str],
    checks: list[str],
    purpose: x509.ObjectIdentifier,
    policy: str | None,
    subject: list[str],
):
    lab = make_lab(products=Sale.ALL)
    request = {P + "CSR": make_csr("Ada Nowak"), P + "productCode": code_of(kind, validation), **WITHOUT_NAMES, **order}
    answer = lab.send(make_order(request))
    assert error_codes(answer) == []
    assert [each.tag for each in answer] == ["responseHeader", "orderID"], "there is no domain to validate"
    assert [v.type.value for v in lab.order("shop-1").verifications] == checks
    lab.enrol("shop-1")
    text = lab.send(make_request("getCertificate", {"orderID": "shop-1"})).findtext("certificateDetails/X509Cert")
    leaf = x509.load_pem_x509_certificate(text.encode())
    assert [attribute.oid._name for attribute in leaf.subject] == subject
    extensions: dict[type, Any] = {type(each.value): each.value for each in leaf.extensions}
    assert list(extensions[x509.ExtendedKeyUsage]) == [purpose]
    policies = [each.policy_identifier.dotted_string for each in extensions.get(x509.CertificatePolicies, ())]
    assert policies == ([policy] if policy else [])
    san = extensions.get(x509.SubjectAlternativeName)
    assert (san and san.get_values_for_type(x509.RFC822Name)) == (["ada@example.org"] if kind is Kind.SMIME else None)
    assert extensions[x509.KeyUsage].key_agreement is (kind is Kind.SMIME), "an EC key for mail has key agreement"


LIVES = {("731", 365), ("732", 730), ("733", 825), ("841", 365), ("842", 460), ("691", 30), ("791", 90), ("601", 199)}


@pytest.mark.parametrize(("code", "days"), sorted(LIVES))
def test_lifetime_is_limited_by_term_and_product(make_lab: Callable[..., Laboratory], code, days):
    """825 days for mail, 460 for code (lifecycle.md 9.3), for any term."""
    lab = make_lab(products=Sale.ALL)
    is_tls = ALL.get(code).kind is Kind.TLS
    assert (
        error_codes(lab.send(make_order({P + "productCode": code, **MAILBOX, **({} if is_tls else WITHOUT_NAMES)})))
        == []
    )
    lab.enrol("shop-1")
    (entry,) = lab.backend.orders.entries("shop-1")
    assert entry.certificate is not None
    life = entry.certificate.not_after - entry.certificate.not_before
    assert timedelta(0) <= timedelta(days=days) - life <= timedelta(seconds=1)


def test_mail_certificate_needs_no_domain_validation(make_lab: Callable[..., Laboratory]):
    lab = make_lab()
    request = {P + "productCode": "721", **MAILBOX, **COMPANY, **TAX, "SANEntries/SANEntry/DNSName": NAME}
    assert lab.send(make_order(request)).find("SANVerification") is None
    answer = lab.send(make_request("getSanVerificationState", {"orderID": "shop-1"}))
    assert answer.findall("sanVerifications/sanVerification") == []
