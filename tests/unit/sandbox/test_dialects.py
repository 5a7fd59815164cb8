# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each dialect switch changes the bytes that it names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from textwrap import wrap

import pytest
from certum_sandbox.cli import main
from certum_sandbox.dialect import MEANINGS, Dialect, Switch
from certum_sandbox.model import SystemMethod
from certum_sandbox.soap.spelling import MIXED_CASE
from certum_sandbox.soap.wsdl import render_wsdl
from certum_sandbox.transitions import record_system_checks
from support.soap import error_codes, make_csr, make_order, make_request

from .error_examples_orders import EV, OV

CERTIFICATE = make_request("getCertificate", {"orderID": "shop-1"})


def issued(lab):
    """Return a laboratory with one issued order for two names."""
    lab.send(make_order({"SANEntries/SANEntry/DNSName": ["www.example.org", "example.org"]}))
    lab.enrol("shop-1")
    return lab


@pytest.mark.parametrize(
    ("value", "root", "child"),
    [
        ("ns2", b"<ns2:getProductListResponse xmlns:ns2=", b"<successCode>"),
        ("ns2-all", b"<ns2:getProductListResponse xmlns:ns2=", b"<ns2:successCode>"),
        ("default", b"<getProductListResponse xmlns=", b"<successCode>"),
        ("none", b"<getProductListResponse><", b"<successCode>"),
    ],
)
def test_verification_prefix_depends_on_the_dialect(make_lab, value, root, child):
    lab = make_lab(dialect={"prefix": value})
    body = lab.service.answer(make_request("getProductList", {})).body
    assert root in body
    assert child in body


@pytest.mark.parametrize("code", ["2", "3"])
@pytest.mark.parametrize("empty", ["no", "yes"])
@pytest.mark.parametrize("wrong", [{"userName": "nobody"}, {"password": "wrong"}, {"password": None}])
def test_bad_credentials_are_answered_by_the_dialect(make_lab, code, empty, wrong):
    lab = make_lab(dialect={"bad-credentials": code, "empty-errors": empty})
    texts = {f"requestHeader/authToken/{name}": value for name, value in wrong.items()}
    answer = lab.send(make_order(texts))
    assert answer.findtext("responseHeader/successCode") == code
    assert (answer.find("responseHeader/errors") is not None) == (empty == "yes")
    assert error_codes(answer) == []
    assert list(lab.backend.orders.all()) == []


@pytest.mark.parametrize(("value", "told"), [("all", [1012, 1032]), ("first", [1012]), ("last", [1032])])
def test_number_of_errors_depends_on_the_dialect(make_lab, value, told):
    """An order that is sent again has a used id and a used key."""
    lab, order = make_lab(dialect={"reported-errors": value}), make_order({"orderParameters/CSR": make_csr()})
    lab.send(order)
    assert error_codes(lab.send(order)) == told


@pytest.mark.parametrize(("value", "shown"), [("absent", None), ("present", "ops@example.net")])
def test_approver_email_depends_on_the_dialect(make_lab, value, shown):
    order = make_order({"SANApprover/approverEmail": "ops@example.net"})
    answer = make_lab(dialect={"approver-email": value}).send(order)
    assert answer.findtext("SANVerification/approverEmail") == shown


@pytest.mark.parametrize("value", ["INTERNAL", "SYSTEM"])
def test_system_verification_depends_on_the_dialect(make_lab, value):
    lab = make_lab(dialect={"system-verification": value})
    lab.send(make_order())
    answer = lab.send(make_request("getOrderState", {"orderID": "shop-1"}))
    assert [e.text for e in answer.findall("verifications/verification/type")] == ["DOMAIN", value]


@pytest.mark.parametrize(
    ("value", "start", "end", "lines"),
    [
        ("lf", "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", True),
        ("crlf", "-----BEGIN CERTIFICATE-----\r\n", "-----END CERTIFICATE-----\r\n", True),
        ("bare", "MII", "", True),
        ("unwrapped", "MII", "", False),
    ],
)
def test_form_of_certificates_depends_on_the_dialect(make_lab, value, start, end, lines):
    text = issued(make_lab(dialect={"pem": value})).send(CERTIFICATE).findtext("certificateDetails/X509Cert")
    assert text.startswith(start)
    assert text.endswith(end)
    assert ("\n" in text) == lines


@pytest.mark.parametrize(("order", "root"), [(o, r) for o in ("issuing-first", "root-first") for r in ("yes", "no")])
def test_bundle_depends_on_the_dialect(make_lab, order, root):
    lab = issued(make_lab(dialect={"bundle-order": order, "bundle-root": root}))
    bundle = [e.text for e in lab.send(CERTIFICATE).findall("caBundle/X509Cert")]
    path = lab.backend.authority.chain(lab.backend.orders.entries("shop-1")[0].certificate.pem)
    expected = path if root == "yes" else path[:1]
    assert bundle == (expected if order == "issuing-first" else expected[::-1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("comma", "www.example.org,example.org"),
        ("comma-space", "www.example.org, example.org"),
        ("semicolon", "www.example.org;example.org"),
        ("space", "www.example.org example.org"),
        ("newline", "www.example.org\nexample.org"),
        ("prefixed", "DNS:www.example.org, DNS:example.org"),
        ("absent", None),
    ],
)
def test_dns_names_depend_on_the_dialect(make_lab, value, text):
    lab = issued(make_lab(dialect={"dns-names": value}))
    assert lab.send(CERTIFICATE).findtext("certificateDetails/DNSNames") == text


@pytest.mark.parametrize(("value", "accepted"), [("strict", False), ("any", True)])
def test_element_order_depends_on_the_dialect(make_lab, value, accepted):
    lab = make_lab(dialect={"element-order": value})
    request = make_order()
    request[:] = list(request)[::-1]
    request.find("orderParameters")[:] = list(request.find("orderParameters"))[::-1]
    answer = lab.send(request)
    assert (answer.tag == "quickOrderResponse") is accepted
    assert bool(list(lab.backend.orders.all())) is accepted


def test_extra_elements_depend_on_the_dialect(make_lab):
    lab = make_lab(dialect={"extra-elements": "yes", "extra-values": "yes"})
    lab.send(make_order())
    answer = lab.send(make_request("getOrderState", {"orderID": "shop-1"}))
    assert answer.find("newerElement") is None, "the root has the shape of the schema"
    assert answer.find("responseHeader/newerElement/detail") is not None
    assert "NEWER_STATE" in [e.text for e in answer.findall("verifications/verification/state")]


@pytest.mark.parametrize(("value", "shown"), [("as-ordered", "*.example.org"), ("base", "example.org")])
def test_wildcard_fqdn_depends_on_the_dialect(make_lab, value, shown):
    changes = {
        "orderParameters/CSR": make_csr("*.example.org"),
        "orderParameters/productCode": "741",
        "SANEntries/SANEntry/DNSName": "*.example.org",
        "SANApprover/approverMethod": "DNS_TXT",
    }
    lab = make_lab(dialect={"wildcard-fqdn": value})
    assert lab.send(make_order(changes)).findtext("SANVerification/FQDNs/FQDN") == shown
    state = lab.send(make_request("getSanVerificationState", {"orderID": "shop-1"}))
    assert state.findtext("sanVerifications/sanVerification/FQDN") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("upper", str), ("colons", lambda digits: ":".join(wrap(digits.lower(), 2)))]
)
def test_serial_form_depends_on_the_dialect(make_lab, value, shown):
    lab = issued(make_lab(dialect={"serial-form": value}))
    stored = lab.backend.orders.entries("shop-1")[0].certificate.serial_number
    assert lab.send(CERTIFICATE).findtext("certificateDetails/serialNumber") == shown(stored)


@pytest.mark.parametrize(
    ("value", "blocks"), [("separate", [["PHISHTANK"], ["CAA"]]), ("joined", [["PHISHTANK", "CAA"]])]
)
def test_system_blocks_depend_on_the_dialect(make_lab, value, blocks):
    lab = make_lab(dialect={"system-blocks": value})
    lab.send(make_order())
    findings = {"www.example.org": {SystemMethod.PHISHTANK: "listed", SystemMethod.CAA: "CAA admits only ca.example"}}
    failing = record_system_checks(lab.order("shop-1"), findings, lab.backend.clock.now(), timedelta(1))
    with lab.backend.database.transaction():
        lab.backend.orders.save(failing)
    answer = lab.send(make_request("getSanVerificationState", {"orderID": "shop-1"}))
    found = answer.findall("sanVerifications/sanVerification/systemVerification")
    assert [[method.text for method in block.findall("method")] for block in found] == blocks


BARE = "".join(make_csr().splitlines()[1:-1])
DV_WITHOUT_PEOPLE = {"requestorInfo": None}
OLD_NAME = {"organizationInfo/taxIdentificationNumber": "1", "organizationInfo/organizationName": "Example"}
FAULT = "fault"


@pytest.mark.parametrize(
    ("switch", "value", "changes", "outcome"),
    [
        ("csr-armour", "optional", {"orderParameters/CSR": BARE}, []),
        ("csr-armour", "required", {"orderParameters/CSR": BARE}, [1078]),
        ("dot-in-ids", "allowed", {"orderParameters/customer": "a.b", "orderParameters/orderID": "c.d"}, []),
        ("dot-in-ids", "refused", {"orderParameters/customer": "a.b"}, [1156]),
        ("dot-in-ids", "refused", {"orderParameters/orderID": "c.d"}, [1043]),
        ("email-method", "refused", {"SANApprover/approverMethod": "EMAIL"}, [1042]),
        (
            "email-method",
            "accepted",
            {"SANApprover/approverMethod": "EMAIL", "SANApprover/approverEmailPrefix": "ADMIN"},
            [],
        ),
        ("organization-name", "refused", OLD_NAME, [1172]),
        ("organization-name", "ignored", OLD_NAME, []),
        ("requestor-info", "required", DV_WITHOUT_PEOPLE, [1009]),
        ("requestor-info", "optional", DV_WITHOUT_PEOPLE, []),
        ("requestor-info", "optional", {**OV, **DV_WITHOUT_PEOPLE}, [1009]),
        ("requestor-phone", "optional", {}, []),
        ("requestor-phone", "required", {}, FAULT),
        ("requestor-phone", "required", {"requestorInfo/phone": "1"}, []),
    ],
)
def test_form_of_an_order_depends_on_the_dialect(make_lab, switch, value, changes, outcome):
    answer = make_lab(dialect={switch: value}).send(make_order(changes))
    assert (FAULT if answer.tag == "Fault" else error_codes(answer)) == outcome


@pytest.mark.parametrize("value", ["lower", "mixed"])
@pytest.mark.parametrize("sent", ["lower", "mixed"])
@pytest.mark.parametrize("order", ["strict", "any"])
def test_jurisdiction_case_depends_on_the_dialect(make_lab, value, sent, order):
    lab = make_lab(dialect={"jurisdiction-case": value, "element-order": order})
    request = make_order({**EV, "orderParameters/joiln": "Szczecin", "orderParameters/joisopn": "Pomorze"})
    for element in request.find("orderParameters") if sent == "mixed" else ():
        element.tag = MIXED_CASE.get(element.tag, element.tag)
    answer = lab.send(request)
    assert (answer.tag == "quickOrderResponse") is (sent == value), answer.findtext("faultstring")
    if sent == value:
        assert lab.backend.orders.entries("shop-1")[0].subject["joiln"] == "Szczecin"


@pytest.mark.parametrize("value", ["no", "after-3"])
def test_lock_out_depends_on_the_dialect(make_lab, value):
    lab = make_lab(dialect={"lock-out": value})

    def knock(password):
        texts = {"requestHeader/authToken/password": password}
        return lab.send(make_request("getProductList", texts)).findtext("responseHeader/successCode")

    assert [knock("wrong"), knock("wrong"), knock("demo")] == ["3", "3", "0"], "two failures are allowed"
    assert {knock("wrong") for _try in range(3)} == {"3"}
    assert knock("demo") == ("0" if value == "no" else "3")
    lab.backend.clock.advance(timedelta(minutes=15))
    assert knock("demo") == "0"


@pytest.mark.parametrize(
    ("dialect", "says", "is_silent_about"),
    [
        ({}, b'name="joiln"', b'soapAction=""'),
        ({"jurisdiction-case": "mixed"}, b'name="joILN"', b'name="joiln"'),
        ({"soap-action": "empty"}, b'soapAction=""', b'soapAction="http'),
        ({"sni-operations": "absent"}, b'operation name="quickOrder"', b'operation name="orderSNICertificate"'),
        ({"requestor-phone": "required"}, b'name="phone" type="xs:string" minOccurs="1"', b"surprise"),
        ({"requestor-info": "optional"}, b'name="requestorInfo" type="tns:requestorInfo" minOccurs="0"', b"surprise"),
    ],
)
def test_wsdl_speaks_the_dialect(dialect, says, is_silent_about):
    wsdl = render_wsdl("https://127.0.0.1:8443/service/PartnerApi.wsdl", Dialect(dialect))
    assert says in wsdl
    assert is_silent_about not in wsdl


def test_every_switch_is_tried_by_name():
    """These tests try them one by one, and the client's whole lifecycle tries all (tests/conformance)."""
    told = "".join(path.read_text("utf-8") for path in Path(__file__).parents[2].rglob("*.py"))
    tried_over_http = {Switch.POLLING, Switch.DNS_CLIMB, Switch.DNS_ALIAS, Switch.FILE_NEWLINE, Switch.REDIRECTS}
    tried_over_http |= {Switch.SOAP_ACTION, Switch.HTTP_CHARSET, Switch.COMPRESSED_REQUESTS}
    for switch in Switch:
        name = switch.replace("-", "_") + "=" if switch in tried_over_http else f'"{switch}"'
        assert name in told, switch


def test_command_lists_every_switch_with_its_source(capsys):
    assert main(["dialects"]) == 0
    listed = capsys.readouterr().out
    for switch in Switch:
        assert f"{switch} = " in listed
        assert MEANINGS[switch].source in listed


@pytest.mark.parametrize(
    ("argument", "names"),
    [("prefx=ns2", "prefix"), ("prefix=ns3", "ns2-all"), ("prefix", "KEY=VALUE")],
)
def test_wrong_switch_is_refused_with_the_possible_ones(argument, names):
    with pytest.raises(ValueError, match=names):
        Dialect.parse([argument])
