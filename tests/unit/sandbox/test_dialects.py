# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each dialect switch changes the bytes it says it changes."""

from __future__ import annotations

import pytest
from certum_sandbox.cli import main
from certum_sandbox.dialect import MEANINGS, Dialect, Switch
from support.soap import error_codes, make_csr, make_order, make_request

CERTIFICATE = make_request("getCertificate", {"orderID": "shop-1"})


def issued(lab):
    """A laboratory with one issued order for two names."""
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
def test_prefix(make_lab, value, root, child):
    lab = make_lab(dialect={"prefix": value})
    body = lab.service.answer(make_request("getProductList", {})).body
    assert root in body
    assert child in body


@pytest.mark.parametrize("code", ["2", "3"])
@pytest.mark.parametrize("empty", ["no", "yes"])
@pytest.mark.parametrize("wrong", [{"userName": "nobody"}, {"password": "wrong"}, {"password": None}])
def test_bad_credentials(make_lab, code, empty, wrong):
    lab = make_lab(dialect={"bad-credentials": code, "empty-errors": empty})
    texts = {f"requestHeader/authToken/{name}": value for name, value in wrong.items()}
    answer = lab.send(make_order(texts))
    assert answer.findtext("responseHeader/successCode") == code
    assert (answer.find("responseHeader/errors") is not None) == (empty == "yes")
    assert error_codes(answer) == []
    assert list(lab.backend.orders.all()) == []


@pytest.mark.parametrize(("value", "shown"), [("absent", None), ("present", "ops@example.net")])
def test_approver_email(make_lab, value, shown):
    order = make_order({"SANApprover/approverEmail": "ops@example.net"})
    answer = make_lab(dialect={"approver-email": value}).send(order)
    assert answer.findtext("SANVerification/approverEmail") == shown


@pytest.mark.parametrize("value", ["INTERNAL", "SYSTEM"])
def test_system_verification(make_lab, value):
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
def test_pem(make_lab, value, start, end, lines):
    text = issued(make_lab(dialect={"pem": value})).send(CERTIFICATE).findtext("certificateDetails/X509Cert")
    assert text.startswith(start)
    assert text.endswith(end)
    assert ("\n" in text) == lines


@pytest.mark.parametrize(("order", "root"), [(o, r) for o in ("issuing-first", "root-first") for r in ("yes", "no")])
def test_bundle(make_lab, order, root):
    lab = issued(make_lab(dialect={"bundle-order": order, "bundle-root": root}))
    bundle = [e.text for e in lab.send(CERTIFICATE).findall("caBundle/X509Cert")]
    path = lab.backend.authority.chain(lab.backend.orders.entries("shop-1")[0].certificate.pem)
    expected = path if root == "yes" else path[:1]
    assert bundle == (expected if order == "issuing-first" else expected[::-1])


@pytest.mark.parametrize(
    ("value", "separator"),
    [("comma", ","), ("comma-space", ", "), ("semicolon", ";"), ("space", " "), ("newline", "\n")],
)
def test_dns_names(make_lab, value, separator):
    lab = issued(make_lab(dialect={"dns-names": value}))
    shown = lab.send(CERTIFICATE).findtext("certificateDetails/DNSNames")
    assert shown == f"www.example.org{separator}example.org"


@pytest.mark.parametrize(("value", "accepted"), [("strict", False), ("any", True)])
def test_element_order(make_lab, value, accepted):
    lab = make_lab(dialect={"element-order": value})
    request = make_order()
    request[:] = list(request)[::-1]
    request.find("orderParameters")[:] = list(request.find("orderParameters"))[::-1]
    answer = lab.send(request)
    assert (answer.tag == "quickOrderResponse") is accepted
    assert bool(list(lab.backend.orders.all())) is accepted


def test_extra_elements_and_values(make_lab):
    lab = make_lab(dialect={"extra-elements": "yes", "extra-values": "yes"})
    lab.send(make_order())
    answer = lab.send(make_request("getOrderState", {"orderID": "shop-1"}))
    assert answer.find("newerElement") is None, "the root has the shape of the schema"
    assert answer.find("responseHeader/newerElement/detail") is not None
    assert "NEWER_STATE" in [e.text for e in answer.findall("verifications/verification/state")]


@pytest.mark.parametrize(("value", "shown"), [("as-ordered", "*.example.org"), ("base", "example.org")])
def test_wildcard_fqdn(make_lab, value, shown):
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


def test_the_command_lists_every_switch_with_its_source(capsys):
    assert main(["dialects"]) == 0
    listed = capsys.readouterr().out
    for switch in Switch:
        assert f"{switch} = " in listed
        assert MEANINGS[switch].source in listed


@pytest.mark.parametrize(
    ("argument", "names"),
    [("prefx=ns2", "prefix"), ("prefix=ns3", "ns2-all"), ("prefix", "KEY=VALUE")],
)
def test_a_wrong_switch_is_refused_with_what_is_possible(argument, names):
    with pytest.raises(ValueError, match=names):
        Dialect.parse([argument])
