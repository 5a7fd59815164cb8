# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients that use only the WSDL call each of the 22 operations with success and read its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from certum_sandbox.soap.schema import operations
from cryptography import x509
from support.foreign_clients import CLIENTS, PHP_PACKAGES, ForeignClient, Found, each, has_php
from support.soap import make_csr

from .test_operations import REQUESTOR, order_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.file_server import FileServer
    from support.sandbox import Sandbox

NAME, MORE = "foreign.example.org", "more.foreign.example.org"
FILE = {"approverMethod": "FILE"}
EVERYTHING = {"certificateDetails": True, "orderDetails": True, "orderStatus": True}
NEEDS = {"php": pytest.mark.skipif(not has_php(), reason=f"needs {' '.join(PHP_PACKAGES)} (tools/need-debian)")}
FORMS: tuple[list[str], ...] = ([], ["--strict"])
COMPANY = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin"}


class Partner:
    """A foreign client of one sandbox, and the web server that the sandbox asks."""

    def __init__(self, client: ForeignClient, sandbox: Sandbox, files: FileServer) -> None:
        self.client = client
        self.sandbox = sandbox
        self.files = files

    def call(self, operation: str, **parts: Any) -> Found:
        answer = self.client.call(operation, **parts)
        assert answer.responseHeader is not None, answer
        assert answer.responseHeader.successCode == 0, answer
        return answer

    def validate(self, order_id: str, verification: Found) -> str:
        """Publish and trigger the check; return the serial number of the issued certificate."""
        for name in each(verification.FQDNs.FQDN):
            self.files.put(name, f"{verification.code}-certum.pl")
        self.call("performSanVerification", code=verification.code)
        self.sandbox.wait_for_state(order_id, "ENROLLED")
        serial: str = self.entries(order_id)[-1].orderStatus.serialNumber
        return serial

    def entries(self, order_id: str) -> list[Found]:
        return each(self.call("getOrderByOrderID", orderID=order_id, orderOption=EVERYTHING).orders.Order)


def one_certificate_from_order_to_revocation(partner: Partner) -> tuple[str, str]:
    """Return the serial numbers of the first certificate and of its reissue."""
    parts = order_parts(NAME, product="931")
    assert partner.call("validateOrderParameters", **parts).ParsedCSR.commonName == NAME
    placed = partner.call("quickOrder", **parts)
    changed = partner.call("addSanVerification", SANApprover={"approverMethod": "DNS_TXT"}, orderID=placed.orderID)
    assert changed.SANVerification.code != placed.SANVerification.code
    back = partner.call("addSanVerification", SANApprover=FILE, orderID=placed.orderID)
    first = partner.validate(placed.orderID, back.SANVerification)
    states = each(partner.call("getSanVerificationState", orderID=placed.orderID).sanVerifications.sanVerification)
    assert [state.manualVerification.state for state in states] == ["VERIFIED"]

    added = {"SANEntry": [{"DNSName": MORE}]}
    csr = make_csr(NAME)
    again = partner.call("reissueCertificate", serialNumber=first, CSR=csr, SANApprover=FILE, SANEntries=added)
    assert each(again.SANVerification.FQDNs.FQDN) == [MORE]
    second = partner.validate(again.orderID, again.SANVerification)
    got = partner.call("getCertificate", serialNumber=second)
    assert got.certificateDetails.DNSNames == f"{NAME},{MORE}"
    leaf = x509.load_pem_x509_certificate(got.certificateDetails.X509Cert.encode())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(each(got.caBundle.X509Cert)[0].encode()))

    renewal = {"CSR": make_csr(NAME), "customer": NAME, "productCode": "936", "serialNumber": second}
    renewed = partner.call("renewCertificate", SANApprover=FILE, **renewal)
    third = partner.validate(renewed.orderID, renewed.SANVerification)
    reason = {"revocationReason": "SUPERSEDED", "note": "a rehearsal", "serialNumber": third}
    partner.call("revokeCertificate", revokeCertificateParameters=reason)
    partner.sandbox.advance("PT3S")
    assert partner.call("getCertificate", serialNumber=third).certificateDetails.certificateStatus == "REVOKED"
    return first, second


def one_that_waits_for_people(partner: Partner) -> None:
    person = {"CSR": make_csr("Ada Nowak"), "customer": "c", "orderID": "mail", "productCode": "721"}
    partner.call(
        "quickOrder",
        orderParameters={**person, "email": "ada@example.org", **COMPANY},
        organizationInfo={"taxIdentificationNumber": "5250000000"},
        requestorInfo=REQUESTOR,
    )
    partner.sandbox.advance("P8D")
    partner.call("addEmailVerification", orderID="mail")
    mailbox = partner.call("getEmailVerification", orderID="mail").emailVerification
    assert (mailbox.email, mailbox.verified) == ("ada@example.org", False)
    file = {"fileName": "deed.pdf", "content": b"%PDF-1.7"}
    document = {"description": "register", "type": "ORGANIZATION", "files": {"file": [file]}}
    parameters = {"note": "the deed", "orderID": "mail", "documents": {"document": [document]}}
    partner.call("verifyOrder", verifyOrderParameters=parameters)
    (listed,) = each(partner.call("getDocumentsList", orderID="mail").documents.document)
    assert [file.fileName for file in each(listed.files.file)] == ["deed.pdf"]
    assert partner.call("getOrderState", orderID="mail").orderStatus == "VERIFICATION"
    partner.call("cancelOrder", cancelParameters={"orderID": "mail"})


def one_bundle(partner: Partner, first: str, second: str) -> None:
    parameters = {"CSR": make_csr(NAME)}
    requestor = {**REQUESTOR, "phone": "1"}
    placed = partner.call(
        "orderSNICertificate",
        orderSNIParameters=parameters,
        serialNumbers={"serialNumber": [first]},
        requestorInfo=requestor,
    )
    partner.sandbox.wait_for_state(placed.orderID, "ENROLLED")
    (entry,) = partner.entries(placed.orderID)
    changed = partner.call(
        "modifySNICertificate",
        serialNumber=entry.orderStatus.serialNumber,
        addSerialNumbers={"serialNumber": [second]},
    )
    assert changed.orderID == placed.orderID
    partner.sandbox.wait_until(
        placed.orderID, lambda order: len(order["entries"]) == 2 and order["state"] == "ENROLLED"
    )


def all_of_them(partner: Partner) -> None:
    now = datetime.now(UTC)
    period = {"fromDate": now - timedelta(days=1), "toDate": now + timedelta(days=30), "orderOption": EVERYTHING}
    for operation in ("getOrdersByDateRange", "getModifiedOrders"):
        answer = partner.call(operation, **period)
        assert answer.responseHeader.pagesCount == 1
        assert answer.responseHeader.returnCount == len(each(answer.orders.Order))
    assert [bool(order.reissue) for order in each(answer.orders.Order) if order.orderStatus.orderID == NAME] == [
        False,
        True,
    ]
    partner.sandbox.advance("P180D")
    assert len(each(partner.call("getExpiringCertificates", validityDaysLeft=30).expiringCertificates)) > 0
    assert len(each(partner.call("getProductList", hashAlgorithm=True).products.product)) > 10


@pytest.mark.parametrize(
    ("client", "options"),
    [
        ("zeep", ["--tls"]),
        *(pytest.param(name, ["--no-tls", *strict], marks=NEEDS.get(name, ())) for name in CLIENTS for strict in FORMS),
    ],
)
def test_foreign_client_carries_out_every_operation(
    start_sandbox: Callable[..., Sandbox], file_server: FileServer, client: str, options: list[str]
) -> None:
    sandbox = start_sandbox(*options)
    with CLIENTS[client](sandbox) as foreign:
        partner = Partner(foreign, sandbox, file_server)
        first, second = one_certificate_from_order_to_revocation(partner)
        one_that_waits_for_people(partner)
        one_bundle(partner, first, second)
        all_of_them(partner)
    called = {call["operation"] for call in sandbox.calls() if call["successCode"] == 0}
    assert called == set(operations()), "A step of this file has to call each operation of the WSDL"
