# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contents of an issued certificate, as another library reads it, and its chain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from support.soap import make_csr, make_order, make_request

P = "orderParameters/"
KEYS = {
    "EC-256": (lambda: ec.generate_private_key(ec.SECP256R1()), "Certum Sandbox G2 E39 CA"),
    "EC-384": (lambda: ec.generate_private_key(ec.SECP384R1()), "Certum Sandbox G2 E39 CA"),
    "RSA-2048": (lambda: rsa.generate_private_key(65537, 2048), "Certum Sandbox G2 R39 CA"),
}


def issue(lab, changes):
    """Return the certificate and chain of a validated order."""
    answer = lab.send(make_order(changes))
    assert answer.findtext("responseHeader/successCode") == "0"
    lab.enrol("shop-1")
    answer = lab.send(make_request("getCertificate", {"orderID": "shop-1"}))
    texts = [answer.findtext("certificateDetails/X509Cert"), *(e.text for e in answer.findall("caBundle/X509Cert"))]
    return [x509.load_pem_x509_certificate(text.encode()) for text in texts]


def extension(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind).value


@pytest.mark.parametrize("kind", KEYS)
def test_dv_certificate_has_the_fields_of_its_profile(lab, kind):
    make_key, issuer_name = KEYS[kind]
    key = make_key()
    names = ["www.example.org", "example.org"]
    leaf, issuer, root = issue(
        lab, {P + "CSR": make_csr(key=key, organization="Ignored"), "SANEntries/SANEntry/DNSName": names}
    )
    assert leaf.public_key() == key.public_key()
    assert leaf.subject == x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.org")])
    assert issuer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == issuer_name
    assert extension(leaf, x509.SubjectAlternativeName).get_values_for_type(x509.DNSName) == names
    assert list(extension(leaf, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert extension(leaf, x509.BasicConstraints).ca is False
    usage = extension(leaf, x509.KeyUsage)
    assert (usage.digital_signature, usage.key_encipherment) == (True, kind.startswith("RSA"))
    assert extension(leaf, x509.CertificatePolicies)[0].policy_identifier.dotted_string == "2.23.140.1.2.1"
    methods = {
        each.access_method: each.access_location.value for each in extension(leaf, x509.AuthorityInformationAccess)
    }
    algorithm = "rsa" if kind.startswith("RSA") else "ec"
    base = "https://127.0.0.1:8443"
    assert methods == {
        Access.OCSP: f"{base}/ocsp/{algorithm}",
        Access.CA_ISSUERS: f"{base}/repository/{algorithm}-issuing.cer",
    }
    assert extension(leaf, x509.CRLDistributionPoints)[0].full_name[0].value == f"{base}/repository/{algorithm}.crl"
    assert len(f"{leaf.serial_number:X}") == 32
    for child, parent in ((leaf, issuer), (issuer, root), (root, root)):
        child.verify_directly_issued_by(parent)
        identifier = extension(parent, x509.SubjectKeyIdentifier).digest
        assert extension(child, x509.AuthorityKeyIdentifier).key_identifier == identifier


@pytest.mark.parametrize("days", [47, 100, 199])
def test_lifetime_is_the_limit_to_the_second(make_lab, days):
    leaf, *dummy = issue(make_lab(max_days=days), {})
    lifetime = leaf.not_valid_after_utc - leaf.not_valid_before_utc + timedelta(seconds=1)
    assert lifetime == timedelta(days=days)


def test_lifetime_stays_inside_the_paid_term(make_lab):
    lab = make_lab(max_days=398)
    leaf, *dummy = issue(lab, {})
    assert leaf.not_valid_after_utc <= lab.order("shop-1").term_end


def test_shorter_lifetime_can_be_asked_for(lab):
    end = (lab.backend.clock.now() + timedelta(days=30)).date()
    leaf, *dummy = issue(lab, {P + "shortenedValidityPeriod": end.isoformat()})
    assert leaf.not_valid_after_utc.date() == end


@pytest.mark.parametrize(("code", "policy", "fields"), [("631", "2.23.140.1.2.2", 4), ("641", "2.23.140.1.1", 7)])
def test_ov_and_ev_subjects_hold_the_organization(lab, code, policy, fields):
    subject = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin"}
    subject |= {"joisocn": "PL", "serialNumber": "0000421310", "businessCategory": "Private Organization"}
    changes = {P + name: value for name, value in subject.items()} | {P + "productCode": code}
    leaf, *dummy = issue(lab, changes | {"organizationInfo/taxIdentificationNumber": "5250000000"})
    assert len(list(leaf.subject)) == fields
    assert leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Example S.A."
    assert extension(leaf, x509.CertificatePolicies)[0].policy_identifier.dotted_string == policy


def test_ip_address_becomes_an_address_name(lab):
    leaf, *dummy = issue(lab, {P + "CSR": make_csr("203.0.113.7"), "SANEntries/SANEntry/DNSName": "203.0.113.7"})
    addresses = extension(leaf, x509.SubjectAlternativeName).get_values_for_type(x509.IPAddress)
    assert [str(address) for address in addresses] == ["203.0.113.7"]
