# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zeep, which knows nothing but the served WSDL, calls each of the 22 operations with success and reads its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from certum_sandbox.soap.schema import operations
from cryptography import x509
from support.soap import make_csr

from .conftest import ZeepPartner
from .test_operations import REQUESTOR, order_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.file_server import FileServer
    from support.sandbox import Sandbox

NAME, MORE = "zeep.example.org", "more.zeep.example.org"
FILE = {"approverMethod": "FILE"}
EVERYTHING = {"certificateDetails": True, "orderDetails": True, "orderStatus": True}
COMPANY = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin"}


class Zeep:
    """zeep against one sandbox, and the web server that the sandbox asks."""

    def __init__(self, sandbox: Sandbox, files: FileServer) -> None:
        self.sandbox = sandbox
        self.files = files
        self.partner = ZeepPartner(sandbox)

    def call(self, operation: str, **parts: Any) -> Any:
        answer = self.partner.call(operation, **parts)
        header = getattr(answer, "responseHeader", answer)
        assert header.successCode == 0, header
        return answer

    def prove(self, order_id: str, verification: Any) -> str:
        """Publish, have it checked; returns the serial number of what was issued."""
        for name in verification.FQDNs.FQDN:
            self.files.put(name, f"{verification.code}-certum.pl")
        self.call("performSanVerification", code=verification.code)
        self.sandbox.wait_for_state(order_id, "ENROLLED")
        entries = self.call("getOrderByOrderID", orderID=order_id, orderOption=EVERYTHING).orders.Order
        serial: str = entries[-1].orderStatus.serialNumber
        return serial


def one_certificate_from_order_to_revocation(zeep: Zeep) -> tuple[str, str]:
    """Returns the serial numbers of the first certificate and of its reissue."""
    parts = order_parts(NAME, product="931")
    assert zeep.call("validateOrderParameters", **parts).ParsedCSR.commonName == NAME
    placed = zeep.call("quickOrder", **parts)
    changed = zeep.call("addSanVerification", SANApprover={"approverMethod": "DNS_TXT"}, orderID=placed.orderID)
    assert changed.SANVerification.code != placed.SANVerification.code
    back = zeep.call("addSanVerification", SANApprover=FILE, orderID=placed.orderID)
    first = zeep.prove(placed.orderID, back.SANVerification)
    states = zeep.call("getSanVerificationState", orderID=placed.orderID).sanVerifications.sanVerification
    assert [state.manualVerification.state for state in states] == ["VERIFIED"]

    added = {"SANEntry": [{"DNSName": MORE}]}
    csr = make_csr(NAME)
    again = zeep.call("reissueCertificate", serialNumber=first, CSR=csr, SANApprover=FILE, SANEntries=added)
    assert again.SANVerification.FQDNs.FQDN == [MORE]
    second = zeep.prove(again.orderID, again.SANVerification)
    got = zeep.call("getCertificate", serialNumber=second)
    assert got.certificateDetails.DNSNames == f"{NAME},{MORE}"
    leaf = x509.load_pem_x509_certificate(got.certificateDetails.X509Cert.encode())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(got.caBundle.X509Cert[0].encode()))

    renewal = {"CSR": make_csr(NAME), "customer": NAME, "productCode": "936", "serialNumber": second}
    renewed = zeep.call("renewCertificate", SANApprover=FILE, **renewal)
    third = zeep.prove(renewed.orderID, renewed.SANVerification)
    reason = {"revocationReason": "SUPERSEDED", "note": "a rehearsal", "serialNumber": third}
    zeep.call("revokeCertificate", revokeCertificateParameters=reason)
    zeep.sandbox.advance("PT3S")
    assert zeep.call("getCertificate", serialNumber=third).certificateDetails.certificateStatus == "REVOKED"
    return first, second


def one_that_waits_for_people(zeep: Zeep) -> None:
    person = {"CSR": make_csr("Ada Nowak"), "customer": "c", "orderID": "mail", "productCode": "721"}
    zeep.call(
        "quickOrder",
        orderParameters={**person, "email": "ada@example.org", **COMPANY},
        organizationInfo={"taxIdentificationNumber": "5250000000"},
        requestorInfo=REQUESTOR,
    )
    zeep.sandbox.advance("P8D")
    zeep.call("addEmailVerification", orderID="mail")
    mailbox = zeep.call("getEmailVerification", orderID="mail").emailVerification
    assert (mailbox.email, mailbox.verified) == ("ada@example.org", False)
    file = {"fileName": "deed.pdf", "content": b"%PDF-1.7"}
    document = {"description": "register", "type": "ORGANIZATION", "files": {"file": [file]}}
    parameters = {"note": "the deed", "orderID": "mail", "documents": {"document": [document]}}
    zeep.call("verifyOrder", verifyOrderParameters=parameters)
    (listed,) = zeep.call("getDocumentsList", orderID="mail").documents.document
    assert [each.fileName for each in listed.files.file] == ["deed.pdf"]
    assert zeep.call("getOrderState", orderID="mail").orderStatus == "VERIFICATION"
    zeep.call("cancelOrder", cancelParameters={"orderID": "mail"})


def one_bundle(zeep: Zeep, first: str, second: str) -> None:
    parameters = {"CSR": make_csr(NAME)}
    requestor = {**REQUESTOR, "phone": "1"}
    placed = zeep.call(
        "orderSNICertificate",
        orderSNIParameters=parameters,
        serialNumbers={"serialNumber": [first]},
        requestorInfo=requestor,
    )
    zeep.sandbox.wait_for_state(placed.orderID, "ENROLLED")
    (entry,) = zeep.call("getOrderByOrderID", orderID=placed.orderID, orderOption=EVERYTHING).orders.Order
    changed = zeep.call(
        "modifySNICertificate",
        serialNumber=entry.orderStatus.serialNumber,
        addSerialNumbers={"serialNumber": [second]},
    )
    assert changed.orderID == placed.orderID
    zeep.sandbox.wait_until(placed.orderID, lambda order: len(order["entries"]) == 2 and order["state"] == "ENROLLED")


def all_of_them(zeep: Zeep) -> None:
    now = datetime.now(UTC)
    period = {"fromDate": now - timedelta(days=1), "toDate": now + timedelta(days=30), "orderOption": EVERYTHING}
    for operation in ("getOrdersByDateRange", "getModifiedOrders"):
        answer = zeep.call(operation, **period)
        assert answer.responseHeader.pagesCount == 1
        assert answer.responseHeader.returnCount == len(answer.orders.Order)
    assert [order.reissue for order in answer.orders.Order if order.orderStatus.orderID == NAME] == [False, True]
    zeep.sandbox.advance("P180D")
    assert len(zeep.call("getExpiringCertificates", validityDaysLeft=30).expiringCertificates) > 0
    assert len(zeep.call("getProductList", hashAlgorithm=True).products.product) > 10


@pytest.mark.parametrize("tls", ["--tls", "--no-tls"])
def test_a_foreign_client_carries_out_every_operation(
    start_sandbox: Callable[..., Sandbox], file_server: FileServer, tls: str
) -> None:
    sandbox = start_sandbox(tls)
    zeep = Zeep(sandbox, file_server)
    first, second = one_certificate_from_order_to_revocation(zeep)
    one_that_waits_for_people(zeep)
    one_bundle(zeep, first, second)
    all_of_them(zeep)
    assert {call["operation"] for call in sandbox.calls() if call["successCode"] == 0} == set(operations())
