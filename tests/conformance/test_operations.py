# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zeep, which uses only the WSDL, calls every working operation."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
import zeep
from certum_sandbox.operations.registry import OPERATIONS
from certum_sandbox.soap.schema import operations
from cryptography import x509
from support.soap import make_csr

if TYPE_CHECKING:
    from support.dns_server import DnsServer
    from support.file_server import FileServer
    from support.sandbox import Sandbox

    from .conftest import ZeepPartner

REQUESTOR = {"email": "ops@example.net", "firstName": "Ada", "lastName": "Nowak"}


def new_name() -> str:
    return f"h{uuid.uuid4().hex[:12]}.example.org"


def order_parts(*names: str, method: str = "FILE", product: str = "601", **approver: Any) -> dict[str, Any]:
    return {
        "SANApprover": {"approverMethod": method, **approver},
        "orderParameters": {
            "CSR": make_csr(names[0]),
            "customer": names[0],
            "orderID": names[0].replace("*", "wild"),
            "productCode": product,
        },
        "requestorInfo": REQUESTOR,
        "SANEntries": {"SANEntry": [{"DNSName": name} for name in names]},
    }


def publish(verification: Any, method: str, dns: DnsServer, files: FileServer, names: list[str]) -> None:
    """Publish the file or record of each method, like a customer."""
    for name in names:
        bare = name.removeprefix("*.")
        owner = f"_certum.{bare}" if method.endswith("PREFIX") else bare
        if method == "FILE":
            files.put(bare, f"{verification.code}-certum.pl")
        elif "TXT" in method:
            dns.add(owner, "TXT", '"something else"', f'"{verification.code}"')
        else:
            dns.add(owner, "CNAME", f"{verification.code}.certum.pl.")


@pytest.mark.parametrize(
    ("method", "product", "names"),
    [
        ("FILE", "601", ["{}", "www.{}"]),
        ("DNS_TXT", "601", ["{}"]),
        ("DNS_TXT_PREFIX", "741", ["*.{}", "{}"]),
        ("DNS_CNAME", "601", ["{}"]),
        ("DNS_CNAME_PREFIX", "931", ["{}", "a.{}", "b.{}"]),
    ],
)
def test_validated_order_is_issued(
    partner: ZeepPartner, sandbox: Sandbox, dns_server: DnsServer, file_server: FileServer, method, product, names
):
    base = new_name()
    names = [name.format(base) for name in names]
    parts = order_parts(*names, method=method, product=product)
    parsed = partner.call("validateOrderParameters", **parts)
    assert parsed.ParsedCSR.commonName == names[0]
    placed = partner.call("quickOrder", **parts)
    order_id, verification = placed.orderID, placed.SANVerification
    assert names == verification.FQDNs.FQDN

    partner.call("performSanVerification", code=verification.code)
    sandbox.wait_for_state(order_id, "VERIFICATION")
    publish(verification, method, dns_server, file_server, names)
    partner.call("performSanVerification", code=verification.code)
    sandbox.wait_for_state(order_id, "ENROLLED")

    validation_places = partner.call("getSanVerificationState", orderID=order_id).sanVerifications.sanVerification
    validated = {proof.FQDN: proof.manualVerification.state for proof in validation_places}
    assert validated == dict.fromkeys(names, "VERIFIED")
    state = partner.call("getOrderState", orderID=order_id)
    assert state.orderStatus == "ENROLLED"
    assert {v.type: v.state for v in state.verifications.verification} == {"DOMAIN": "VERIFIED", "INTERNAL": "VERIFIED"}
    options = {"certificateDetails": True, "orderDetails": True, "orderStatus": True}
    (entry,) = partner.call("getOrderByOrderID", orderID=order_id, orderOption=options).orders.Order
    assert entry.orderDetails.requestorInfo.lastName == "Nowak"
    assert entry.orderStatus.serialNumber == entry.certificateDetails.serialNumber
    got = partner.call("getCertificate", serialNumber=entry.orderStatus.serialNumber)
    certificate = x509.load_pem_x509_certificate(got.certificateDetails.X509Cert.encode())
    san = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == names
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(got.caBundle.X509Cert[0].encode()))


def test_method_can_be_changed_and_an_order_cancelled(partner: ZeepPartner, sandbox: Sandbox):
    placed = partner.call("quickOrder", **order_parts(new_name()))
    changed = partner.call("addSanVerification", SANApprover={"approverMethod": "DNS_TXT"}, orderID=placed.orderID)
    assert changed.SANVerification.approverMethod == "DNS_TXT"
    partner.call("cancelOrder", cancelParameters={"note": "changed our mind", "orderID": placed.orderID})
    assert sandbox.order(placed.orderID)["state"] == "REJECTED"


def test_catalogue_lists_the_products(partner: ZeepPartner):
    products = partner.call("getProductList", hashAlgorithm=True).products.product
    by_code = {str(product.code): product for product in products}
    assert by_code["601"].type == "Commercial SSL (1 Year) Issue"
    assert by_code["606"].type == "Commercial SSL (1 Year) Renew"
    assert by_code["601"].supportedHashAlgorithms.hashAlgorithm == ["RSA-SHA256", "ECC-SHA256"]
    assert "602" not in by_code


def test_refusal_is_a_regular_answer(partner: ZeepPartner):
    name = new_name()
    partner.call("quickOrder", **order_parts(name))
    refused = partner.call("quickOrder", **order_parts(name))
    (error,) = refused.responseHeader.errors.Error
    assert (refused.responseHeader.successCode, error.errorCode, error.value) == (1, 1012, name)


def test_every_operation_of_the_schema_works():
    assert set(OPERATIONS) == set(operations()), "operations/registry.py and wsdl/PartnerApi.wsdl differ"


def test_mail_validates_a_name_after_its_page_is_confirmed(partner: ZeepPartner, sandbox: Sandbox, raw):
    name = new_name()
    parts = order_parts(name, f"www.{name}", method="ADMIN", approverEmailPrefix="HOSTMASTER")
    placed = partner.call("quickOrder", **parts)
    assert placed.SANVerification.approverEmail == f"hostmaster@{name}"
    sandbox.wait_for_state(placed.orderID, "VERIFICATION")
    mails = [mail for mail in sandbox.mails() if mail["to"] == f"hostmaster@{name}"]
    assert len(mails) == 2
    for mail in mails:
        (link,) = mail["links"]
        assert link in mail["body"]
        page = raw.http.get(link)
        assert page.status_code == 200
        assert "<form" in page.text
        assert sandbox.order(placed.orderID)["state"] == "VERIFICATION"
        assert raw.http.post(link).status_code == 200
    sandbox.wait_for_state(placed.orderID, "ENROLLED")
    assert raw.http.get(mails[0]["links"][0]).status_code == 410


def test_wsdl_describes_every_operation(partner: ZeepPartner, sandbox: Sandbox):
    (service,) = partner.client.wsdl.services.values()
    (port,) = service.ports.values()
    assert sorted(port.binding._operations) == sorted(operations())
    assert port.binding_options["address"] == sandbox.url
    with pytest.raises(zeep.exceptions.ValidationError):
        partner.client.service.quickOrder()
