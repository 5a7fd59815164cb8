# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifecycle of certificates: reissued, renewed, revoked, bundled; and its effect on their orders."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from certum_sandbox.model import CertificateStatus, OrderState, RevocationReason
from certum_sandbox.settings import Approval
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from support.soap import NAME, error_codes, make_csr, make_order, make_request

from .error_examples_orders import OV, P
from .error_examples_world import order_bundle, place, revoke

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory

APPROVER = "SANApprover/approverMethod"
R = "revokeCertificateParameters/"
C = "cancelParameters/orderID"
PLACED = "shop-1"


def enrol(lab: Laboratory, product: str = "931", **changes: Any) -> str:
    """Return the serial number of an issued order."""
    place(lab, PLACED, {P + "productCode": product, **changes})
    return lab.enrol(PLACED)


def reissue(lab: Laboratory, serial: str, **changes: Any) -> Any:
    texts = {"serialNumber": serial, "CSR": make_csr(), APPROVER: "FILE", **changes}
    return lab.send(make_request("reissueCertificate", texts))


def renew(lab: Laboratory, serial: str, product: str = "936", **changes: Any) -> Any:
    texts = {"serialNumber": serial, "CSR": make_csr(), APPROVER: "FILE", "customer": "cust-0042", **changes}
    return lab.send(make_request("renewCertificate", {**texts, "productCode": product}))


def status(lab: Laboratory, serial: str) -> str | None:
    answer = lab.send(make_request("getCertificate", {"serialNumber": serial}))
    return answer.findtext("certificateDetails/certificateStatus")


def certificate(lab: Laboratory, serial: str) -> x509.Certificate:
    entry = lab.backend.orders.entry_by_serial(serial)
    assert entry is not None
    assert entry.certificate is not None
    return x509.load_pem_x509_certificate(entry.certificate.pem.encode())


def entry_states(lab: Laboratory) -> list[tuple[str | None, str | None]]:
    """Return the entries of an order as getOrderByOrderID shows them: whether reissued, and their state."""
    answer = lab.send(make_request("getOrderByOrderID", {"orderID": PLACED, "orderOption/orderStatus": "true"}))
    return [
        (order.get("reissue"), order.findtext("orderStatus/orderStatus")) for order in answer.findall("orders/Order")
    ]


# Reissue


def test_reissue_is_a_second_certificate_of_its_order(lab: Laboratory):
    first = enrol(lab)
    answer = reissue(lab, first)
    assert answer.findtext("orderID") == PLACED
    assert answer.find("SANVerification") is None, "the validation may be reused"
    assert entry_states(lab) == [("false", "ENROLLED"), ("true", "AWAITING")]
    lab.work()
    assert entry_states(lab) == [("false", "ENROLLED"), ("true", "ENROLLED")]
    second = lab.enrol(PLACED)
    assert certificate(lab, second).public_key() != certificate(lab, first).public_key()
    assert certificate(lab, second).subject == certificate(lab, first).subject


def test_former_copy_is_revoked_after_fourteen_days(lab: Laboratory):
    first = enrol(lab)
    reissue(lab, first)
    second = lab.enrol(PLACED)
    lab.backend.clock.advance(timedelta(days=14, seconds=-1))
    assert status(lab, first) == CertificateStatus.VALID
    lab.backend.clock.advance(timedelta(seconds=1))
    assert [status(lab, first), status(lab, second)] == [CertificateStatus.REVOKED, CertificateStatus.VALID]
    revoked = lab.backend.orders.entry_by_serial(first)
    assert revoked is not None
    assert revoked.certificate is not None
    assert revoked.certificate.revocation is not None
    assert revoked.certificate.revocation.reason is RevocationReason.SUPERSEDED


def test_only_added_names_are_validated_again(lab: Laboratory):
    first = enrol(lab)
    answer = reissue(lab, first, **{"SANEntries/SANEntry/DNSName": ["shop.example.org"]})
    assert [name.text for name in answer.findall("SANVerification/FQDNs/FQDN")] == ["shop.example.org"]
    san = certificate(lab, lab.enrol(PLACED)).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == [NAME, "shop.example.org"]


def test_validation_is_not_reused_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"proof-reuse": "no"})
    answer = reissue(lab, enrol(lab))
    assert answer.findtext("SANVerification/FQDNs/FQDN") == NAME
    lab.work()
    assert lab.order(PLACED).state is OrderState.VERIFICATION


def test_expired_validation_is_repeated(make_lab: Callable[..., Laboratory]):
    """Short lifetimes have shorter validations: 10 days for 47 (lifecycle.md 9.1)."""
    lab = make_lab(max_days=47)
    first = enrol(lab)
    lab.backend.clock.advance(timedelta(days=11))
    assert error_codes(reissue(lab, first, SANApprover=None, **{APPROVER: None})) == [2188]
    assert reissue(lab, first).findtext("SANVerification/FQDNs/FQDN") == NAME


def test_code_of_a_reissue_is_missing_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"reissue-code": "absent", "proof-reuse": "no"})
    answer = reissue(lab, enrol(lab))
    assert answer.find("SANVerification") is None
    answer = lab.send(make_request("addSanVerification", {"orderID": PLACED, APPROVER: "FILE"}))
    assert error_codes(answer) == [], "no method is in force that could be the same"
    assert answer.findtext("SANVerification/code")


@pytest.mark.parametrize(("value", "position"), [("newest", 1), ("oldest", 0)])
def test_order_returns_its_newest_or_oldest_certificate(make_lab: Callable[..., Laboratory], value, position):
    lab = make_lab(dialect={"certificate-of-order": value})
    first = enrol(lab)
    reissue(lab, first)
    serials = [first, lab.enrol(PLACED)]
    answer = lab.send(make_request("getCertificate", {"orderID": PLACED}))
    assert answer.findtext("certificateDetails/serialNumber") == serials[position]


@pytest.mark.parametrize(("value", "gained"), [("extended", 60), ("kept", 0)])
def test_reissue_moves_the_expiry_date_or_not(make_lab: Callable[..., Laboratory], value, gained):
    lab = make_lab(dialect={"reissue-end": value})
    first = enrol(lab)
    lab.backend.clock.advance(timedelta(days=60))
    reissue(lab, first)
    ends = [certificate(lab, serial).not_valid_after_utc for serial in (first, lab.enrol(PLACED))]
    assert (ends[1] - ends[0]).days == gained


def test_reissue_never_exceeds_the_paid_term(lab: Laboratory):
    serial = enrol(lab)
    for _year in range(3):
        lab.backend.clock.advance(timedelta(days=150))
        if certificate(lab, serial).not_valid_after_utc <= lab.backend.clock.now():
            break
        reissue(lab, serial)
        serial = lab.enrol(PLACED)
    assert certificate(lab, serial).not_valid_after_utc == lab.order(PLACED).term_end.replace(microsecond=0)


@pytest.mark.parametrize(("value", "codes"), [("same-key", []), ("2097", [2097])])
def test_reissue_without_a_csr_depends_on_the_dialect(make_lab: Callable[..., Laboratory], value, codes):
    lab = make_lab(dialect={"reissue-without-csr": value})
    first = enrol(lab)
    assert error_codes(reissue(lab, first, CSR=None)) == codes
    if not codes:
        assert certificate(lab, lab.enrol(PLACED)).public_key() == certificate(lab, first).public_key()


FULL, PART, MIXED = [NAME, "Shop.example.org"], [NAME], [NAME, "shop.example.org", "new.example.org"]


@pytest.mark.parametrize(
    ("value", "names", "codes"),
    [
        ("full-list", FULL, []),
        ("full-list", FULL[::-1] + FULL, []),
        ("full-list", PART, [2130]),
        ("full-list", MIXED, [2130, 2130]),
        ("2130", FULL, [2130, 2130]),
        ("ignored", FULL, []),
        ("ignored", MIXED, []),
    ],
)
def test_names_of_a_reissue_depend_on_the_dialect(make_lab: Callable[..., Laboratory], value, names, codes):
    lab = make_lab(dialect={"reissue-known-names": value})
    serial = enrol(lab, **{"SANEntries/SANEntry/DNSName": [NAME, "shop.example.org"]})
    assert error_codes(reissue(lab, serial, **{"SANEntries/SANEntry/DNSName": names})) == codes
    if not codes:
        added = ["new.example.org"] if "new.example.org" in names else []
        assert lab.backend.orders.entries(PLACED)[-1].names == (NAME, "shop.example.org", *added)


@pytest.mark.parametrize(("value", "shown"), [("absent", [None, None]), ("present", [R + "serialNumber", C])])
def test_error_already_done_has_a_value_or_not(make_lab: Callable[..., Laboratory], value, shown):
    lab = make_lab(dialect={"already-done-value": value})
    serial = enrol(lab)
    revoke(lab, serial)
    lab.backend.clock.advance(timedelta(seconds=10))
    place(lab, "cancelled")
    cancel = make_request("cancelOrder", {C: "cancelled"})
    lab.send(cancel)
    refused = [lab.send(make_request("revokeCertificate", {R + "serialNumber": serial})), lab.send(cancel)]
    assert [error_codes(each) for each in refused] == [[1145], [1151]]
    assert [each.findtext("responseHeader/errors/Error/value") for each in refused] == shown


@pytest.mark.parametrize(("value", "codes"), [("product", []), ("certificate", [1069])])
def test_shortened_validity_stays_within_the_term_or_lifetime(make_lab: Callable[..., Laboratory], value, codes):
    lab = make_lab(dialect={"shortened-maximum": value})
    now = lab.backend.clock.now()
    end, too_late = ((now + timedelta(days=days)).date().isoformat() for days in (365, 366))
    for operation, day, expected in (
        ("validateOrderParameters", too_late, [1069]),
        ("quickOrder", end, codes),
    ):
        order = make_order({P + "shortenedValidityPeriod": day, P + "orderID": PLACED}, operation=operation)
        assert error_codes(lab.send(order)) == expected
    if not codes:
        assert certificate(lab, lab.enrol(PLACED)).not_valid_after_utc <= now + timedelta(days=199)


def test_refused_reissue_keeps_the_certificate_reissuable(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"proof-reuse": "no", "rejected-key": "free"})
    first, csr = enrol(lab), make_csr()
    reissue(lab, first, CSR=csr)
    lab.reject(PLACED)
    assert entry_states(lab) == [("false", "ENROLLED"), ("true", "REJECTED")]
    assert status(lab, first) == CertificateStatus.VALID
    assert error_codes(lab.send(make_request("cancelOrder", {"cancelParameters/orderID": PLACED}))) == [1136]
    assert error_codes(reissue(lab, first, CSR=csr)) == []
    lab.enrol(PLACED)
    assert entry_states(lab) == [("false", "ENROLLED"), ("true", "REJECTED"), ("true", "ENROLLED")]


# Renewal


@pytest.mark.parametrize(("value", "days"), [("no", 365), ("yes", 365 + 65)])
def test_renewal_is_a_new_order_for_the_next_term(make_lab: Callable[..., Laboratory], value, days):
    lab = make_lab(dialect={"renewal-carry-over": value}, max_days=398)
    serial = enrol(lab, **{"SANEntries/SANEntry/DNSName": [NAME, "shop.example.org"]})
    lab.backend.clock.advance(timedelta(days=300))
    answer = renew(lab, serial)
    order = lab.order(answer.findtext("orderID"))
    assert order.order_id != PLACED
    assert (order.customer, order.product_code) == ("cust-0042", "936")
    assert (order.term_end - lab.backend.clock.now()).days == days
    names = [name.text for name in answer.findall("SANVerification/FQDNs/FQDN")]
    assert names == [NAME, "shop.example.org"], (
        "names come from the certificate, and no validation is shared between orders"
    )
    renewed = certificate(lab, lab.enrol(order.order_id))
    assert renewed.subject == certificate(lab, serial).subject
    assert status(lab, serial) == CertificateStatus.VALID


def test_staff_need_not_check_an_organization_twice(make_lab: Callable[..., Laboratory]):
    lab = make_lab()
    serial = enrol(lab, **OV)
    manual = make_lab(approve=Approval.MANUAL)
    order_id = renew(manual, serial, "636").findtext("orderID")
    manual.work()
    states = {v.type.value: v.state.value for v in manual.order(order_id).verifications}
    assert states == {
        "DOMAIN": "REQUIRED", "INTERNAL": "VERIFIED",
        "ORGANIZATION": "VERIFIED", "APPLICANT": "VERIFIED", "AUTHORIZATION": "VERIFIED",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "child", "has_code"),
    [
        ("SANVerification", "SANVerification", True),
        ("verifications", "verifications", True),
        ("order-verifications", "verifications", False),
    ],
)
def test_renewal_is_answered_in_one_of_three_shapes(make_lab: Callable[..., Laboratory], value, child, has_code):
    lab = make_lab(dialect={"renewal-answer": value})
    answer = renew(lab, enrol(lab))
    assert [each.tag for each in answer] == ["responseHeader", "orderID", child]
    assert (answer.find(f"{child}/code") is not None) is has_code
    assert (answer.find(f"{child}/verification") is not None) is not has_code


def test_expired_certificate_is_renewed_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"renewal-after-expiry": "accepted"})
    serial = enrol(lab)
    lab.backend.clock.advance(timedelta(days=200))
    assert error_codes(renew(lab, serial)) == []


def test_renewal_of_a_renewal_has_the_same_code(lab: Laboratory):
    order_id = renew(lab, enrol(lab)).findtext("orderID")
    assert error_codes(renew(lab, lab.enrol(order_id))) == []


def test_certificate_is_found_by_its_pem(lab: Laboratory):
    first = enrol(lab)
    entry = lab.backend.orders.entry_by_serial(first)
    assert entry is not None
    assert entry.certificate is not None
    itself = {"serialNumber": None, "X509Cert": entry.certificate.pem.replace("\n", "\r\n")}
    assert error_codes(renew(lab, first, **itself)) == []
    assert error_codes(reissue(lab, first, **itself)) == []


# Revocation


@pytest.mark.parametrize("pace", [0, 60])
def test_revocation_takes_effect_later(make_lab: Callable[..., Laboratory], pace):
    lab = make_lab(pace=0)
    serial = enrol(lab)
    slow = make_lab(pace=pace)
    revoke(slow, serial)
    assert status(slow, serial) == CertificateStatus.REVOKING
    slow.backend.clock.advance(timedelta(seconds=max(pace, 2)))
    assert status(slow, serial) == CertificateStatus.REVOKED


def test_revocation_comes_before_that_of_the_former_copy(lab: Laboratory):
    first = enrol(lab)
    reissue(lab, first)
    lab.enrol(PLACED)
    revoke(lab, first)
    lab.backend.clock.advance(timedelta(seconds=3))
    assert status(lab, first) == CertificateStatus.REVOKED


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (None, None),
        ("UNSPECIFIED", None),
        ("KEYCOMPROMISE", 1),
        ("AFFILIATIONCHANGED", 3),
        ("SUPERSEDED", 4),
        ("CESSATIONOFOPERATION", 5),
        ("PRIVILEGEWITHDRAWN", 9),
    ],
)
def test_reason_has_its_code_in_the_revocation_list(lab: Laboratory, reason, code):
    serial = enrol(lab, **OV)
    today = lab.backend.clock.now().date()
    date = {R + "keyCompromitationDate": today.isoformat()} if reason == "KEYCOMPROMISE" else {}
    texts = {R + "serialNumber": serial, R + "revocationReason": reason, **date}
    assert error_codes(lab.send(make_request("revokeCertificate", texts))) == []
    now = lab.backend.clock.advance(timedelta(seconds=3))
    (entry,) = lab.backend.orders.revoked_by(now)
    kind = lab.backend.authority.kind_of(entry.certificate)
    crl = x509.load_der_x509_crl(lab.backend.authority.crl(kind, [entry.certificate], now))
    (listed,) = crl
    assert listed.serial_number == int(serial, 16)
    extensions = {type(each.value): each.value for each in listed.extensions}
    flag = extensions.get(x509.CRLReason)
    assert (None if flag is None else ENTRY_REASONS[flag.reason]) == code
    assert (x509.InvalidityDate in extensions) is bool(date)


ENTRY_REASONS = {
    x509.ReasonFlags.key_compromise: 1,
    x509.ReasonFlags.affiliation_changed: 3,
    x509.ReasonFlags.superseded: 4,
    x509.ReasonFlags.cessation_of_operation: 5,
    x509.ReasonFlags.privilege_withdrawn: 9,
}


# Bundles


def test_bundle_has_the_names_of_its_members(lab: Laboratory):
    serials = []
    for name in ("a.example.org", "b.example.org"):
        changes = {P + "CSR": make_csr(name), "SANEntries/SANEntry/DNSName": name}
        place(lab, name, changes)
        serials.append(lab.enrol(name))
    order_id = order_bundle(lab, *serials)
    bundle = lab.enrol(order_id)

    def names(serial: str) -> list[str]:
        san = certificate(lab, serial).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return san.get_values_for_type(x509.DNSName)

    assert names(bundle) == ["a.example.org", "b.example.org"]
    texts = {"serialNumber": bundle, "removeSerialNumbers/serialNumber": [serials[0]]}
    answer = lab.send(make_request("modifySNICertificate", texts))
    assert answer.findtext("orderID") == order_id
    changed = lab.enrol(order_id)
    assert names(changed) == ["b.example.org"]
    lab.backend.clock.advance(timedelta(days=14))
    assert [status(lab, bundle), status(lab, changed)] == [CertificateStatus.REVOKED, CertificateStatus.VALID]
    states = {v.type.value: v.state.value for v in lab.order(order_id).verifications}
    assert states == {"DOMAIN": "NOT_REQUIRED", "INTERNAL": "VERIFIED"}


@pytest.mark.parametrize(("value", "codes"), [("either-or-both", []), ("one", [2027])])
def test_bundle_is_named_in_both_ways(make_lab: Callable[..., Laboratory], value, codes):
    lab = make_lab(dialect={"sni-reference": value})
    member = enrol(lab)
    order_id = order_bundle(lab, member)
    bundle = lab.enrol(order_id)
    place(lab, "more")
    pem = certificate(lab, bundle).public_bytes(serialization.Encoding.PEM).decode()
    texts = {"serialNumber": bundle, "X509Cert": pem, "addSerialNumbers/serialNumber": [lab.enrol("more")]}
    assert error_codes(lab.send(make_request("modifySNICertificate", texts))) == codes


def test_unknown_members_of_a_bundle_are_named(lab: Laboratory):
    serial = enrol(lab)
    person = {"email": "ops@example.net", "firstName": "Ada", "lastName": "Nowak", "phone": "1"}
    texts = {f"requestorInfo/{name}": value for name, value in person.items()}
    texts |= {"orderSNIParameters/CSR": make_csr(), "serialNumbers/serialNumber": [serial, "AB"]}
    answer = lab.send(make_request("orderSNICertificate", texts))
    assert [each.text for each in answer.findall("invalidSerialNumbers/serialNumber")] == ["AB".zfill(32)]


def test_bundles_do_not_exist_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"sni-operations": "absent"})
    for operation in ("orderSNICertificate", "modifySNICertificate"):
        answer = lab.send(make_request(operation, {}))
        assert answer.findtext("faultstring") == f"there is no operation {operation}"
