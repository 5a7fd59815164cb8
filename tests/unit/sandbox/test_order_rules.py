# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of calls about an existing order: its identifier, its state, its code, its certificate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from certum_sandbox import progress
from support.soap import error_codes, make_csr, make_order, make_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory

BY_ORDER_ID = ["getOrderState", "getOrderByOrderID", "getSanVerificationState", "addSanVerification"]
CODE = "SANApprover/approverMethod"


def enrol(lab: Laboratory, order_id: str = "shop-1") -> str:
    """An issued order; returns its serial number."""
    assert error_codes(lab.send(make_order({"orderParameters/orderID": order_id}))) == []
    lab.work()
    lab.prove(order_id)
    lab.backend.work.put(order_id)
    settle(lab, order_id)
    lab.work()
    certificate = lab.backend.orders.entries(order_id)[0].certificate
    assert certificate is not None
    return certificate.serial_number


def settle(lab: Laboratory, order_id: str) -> None:
    with lab.backend.database.transaction():
        lab.backend.orders.save(progress.settle(lab.order(order_id), lab.backend.clock.now()))


@pytest.mark.parametrize("operation", BY_ORDER_ID)
@pytest.mark.parametrize(
    ("order_id", "code"), [(None, 2055), ("", 2055), ("o" * 51, 1013), ("<shop>", 1013), ("nobody", 1033)]
)
def test_an_order_must_be_named_and_exist(shared_lab: Laboratory, operation, order_id, code):
    approver = {CODE: "FILE"} if operation == "addSanVerification" else {}
    assert error_codes(shared_lab.send(make_request(operation, {"orderID": order_id, **approver}))) == [code]


@pytest.mark.parametrize("option", [("certificateDetails", 2127), ("orderDetails", 2128), ("orderStatus", 2129)])
def test_options_are_booleans(lab: Laboratory, option):
    lab.send(make_order())
    request = make_request("getOrderByOrderID", {"orderID": "shop-1", f"orderOption/{option[0]}": "perhaps"})
    assert error_codes(lab.send(request)) == [option[1]]


def test_the_product_list_takes_a_boolean(shared_lab: Laboratory):
    assert error_codes(shared_lab.send(make_request("getProductList", {"hashAlgorithm": "perhaps"}))) == [2091]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({}, 2053),
        ({"cancelParameters/orderID": ""}, 2055),
        ({"cancelParameters/note": "never mind"}, 2055),
        ({"cancelParameters/orderID": "nobody"}, 1033),
    ],
)
def test_cancelling_needs_an_order(shared_lab: Laboratory, texts, code):
    assert error_codes(shared_lab.send(make_request("cancelOrder", texts))) == [code]


def test_cancelling_an_order_follows_its_state(lab: Laboratory):
    cancel = {"cancelParameters/orderID": "shop-1"}
    lab.send(make_order())
    assert error_codes(lab.send(make_request("cancelOrder", cancel))) == []
    assert lab.order("shop-1").state == "REJECTED"
    assert error_codes(lab.send(make_request("cancelOrder", cancel))) == [1151]


def test_an_order_that_is_being_issued_cannot_be_cancelled(lab: Laboratory):
    lab.send(make_order())
    lab.work()
    lab.prove("shop-1")
    settle(lab, "shop-1")
    assert lab.order("shop-1").state == "ACCEPTED"
    assert error_codes(lab.send(make_request("cancelOrder", {"cancelParameters/orderID": "shop-1"}))) == [1139]


def test_an_issued_order_cannot_be_cancelled(lab: Laboratory):
    enrol(lab)
    cancel = {"cancelParameters/orderID": "shop-1"}
    assert error_codes(lab.send(make_request("cancelOrder", cancel))) == [1136]
    lab.backend.clock.advance(timedelta(days=200))
    assert error_codes(lab.send(make_request("cancelOrder", cancel))) == [1137]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({}, 1162),
        ({"orderID": "shop-1", "serialNumber": "AB"}, 1163),
        ({"serialNumber": ""}, 1160),
        ({"serialNumber": "A" * 65}, 1161),
        ({"serialNumber": "XYZ"}, 2096),
        ({"serialNumber": "AB"}, 1159),
        ({"orderID": ""}, 2055),
        ({"orderID": "o" * 51}, 1013),
        ({"orderID": "nobody"}, 1033),
        ({"orderID": "shop-1"}, 1159),
    ],
)
def test_a_certificate_must_be_named_and_exist(lab: Laboratory, texts, code):
    lab.send(make_order())
    assert error_codes(lab.send(make_request("getCertificate", texts))) == [code]


def test_an_unissued_certificate_is_an_empty_success_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"unissued-certificate": "empty"})
    lab.send(make_order())
    answer = lab.send(make_request("getCertificate", {"orderID": "shop-1"}))
    assert answer.findtext("responseHeader/successCode") == "0"
    assert [child.tag for child in answer] == ["responseHeader"]


@pytest.mark.parametrize("write", [str, str.lower, lambda serial: ":".join(serial[i : i + 2] for i in range(0, 32, 2))])
def test_a_certificate_is_found_however_its_serial_is_written(lab: Laboratory, write):
    serial = enrol(lab)
    answer = lab.send(make_request("getCertificate", {"serialNumber": write(serial)}))
    assert answer.findtext("certificateDetails/serialNumber") == serial
    assert len(answer.findall("caBundle/X509Cert")) == 2


@pytest.mark.parametrize(("code", "error"), [(None, 1182), (" ", 1182), ("c" * 256, 1183), ("c" * 63, 1186)])
def test_a_check_needs_a_known_code(shared_lab: Laboratory, code, error):
    assert error_codes(shared_lab.send(make_request("performSanVerification", {"code": code}))) == [error]


def test_a_code_dies_after_thirty_days(lab: Laboratory):
    code = lab.send(make_order()).findtext("SANVerification/code")
    assert error_codes(lab.send(make_request("performSanVerification", {"code": code}))) == []
    lab.backend.clock.advance(timedelta(days=31))
    assert error_codes(lab.send(make_request("performSanVerification", {"code": code}))) == [1184]


def test_the_code_of_a_cancelled_order_is_unknown(lab: Laboratory):
    code = lab.send(make_order()).findtext("SANVerification/code")
    lab.send(make_request("cancelOrder", {"cancelParameters/orderID": "shop-1"}))
    assert error_codes(lab.send(make_request("performSanVerification", {"code": code}))) == [1186]


def test_changing_the_method_gives_a_new_code_and_voids_the_old(lab: Laboratory):
    old = lab.send(make_order()).findtext("SANVerification/code")
    answer = lab.send(make_request("addSanVerification", {CODE: "DNS_TXT", "orderID": "shop-1"}))
    new = answer.findtext("SANVerification/code")
    assert answer.findtext("SANVerification/approverMethod") == "DNS_TXT"
    assert new != old
    assert error_codes(lab.send(make_request("performSanVerification", {"code": old}))) == [1186]
    assert error_codes(lab.send(make_request("performSanVerification", {"code": new}))) == []


@pytest.mark.parametrize(("value", "codes"), [("1173", [1173]), ("new-code", [])])
def test_the_same_verification_data_are_refused_but_in_one_dialect(make_lab, value, codes):
    lab = make_lab(dialect={"same-data": value})
    lab.send(make_order())
    assert error_codes(lab.send(make_request("addSanVerification", {CODE: "FILE", "orderID": "shop-1"}))) == codes


@pytest.mark.parametrize(("value", "codes"), [("2162", [2162]), ("new-code", [])])
def test_a_new_code_without_an_approver_depends_on_the_dialect(make_lab, value, codes):
    lab = make_lab(dialect={"no-approver": value})
    old = lab.send(make_order()).findtext("SANVerification/code")
    answer = lab.send(make_request("addSanVerification", {"orderID": "shop-1"}))
    assert error_codes(answer) == codes
    assert answer.findtext("SANVerification/code") != old


def test_a_method_that_cannot_prove_the_orders_names_is_refused(lab: Laboratory):
    changes = {
        "orderParameters/CSR": make_csr("*.example.org"),
        "orderParameters/productCode": "741",
        "SANEntries/SANEntry/DNSName": "*.example.org",
        CODE: "DNS_TXT",
    }
    lab.send(make_order(changes))
    assert error_codes(lab.send(make_request("addSanVerification", {CODE: "FILE", "orderID": "shop-1"}))) == [2186]


def test_a_finished_order_takes_no_new_method(lab: Laboratory):
    enrol(lab)
    assert error_codes(lab.send(make_request("addSanVerification", {CODE: "DNS_TXT", "orderID": "shop-1"}))) == [1176]
