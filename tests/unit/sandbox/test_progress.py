# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of orders, from the database alone: states, staff, the clock, and a sandbox that dies in between."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from certum_sandbox.model import OrderState, SystemMethod, VerificationState, VerificationType
from certum_sandbox.settings import Approval
from certum_sandbox.store.order_store import OrderStore
from certum_sandbox.transitions import (
    accept_if_verified,
    record_system_checks,
    record_validations,
    set_verification,
    start_verification,
)
from certum_sandbox.validation.checker import Checker
from support.soap import make_csr, make_order, make_request

from .error_examples_orders import SMIME
from .error_examples_world import place

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory

P = "orderParameters/"
OV = {
    P + "productCode": "631",
    P + "organization": "Example S.A.",
    P + "country": "PL",
    P + "locality": "Szczecin",
    "organizationInfo/taxIdentificationNumber": "5250000000",
}
EV = OV | {
    P + "productCode": "641",
    P + "joisocn": "PL",
    P + "serialNumber": "0000421310",
    P + "businessCategory": "Private Organization",
}
STAFF = {
    "601": [],
    "631": ["ORGANIZATION", "APPLICANT", "AUTHORIZATION"],
    "641": ["ORGANIZATION", "APPLICANT", "AUTHORIZATION", "EXTENDED_VALIDATION"],
}


def states(answer) -> dict[str, str]:
    """Return the verification states of a getOrderState answer."""
    return {v.findtext("type"): v.findtext("state") for v in answer.findall("verifications/verification")}


@pytest.mark.parametrize("changes", [{}, OV, EV])
@pytest.mark.parametrize("approve", list(Approval))
def test_each_product_waits_for_its_verifications(make_lab, changes, approve):
    lab = make_lab(approve=approve)
    lab.send(make_order(changes))
    before = lab.send(make_request("getOrderState", {"orderID": "shop-1"}))
    assert before.findtext("orderStatus") == "AWAITING"
    lab.work()
    staff = STAFF[changes.get(P + "productCode", "601")]
    decided = "VERIFIED" if approve is Approval.AUTO else "REQUIRED"
    after = lab.send(make_request("getOrderState", {"orderID": "shop-1"}))
    assert after.findtext("orderStatus") == "VERIFICATION"
    assert states(after) == {"DOMAIN": "REQUIRED", "INTERNAL": "VERIFIED"} | dict.fromkeys(staff, decided)


def test_order_is_accepted_when_every_verification_is_done(lab: Laboratory):
    lab.send(make_order(EV))
    now = lab.backend.clock.now()
    order = start_verification(lab.order("shop-1"), Approval.MANUAL, now)
    for verification in order.verifications:
        assert accept_if_verified(order, now).state is OrderState.VERIFICATION
        order = set_verification(order, verification.type, VerificationState.VERIFIED)
    assert accept_if_verified(order, now).state is OrderState.ACCEPTED


def test_validated_names_add_up_over_several_checks(lab: Laboratory):
    lab.send(make_order({"SANEntries/SANEntry/DNSName": ["www.example.org", "example.org"]}))
    order, now, reuse = lab.order("shop-1"), lab.backend.clock.now(), timedelta(days=199)

    def domain(o):
        return next(v for v in o.verifications if v.type is VerificationType.DOMAIN)

    half = record_validations(order, {"www.example.org": None, "example.org": "HTTP 404"}, now, reuse)
    assert domain(half).state is VerificationState.FAILED
    assert [name.info for name in half.names] == [None, "HTTP 404"]
    done = record_validations(half, {"example.org": None}, now + timedelta(hours=1), reuse)
    assert domain(done).state is VerificationState.VERIFIED
    assert domain(done).expires == now + reuse, "the oldest validation limits the reuse"


def test_order_without_domain_validation_gets_none(lab: Laboratory):
    place(lab, "mail", SMIME)
    order = lab.order("mail")
    assert record_validations(order, {}, lab.backend.clock.now(), timedelta(1)).verifications == order.verifications


def test_order_that_waited_too_long_is_refused(make_lab: Callable[..., Laboratory]):
    lab = make_lab(approve=Approval.MANUAL)
    end = lab.backend.clock.now().date() + timedelta(days=10)
    place(lab, "slow", {**OV, P + "shortenedValidityPeriod": end.isoformat()})
    lab.work()
    lab.validate("slow")
    lab.backend.clock.advance(timedelta(days=11))
    for kind in STAFF["631"]:
        with lab.backend.database.transaction():
            decided = set_verification(lab.order("slow"), VerificationType(kind), VerificationState.VERIFIED)
            lab.backend.orders.save(decided)
    lab.settle("slow")
    lab.work()
    assert lab.order("slow").state is OrderState.REJECTED


def test_database_of_another_version_is_not_touched(make_lab: Callable[..., Laboratory]):
    lab = make_lab()
    lab.backend.database.execute("PRAGMA user_version = 1")
    with pytest.raises(OSError, match="made by another version of certum-sandbox"):
        make_lab()


def test_failing_automatic_check_holds_an_order(lab: Laboratory):
    lab.send(make_order())
    now = lab.backend.clock.now()
    findings = {"www.example.org": {SystemMethod.CAA: "CAA admits only ca.example"}}
    failing = record_system_checks(lab.order("shop-1"), findings, now, timedelta(1))
    assert failing.names[0].failing == findings["www.example.org"]
    assert record_system_checks(failing, {}, now, timedelta(1)).names[0].failing == {}


def test_order_survives_a_restart_in_every_state(make_lab: Callable[..., Laboratory]):
    csr = make_csr()
    lab = make_lab()
    code = lab.send(make_order({P + "CSR": csr})).findtext("SANVerification/code")
    lab.work()
    lab.backend.clock.advance(timedelta(days=3))
    moment = lab.backend.clock.now()
    again = make_lab()  # the first never closed its database, as if it had been killed
    order = again.order("shop-1")
    assert (order.state, order.code) == (OrderState.VERIFICATION, code)
    assert again.backend.clock.now() - moment < timedelta(hours=1), "the clock stays where it was moved to"
    again.validate("shop-1")
    assert [o.order_id for o in make_lab().backend.orders.unfinished()] == ["shop-1"]


def test_accepted_order_is_issued_after_a_restart(make_lab: Callable[..., Laboratory]):
    lab = make_lab()
    lab.send(make_order())
    lab.work()
    lab.validate("shop-1")
    lab.settle("shop-1")
    again = make_lab()
    again.work()
    assert again.order("shop-1").state is OrderState.ENROLLED
    assert again.backend.orders.entries("shop-1")[0].certificate is not None


def test_failing_call_leaves_nothing_behind(lab: Laboratory, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(OrderStore, "add_entry", fail)
    answer = lab.send(make_order())
    assert answer.findtext("faultcode") == "soap:Server"
    assert "disk full" not in (answer.findtext("faultstring") or "")
    assert list(lab.backend.orders.all()) == []
    assert [call["fault"] for call in lab.backend.calls.all()] == ["internal error"]


def test_check_triggered_during_a_check_is_not_lost(lab: Laboratory, monkeypatch):
    """The first check finds nothing; the record is published and a check triggered before the first has finished."""
    code = lab.send(make_order()).findtext("SANVerification/code")
    perform = make_request("performSanVerification", {"code": code})
    found = ["no such file", None]

    async def prove(_checker, order):
        if len(found) == 2:
            lab.send(perform)
        return {proof.name: found.pop(0) for proof in order.names}

    monkeypatch.setattr(Checker, "validate", prove)
    lab.send(perform)
    lab.work()
    assert lab.order("shop-1").names[0].state is VerificationState.FAILED
    lab.work()
    assert lab.order("shop-1").state is OrderState.ENROLLED
    assert found == []
