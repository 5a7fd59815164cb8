# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""New orders: those that are accepted, and rules that depend on earlier orders or on the dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from support.soap import NAME, error_codes, make_csr, make_order, make_request

from .error_examples_orders import CSR, EV, NAMES, OV, P, named

if TYPE_CHECKING:
    from .conftest import Laboratory

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


def test_order_id_can_be_used_once(lab: Laboratory):
    lab.send(make_order())
    assert error_codes(lab.send(make_order())) == [1012]


def test_key_can_be_used_once(lab: Laboratory):
    csr = make_csr()
    lab.send(make_order({CSR: csr}))
    assert error_codes(lab.send(make_order({CSR: csr, P + "orderID": "shop-2"}))) == [1032]


@pytest.mark.parametrize(("dialect", "codes"), [("used", [1032]), ("free", [])])
def test_key_of_a_rejected_order_is_free_in_one_dialect(make_lab, dialect, codes):
    lab = make_lab(dialect={"rejected-key": dialect})
    csr = make_csr()
    lab.send(make_order({CSR: csr}))
    lab.send(make_request("cancelOrder", {"cancelParameters/orderID": "shop-1"}))
    assert error_codes(lab.send(make_order({CSR: csr, P + "orderID": "shop-2"}))) == codes


def test_broken_rules_are_reported_together_with_their_values(lab: Laboratory):
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
