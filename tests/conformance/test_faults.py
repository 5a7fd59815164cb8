# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on request: each effect as a client sees it, before and after the work is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest
from certum_sandbox.soap.schema import operations
from lxml import etree
from support.soap import error_codes, make_order, make_request, to_envelope

from .conftest import RawPartner

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.sandbox import Sandbox

ORDER = "quickOrder"


def order_bytes() -> bytes:
    return to_envelope(make_order())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("effect", ["drop", "http-500", "http-503", "garbage", "truncate", "exit"])
def test_only_the_effect_before_prevents_the_work(start_sandbox: Callable[..., Sandbox], effect, when):
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    sandbox.add_fault(effect, operation=ORDER, when=when)
    expected_status = {"http-500": 500, "http-503": 503}.get(effect)
    if effect in {"drop", "exit", "truncate"}:
        with pytest.raises(httpx.TransportError):
            partner.post(order_bytes())
    elif expected_status is not None:
        assert partner.post(order_bytes()).status_code == expected_status
    else:
        answer = partner.post(order_bytes())
        assert answer.status_code == 200
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(answer.content)
    if effect == "exit":
        assert sandbox.wait() == -9
        sandbox = sandbox.restart()
    assert len(sandbox.orders()) == (1 if when == "after" else 0)
    if effect == "exit":
        sandbox.stop()
    else:
        assert RawPartner(sandbox).send(make_request("getProductList", {})).tag == "getProductListResponse"


@pytest.mark.parametrize("code", [1185, 2204, 2205])
def test_check_fails_with_the_requested_code(start_sandbox, code):
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    verification = partner.send(make_order()).findtext("SANVerification/code")
    sandbox.add_fault("error", operation="performSanVerification", code=code)
    answers = [partner.send(make_request("performSanVerification", {"code": verification})) for _call in range(2)]
    assert [answer.findtext("responseHeader/successCode") for answer in answers] == ["1", "0"]
    assert [error_codes(answer) for answer in answers] == [[code], []]
    assert [call["errorCodes"] for call in sandbox.calls()] == [[], [code], []]


def test_delay_only_takes_time(start_sandbox):
    sandbox = start_sandbox()
    sandbox.add_fault("delay", seconds=0.4)
    started = time.monotonic()
    assert RawPartner(sandbox).send(make_order()).findtext("responseHeader/successCode") == "0"
    assert time.monotonic() - started >= 0.4


def test_skip_and_times_choose_the_failing_calls(start_sandbox):
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    sandbox.add_fault("http-503", operation="getProductList", skip=1, times=2)
    verify = to_envelope(make_request("getProductList", {}))
    left = []
    for status in (200, 503, 503, 200):
        left.append([(fault["skip"], fault["times"]) for fault in sandbox.request("GET", "/sandbox/faults")])
        assert partner.post(verify).status_code == status
    assert left == [[(1, 2)], [(0, 2)], [(0, 1)], []]
    sandbox.add_fault("http-503", times=100)
    sandbox.clear_faults()
    assert sandbox.request("GET", "/sandbox/faults") == []
    assert partner.post(verify).status_code == 200


def test_calls_are_logged_in_order_with_their_outcome(start_sandbox):
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    sandbox.add_fault("drop", operation="getOrderState")
    partner.send(make_order({"orderParameters/customer": None}))
    partner.send(make_order())
    with pytest.raises(httpx.TransportError):
        partner.send(make_request("getOrderState", {"orderID": "shop-1"}))
    partner.send(make_request("getOrderState", {"orderID": "shop-1"}))
    partner.send(make_order({"requestHeader/authToken/password": "wrong"}))
    seen = [(c["operation"], c["successCode"], c["errorCodes"], c["orderID"]) for c in sandbox.calls()]
    assert seen == [
        ("quickOrder", 1, [1076], "shop-1"),
        ("quickOrder", 0, [], "shop-1"),
        ("getOrderState", None, [], None),
        ("getOrderState", 0, [], "shop-1"),
        ("quickOrder", 3, [], None),
    ]
    sandbox.clear_calls()
    assert sandbox.calls() == []


def test_every_operation_can_fail_before_and_after_its_work(start_sandbox):
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    for operation in operations():
        for when in ("before", "after"):
            sandbox.add_fault("http-503", operation=operation, when=when)
            answers = [partner.post(to_envelope(make_request(operation, {}))).status_code for dummy in range(2)]
            assert answers[0] == 503, (operation, when)
            assert answers[1] in {200, 500}, "the service itself refuses it"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"effect": "melt"},
        {"effect": "drop", "wen": "before"},
        {"effect": "drop", "operation": "quickorder"},
        [1],
        {"effect": "error"},
        {"effect": "error", "code": 9999},
        {"effect": "drop", "code": 2204},
        {"effect": "error", "code": 2204, "when": "after"},
    ],
)
def test_invalid_fault_is_refused(start_sandbox, body):
    sandbox = start_sandbox()
    answer = httpx.post(sandbox.base_url + "/sandbox/faults", json=body, trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_required_soap_action_is_checked(start_sandbox):
    partner = RawPartner(start_sandbox(soap_action="required"))
    action = '"http://webservice.api.muc.unizeto.pl/getProductList"'
    request = make_request("getProductList", {})
    assert partner.send(request, SOAPAction=action).tag == "getProductListResponse"
    request = make_request("getProductList", {})
    assert partner.send(request, SOAPAction='""').tag == "Fault"


def test_empty_soap_action_is_not_a_missing_one(start_sandbox):
    partner = RawPartner(start_sandbox(soap_action="empty"))
    assert partner.send(make_request("getProductList", {}), SOAPAction='""').tag == "getProductListResponse"
    action = '"http://webservice.api.muc.unizeto.pl/getProductList"'
    for headers in ({}, {"SOAPAction": action}):
        assert partner.send(make_request("getProductList", {}), **headers).tag == "Fault"
