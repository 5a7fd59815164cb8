# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shop and a portal, which both violate the schema, go through whole lifecycles on the default sandbox.

The shop uses PHP's SoapClient, sends empty texts for unknown values and names no requestor. The portal
builds its XML from strings, in an order of its own. Both list every name when they reissue (partner-api.md 0, 1, 2.4).
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from cryptography import x509
from support.foreign_clients import CLIENTS, PHP_PACKAGES, ForeignClient, Found, each, has_php
from support.soap import make_csr, read_answer

from .conftest import RawPartner

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree
    from support.dns_server import DnsServer
    from support.file_server import FileServer
    from support.sandbox import Sandbox

EVERYTHING = {"certificateDetails": True, "orderDetails": True, "orderStatus": True}


def new_name() -> str:
    return f"h{uuid.uuid4().hex[:12]}.example.org"


def names_of(pem: str) -> list[str]:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    san = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return san.get_values_for_type(x509.DNSName)


class Shop:
    """Sells TLS certificates; ``names`` are those of one customer."""

    def __init__(self, client: ForeignClient, sandbox: Sandbox, files: FileServer) -> None:
        self.client = client
        self.sandbox = sandbox
        self.files = files
        name = new_name()
        self.names = [name, f"www.{name}"]
        self.approver = {"approverMethod": "FILE", "approverEmailPrefix": "", "verificationNotificationEnabled": False}
        self.entries = {"SANEntry": [{"DNSName": each} for each in self.names]}

    def call(self, operation: str, **parts: Any) -> Found:
        answer = self.client.call(operation, **parts)
        assert answer.responseHeader is not None, answer
        assert answer.responseHeader.successCode == 0, answer
        return answer

    def refusal(self, operation: str, **parts: Any) -> dict[str, Any]:
        """Return the one error of a call, as it is in the answer."""
        (error,) = each(self.client.call(operation, **parts).responseHeader.errors.Error)
        return dict(error.parts)

    def order(self, order_id: str) -> dict[str, Any]:
        a_year = (datetime.now(UTC) + timedelta(days=365)).date().isoformat()
        empty = dict.fromkeys(("organization", "locality", "country", "state", "businessCategory", "postalCode"), "")
        parameters = {
            "CSR": make_csr(self.names[0]),
            "customer": "ada@example.net",
            "language": "pl",
            "orderID": order_id,
            "productCode": "601",
            "userAgent": "",
            "hashAlgorithm": "",
            **empty,
            "shortenedValidityPeriod": a_year,
        }
        return {"SANApprover": self.approver, "orderParameters": parameters, "SANEntries": self.entries}

    def issue(self, order_id: str, code: str | None) -> str:
        """Publish the files and wait; return the serial number of the newest certificate."""
        if code is not None:
            for name in self.names:
                self.files.put(name, f"{code}-certum.pl")
            self.call("performSanVerification", code=code)
        self.sandbox.wait_for_state(order_id, "ENROLLED")
        orders = each(self.call("getOrderByOrderID", orderID=order_id, orderOption=EVERYTHING).orders.Order)
        serial: str = orders[-1].orderStatus.serialNumber
        return serial


@pytest.mark.skipif(not has_php(), reason=f"needs {' '.join(PHP_PACKAGES)} (tools/need-debian)")
def test_shop_client_works_with_the_default_sandbox(
    start_sandbox: Callable[..., Sandbox], file_server: FileServer
) -> None:
    sandbox = start_sandbox()
    with CLIENTS["php"](sandbox) as client:
        shop = Shop(client, sandbox, file_server)
        shop.call("validateOrderParameters", **shop.order("shop-1"))
        placed = shop.call("quickOrder", **shop.order("shop-1"))
        assert sorted(each(placed.SANVerification.FQDNs.FQDN)) == sorted(shop.names)
        first = shop.issue("shop-1", placed.SANVerification.code)

        again = {"serialNumber": first, "X509Cert": "", "hashAlgorithm": "", "CSR": make_csr(shop.names[0])}
        reissued = shop.call("reissueCertificate", **again, SANApprover=shop.approver, SANEntries=shop.entries)
        second = shop.issue("shop-1", reissued.SANVerification.code if reissued.SANVerification else None)
        assert second != first
        got = shop.call("getCertificate", orderID="", serialNumber=second)
        assert names_of(got.certificateDetails.X509Cert) == shop.names
        assert len(each(got.caBundle.X509Cert)) >= 2
        assert shop.call("getDocumentsList", orderID="shop-1").documents is None

        today = datetime.now(UTC).date()
        period = {"fromDate": today.isoformat(), "toDate": (today + timedelta(days=1)).isoformat()}
        assert len(each(shop.call("getModifiedOrders", **period).orders.Order)) == 2

        revocation = {"keyCompromitationDate": "", "note": "", "revocationReason": "", "serialNumber": second}
        shop.call("revokeCertificate", revokeCertificateParameters=revocation)
        sandbox.advance("PT3S")
        assert shop.refusal("revokeCertificate", revokeCertificateParameters=revocation) == {"errorCode": 1145}

        shop.call("quickOrder", **shop.order("shop-2"))
        cancel = {"note": "", "orderID": "shop-2"}
        shop.call("cancelOrder", cancelParameters=cancel)
        assert shop.refusal("cancelOrder", cancelParameters=cancel) == {"errorCode": 1151}


class Portal:
    """Resells certificates; a request is written as nested pairs, in the order of the code that builds it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.partner = RawPartner(sandbox)
        self.sandbox = sandbox

    def call(self, operation: str, *content: str) -> etree._Element:
        credentials = block("userName", self.sandbox.user) + block("password", self.sandbox.password)
        header = block("requestHeader", block("authToken", credentials, raw=True), raw=True)
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
            'xmlns:web="http://webservice.api.muc.unizeto.pl/"><s:Header/>\n<s:Body>\n'
            f"<web:{operation}>\n{''.join(content)}\n{header}\n</web:{operation}>\n</s:Body></s:Envelope>"
        )
        action = f'"http://webservice.api.muc.unizeto.pl/{operation}"'
        answer = read_answer(self.partner.post(body.encode(), SOAPAction=action).content)
        assert answer.findtext("responseHeader/successCode") == "0", "".join(answer.itertext())
        return answer


def block(name: str, content: str | bool = "", *, raw: bool = False) -> str:
    text = str(content).lower() if isinstance(content, bool) else content
    return f"<{name}>{text if raw else escape(text)}</{name}>"


def blocks(name: str, **content: str | bool) -> str:
    return block(name, "".join(block(inner, text) for inner, text in content.items()), raw=True)


@pytest.mark.parametrize("method", ["DNS_TXT_PREFIX", "DNS_CNAME_PREFIX"])
def test_portal_client_works_with_the_default_sandbox(
    start_sandbox: Callable[..., Sandbox], dns_server: DnsServer, method: str
) -> None:
    portal = Portal(start_sandbox())
    domain = new_name().replace(".example.org", ".example")
    names = [f"shop.{domain}", f"www.shop.{domain}"]
    entries = block("SANEntries", "".join(blocks("SANEntry", DNSName=name) for name in names), raw=True)
    approver = blocks("SANApprover", verificationNotificationEnabled=False, approverEmail="", approverMethod=method)

    def issue(answer: etree._Element) -> str:
        """Use one record at the registered domain, delegated to a zone of the portal, for every name."""
        code, zone = answer.findtext("SANVerification/code"), f"{uuid.uuid4().hex}.portal.example"
        if code is not None:
            dns_server.remove(f"_certum.{domain}")
            dns_server.add(f"_certum.{domain}", "CNAME", f"{zone}.")
            is_txt = method == "DNS_TXT_PREFIX"
            dns_server.add(zone, *(("TXT", f'"{code}"') if is_txt else ("CNAME", f"{code}.certum.pl.")))
            portal.call("performSanVerification", block("code", code))
        portal.sandbox.wait_for_state("portal-1", "ENROLLED")
        option = blocks("orderOption", orderStatus=True, orderDetails="", certificateDetails=True)
        found = portal.call("getOrderByOrderID", option, block("orderID", "portal-1"))
        return found.findall("orders/Order/orderStatus/serialNumber")[-1].text or ""

    parameters = blocks(
        "orderParameters",
        productCode="601",
        orderID="portal-1",
        customer="cust-1",
        CSR=make_csr(names[0]),
        shortenedValidityPeriod="",
        email="",
    )
    placed = portal.call("quickOrder", parameters, entries, approver)
    first = issue(placed)
    parts = [approver, entries, block("CSR", make_csr(names[0])), block("X509Cert"), block("serialNumber", first)]
    second = issue(portal.call("reissueCertificate", *parts))
    assert second != first
    got = portal.call("getCertificate", block("serialNumber", second), block("orderID"))
    assert names_of(got.findtext("certificateDetails/X509Cert") or "") == names

    today = datetime.now(UTC)
    period = [block("toDate", f"{today + timedelta(days=1):%Y%m%dT%H%M%SZ}"), block("fromDate", f"{today:%Y-%m-%d}")]
    assert len(portal.call("getModifiedOrders", *period).findall("orders/Order")) == 2
    portal.call("revokeCertificate", blocks("revokeCertificateParameters", serialNumber=second, note=""))
    portal.sandbox.advance("PT3S")
    state = portal.call("getCertificate", block("serialNumber", second))
    assert state.findtext("certificateDetails/certificateStatus") == "REVOKED"


@pytest.mark.parametrize("option", [["--strict"], ["--dialect=element-order=strict"]])
def test_portal_client_fails_with_strict_element_order(start_sandbox: Callable[..., Sandbox], option) -> None:
    portal = Portal(start_sandbox(*option))
    with pytest.raises(AssertionError, match="This element is not expected"):
        portal.call("getOrderByOrderID", block("orderID", "portal-1"))
