# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of a new order: each request breaks one rule and must be answered with exactly its code, by both operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.name import _ASN1Type
from support.soap import NAME, edit_csr, error_codes, make_csr, make_order, make_request

if TYPE_CHECKING:
    from .conftest import Laboratory

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length")

P = "orderParameters/"
NAMES = "SANEntries/SANEntry/DNSName"
CSR = P + "CSR"
OV_SUBJECT = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin"}
OV = {P + "productCode": "631", "organizationInfo/taxIdentificationNumber": "5250000000"}
OV |= {P + name: value for name, value in OV_SUBJECT.items()}
EV = OV | {
    P + "productCode": "641",
    P + "joisocn": "PL",
    P + "serialNumber": "0000421310",
    P + "businessCategory": "Private Organization",
}
LONG_LABEL = "a" * 64 + ".example.org"
LONG_NAME = ".".join(["a" * 60] * 5)


def named(name, *others):
    """An order whose CN and names are these."""
    return {CSR: make_csr(name), NAMES: [name, *others]}


def encoded(name, value, kind):
    """An OV or EV order whose CSR encodes one attribute in an odd way; nothing overrides it."""
    return {CSR: make_csr(**{name: value}, types={name: kind}), P + name: None}


T61 = _ASN1Type.T61String
CASES = [
    # the block and its texts
    (1010, {"orderParameters": None}),
    (1076, {P + "customer": None}),
    (1076, {P + "customer": "  "}),
    (1077, {P + "customer": "c" * 65}),
    (1156, {P + "customer": "Smith & Sons"}),
    (1023, {P + "customer": "demo"}),
    (1088, {P + "language": "eng"}),
    (1011, {P + "orderID": ""}),
    (1079, {P + "orderID": "o" * 51}),
    (1043, {P + "orderID": "shop<1>"}),
    (1014, {P + "productCode": None}),
    (1014, {P + "productCode": ""}),
    (1080, {P + "productCode": "6011"}),
    (1075, {P + "productCode": "999"}),
    (1006, {P + "productCode": "602"}),
    (1181, {P + "productCode": "606"}),
    (1089, {P + "userAgent": "u" * 256}),
    (2090, {P + "hashAlgorithm": "MD5"}),
    (2124, {P + "hashAlgorithm": "RSA-SHA1"}),
    (2124, {P + "hashAlgorithm": "RSA-SHA256"}),
    (2172, {P + "revocationContactEmail": "demo"}),
    (2173, {P + "revocationContactEmail": "nobody"}),
    (1069, {P + "shortenedValidityPeriod": "2099-01-01"}),
    (2185, {P + "shortenedValidityPeriod": "2020-01-01"}),
    (2187, {P + "validityPeriod/notBefore": "2026-11-22"}),
    (1172, {"organizationInfo/taxIdentificationNumber": "1", "organizationInfo/organizationName": "Example"}),
    # the CSR and its key
    (1002, {CSR: None}),
    (1002, {CSR: "\n"}),
    (1078, {CSR: "no CSR"}),
    (1078, {CSR: "AAAA"}),
    (1049, {CSR: edit_csr(make_csr(), b"\x2a\x86\x48\xce\x3d\x02\x01", b"\x2a\x86\x48\xce\x3d\x02\x09")}),
    (1001, {CSR: make_csr(key=ed25519.Ed25519PrivateKey.generate())}),
    (1001, {CSR: make_csr(key=ec.generate_private_key(ec.SECP256K1()))}),
    (1000, {CSR: make_csr(key=ec.generate_private_key(ec.SECP224R1()))}),
    (1000, {CSR: make_csr(key=rsa.generate_private_key(65537, 1024))}),
    (1150, {CSR: make_csr(key=ec.generate_private_key(ec.SECP521R1()))}),
    (2109, {CSR: make_csr(key=rsa.generate_private_key(65537, 2304))}),
    (1063, {CSR: make_csr(key=ec.derive_private_key(1, ec.SECP256R1()))}),
    (2125, {CSR: edit_csr(make_csr(), b"www.example.org", b"www.example.net"), P + "commonName": NAME}),
    # the subject
    (1015, {CSR: make_csr(None)}),
    (1022, {P + "email": "ops at example.org"}),
    (1106, {P + "email": "o" * 250 + "@example.org"}),
    (1101, named("a" * 60 + ".example.org")),
    (1102, {P + "organization": "O" * 256}),
    (1103, {P + "organizationalUnit": "O" * 65}),
    (1104, {P + "locality": "L" * 129}),
    (1105, {P + "state": "S" * 129}),
    (1100, {P + "serialNumber": "1" * 65}),
    (1096, {P + "joisocn": "POL"}),
    (1097, {P + "joisopn": "S" * 129}),
    (1098, {P + "joiln": "L" * 129}),
    (1099, {P + "joisocn": "XX"}),
    (2140, {P + "streetAddress": "S" * 65}),
    (2143, {P + "postalCode": "7" * 41}),
    (2137, {P + "businessCategory": "Charity"}),
    (1016, OV | {P + "organization": None}),
    (1020, OV | {P + "country": None}),
    (1020, OV | {P + "country": "POL"}),
    (2058, OV | {P + "locality": None}),
    (1048, OV | {"organizationInfo": None}),
    (1048, {"organizationInfo/taxIdentificationNumber": ""}),
    (1083, {"organizationInfo/taxIdentificationNumber": "1" * 33}),
    (1093, EV | {P + "joisocn": None}),
    (1092, EV | {P + "joiln": "Szczecin"}),
    (1095, EV | {P + "serialNumber": None}),
    (2138, EV | {P + "businessCategory": None}),
    (1024, {CSR: make_csr(types={"commonName": T61})}),
    (1025, encoded("email", "ops@example.org", _ASN1Type.UTF8String)),
    (1026, encoded("country", "PL", _ASN1Type.UTF8String)),
    (1027, encoded("state", "Pomorze", T61)),
    (1028, encoded("locality", "Szczecin", T61)),
    (1029, encoded("organizationalUnit", "Ops", T61)),
    (1030, encoded("organization", "Example", T61)),
    (1126, encoded("serialNumber", "421310", T61)),
    (1127, encoded("joiln", "Szczecin", T61)),
    (1128, encoded("joisocn", "PL", _ASN1Type.UTF8String)),
    (1129, encoded("joisopn", "Pomorze", T61)),
    (2141, encoded("streetAddress", "Bajeczna 13", T61)),
    (2144, encoded("postalCode", "71-838", T61)),
    (1119, {P + "country": "KP"}),
    (1120, {P + "organization": "Barred Ltd"}),
    (1121, {P + "organizationalUnit": "Barred unit"}),
    (1122, {P + "locality": "Barredtown"}),
    (1123, {P + "state": "Barred"}),
    (1124, named("barred.example.org")),
    (1125, {P + "email": "barred@example.org"}),
    (2051, named("shop.internal")),
    (2154, {P + "postalCode": "-"}),
    (2155, {P + "joisopn": "."}),
    (2156, {P + "state": "N/A"}),
    (2164, {P + "serialNumber": "none"}),
    (2165, {P + "joiln": "-"}),
    (2166, {P + "locality": "--"}),
    (2167, {P + "organizationalUnit": "NA"}),
    (2168, {P + "organization": "."}),
    (2169, {P + "streetAddress": "null"}),
    # the people
    (1009, {"requestorInfo": None}),
    (1053, {"requestorInfo/email": None}),
    (1054, {"requestorInfo/firstName": " "}),
    (1055, {"requestorInfo/lastName": None}),
    (1060, {"requestorInfo/email": "nobody"}),
    (1065, {"requestorInfo/lastName": "n" * 256}),
    (1066, {"requestorInfo/phone": "1" * 33}),
    (1072, {"requestorInfo/firstName": "n" * 256}),
    (1081, {"requestorInfo/email": "n" * 250 + "@example.net"}),
    # the names
    (1007, {"SANEntries": None}),
    (2095, {NAMES: [NAME, " "]}),
    (1085, {P + "productCode": "931", NAMES: [NAME, LONG_NAME]}),
    (2088, {P + "productCode": "931", NAMES: [NAME, LONG_LABEL]}),
    (1008, {P + "productCode": "931", NAMES: [NAME, "b\u00fccher.example.org"]}),
    (1008, {P + "productCode": "931", NAMES: [NAME, "-x.example.org"]}),
    (1008, {P + "productCode": "931", NAMES: [NAME, "printer.local"]}),
    (1045, {NAMES: ["example.org"]}),
    (1107, {NAMES: [NAME, "shop.example.org"]}),
    (1107, {P + "productCode": "931", NAMES: [NAME, *(f"h{number}.example.org" for number in range(100))]}),
    (1115, {
        CSR: make_csr("example.org"), NAMES: ["example.org", "*.example.org"], "SANApprover/approverMethod": "DNS_TXT",
    }),
    (1116, named("*.example.org") | {"SANApprover/approverMethod": "DNS_TXT"}),
    (1117, {
        P + "productCode": "741", CSR: make_csr("example.org"), NAMES: ["example.org", "*.example.org"],
        "SANApprover/approverMethod": "DNS_TXT",
    }),
    (1118, {P + "productCode": "741", CSR: make_csr("*.example.org"), NAMES: ["example.org"]}),
    (1148, named("10.1.2.3")),
    (1157, named("co.uk")),
    # how they are proved
    (2162, {"SANApprover": None}),
    (2157, {"SANApprover/approverMethod": None, "SANApprover/approverEmail": "ops@example.org"}),
    (1042, {"SANApprover/approverMethod": "META"}),
    (1042, {"SANApprover/approverMethod": "DNS"}),
    (1037, {"SANApprover/approverEmail": "nobody"}),
    (1087, {"SANApprover/approverEmail": "n" * 250 + "@example.net"}),
    (1108, {"SANApprover/approverEmailPrefix": "ROOT"}),
    (2158, {"SANApprover/approverEmail": "ops@example.org", "SANApprover/approverEmailPrefix": "ADMIN"}),
    (2159, {"SANApprover/approverMethod": "ADMIN"}),
    (2160, {"SANApprover/verificationNotificationEnabled": "true"}),
    (2059, {"SANApprover/verificationNotificationEnabled": "maybe"}),
    (2171, named("203.0.113.7") | {"SANApprover/approverMethod": "DNS_TXT"}),
    (2186, named("*.example.org") | {P + "productCode": "741"}),
    # the header
    (1084, {"requestHeader/authToken/userName": "u" * 256}),
    (1090, {"requestHeader/authToken/password": "p" * 256}),
]  # fmt: skip


@pytest.mark.parametrize("operation", ["validateOrderParameters", "quickOrder"])
@pytest.mark.parametrize(("code", "changes"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_one_broken_rule_gives_exactly_its_code(shared_lab: Laboratory, code, changes, operation):
    answer = shared_lab.send(make_order(changes, operation=operation))
    assert error_codes(answer) == [code]
    assert answer.findtext("responseHeader/successCode") == "1"
    assert list(shared_lab.backend.orders.all()) == []


ACCEPTED = [
    {},
    {P + "orderID": None},
    {P + "customer": "ops.team@example.org"},
    {P + "orderID": "shop.1"},
    {NAMES: [NAME, "example.org"]},
    {CSR: make_csr(key=rsa.generate_private_key(65537, 2048)), P + "hashAlgorithm": "RSA-SHA256"},
    {CSR: make_csr(key=ec.generate_private_key(ec.SECP384R1())), P + "hashAlgorithm": "ECC-SHA256"},
    {CSR: make_csr("other.example.org"), P + "commonName": NAME},
    {CSR: "".join(make_csr().splitlines()[1:-1])},
    {P + "productCode": "931", NAMES: [NAME, *(f"h{number}.example.org" for number in range(99))]},
    named("*.example.org", "example.org") | {P + "productCode": "741", "SANApprover/approverMethod": "DNS_TXT_PREFIX"},
    named("203.0.113.7"),
    named("xn--bcher-kva.example.org"),
    {"SANApprover/approverMethod": "ADMIN", "SANApprover/approverEmailPrefix": "HOSTMASTER"},
    {"SANApprover/approverEmail": "ops@example.org", "SANApprover/verificationNotificationEnabled": "1"},
    {"requestorInfo/phone": "+48 91 000 00 00"},
    OV,
    EV,
]


@pytest.mark.parametrize("changes", ACCEPTED)
def test_orders_within_the_rules_are_accepted(lab: Laboratory, changes):
    validated = lab.send(make_order(changes, operation="validateOrderParameters"))
    assert validated.findtext("responseHeader/successCode") == "0"
    assert list(lab.backend.orders.all()) == []
    answer = lab.send(make_order(changes))
    assert answer.findtext("responseHeader/successCode") == "0"
    assert len(answer.findtext("SANVerification/code") or "") == 63
    assert [order.order_id for order in lab.backend.orders.all()] == [answer.findtext("orderID")]


def test_an_order_id_can_be_used_once(lab: Laboratory):
    lab.send(make_order())
    assert error_codes(lab.send(make_order())) == [1012]


def test_a_key_can_be_used_once(lab: Laboratory):
    csr = make_csr()
    lab.send(make_order({CSR: csr}))
    assert error_codes(lab.send(make_order({CSR: csr, P + "orderID": "shop-2"}))) == [1032]


@pytest.mark.parametrize(("dialect", "codes"), [("used", [1032]), ("free", [])])
def test_the_key_of_a_rejected_order_is_free_in_one_dialect(make_lab, dialect, codes):
    lab = make_lab(dialect={"rejected-key": dialect})
    csr = make_csr()
    lab.send(make_order({CSR: csr}))
    lab.send(make_request("cancelOrder", {"cancelParameters/orderID": "shop-1"}))
    assert error_codes(lab.send(make_order({CSR: csr, P + "orderID": "shop-2"}))) == codes


def test_several_broken_rules_are_reported_together_with_what_was_sent(lab: Laboratory):
    answer = lab.send(make_order({P + "productCode": "999", P + "customer": None, "requestorInfo/email": "nobody"}))
    errors = answer.findall("responseHeader/errors/Error")
    told = {error.findtext("errorCode"): error.findtext("value") for error in errors}
    assert told == {"1076": "orderParameters/customer", "1075": "999", "1060": "nobody"}


def test_wildcard_base_counts_in_one_dialect(make_lab):
    order = named("*.example.org", "example.org") | {P + "productCode": "741", "SANApprover/approverMethod": "DNS_TXT"}
    assert error_codes(make_lab(data="a", dialect={"wildcard-base": "counts"}).send(make_order(order))) == [1107]
    assert error_codes(make_lab(data="b", dialect={"wildcard-base": "free"}).send(make_order(order))) == []


def test_multidomain_takes_one_wildcard_in_one_dialect(make_lab):
    changes = {P + "productCode": "931", "SANApprover/approverMethod": "DNS_TXT", CSR: make_csr()}
    one = changes | {NAMES: [NAME, "*.example.org"]}
    two = changes | {NAMES: [NAME, "*.example.org", "*.example.net"]}
    lab = make_lab(dialect={"multidomain-wildcard": "yes"})
    assert error_codes(lab.send(make_order(one, operation="validateOrderParameters"))) == []
    assert error_codes(lab.send(make_order(two, operation="validateOrderParameters"))) == [1046]
