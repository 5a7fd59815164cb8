# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run whose CA does not check the names now (errors 1185, 2204 and 2205), with a scripted CA."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import State
from ansible_collections.certops.certum.plugins.module_utils._issuance.concurrency import obtain_all, pursue_all
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import read_order
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.connection_settings import Endpoint
from ansible_collections.certops.certum.plugins.module_utils._partner_api.credentials import Credentials
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT, make_csr
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import (
    NO_PAUSE,
    answer,
    http_answer,
    refusal,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.order_items import OrderItem
    from ansible_collections.certops.certum.plugins.module_utils._issuance.outcome import Outcome
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer

VERIFICATION = "<verification><type>DOMAIN</type><state>{state}</state></verification>"
STATE = "<orderStatus>VERIFICATION</orderStatus><verifications>{checks}</verifications>"
NAMES = (
    "<sanVerifications><sanVerification><FQDN>shop.example.com</FQDN><manualVerification>"
    "<state>{state}</state><info>{info}</info></manualVerification></sanVerification></sanVerifications>"
)
UNKNOWN_CODE = 2999


@dataclass
class ScriptedCa:
    """Answers each check with the next of ``refusals`` (0: it checks), the last one again and again, for ``order``.

    The names of every order stay in ``state``, for the reason ``info``.
    """

    refusals: list[int]
    order: str = ""
    state: str = "REQUIRED"
    info: str = ""
    calls: list[str] = field(default_factory=list)
    endpoint: Endpoint = field(default_factory=lambda: Endpoint.parse("https://gs.example.net/service/PartnerApi.wsdl"))

    def post(self, body: bytes, **_details: object) -> HttpAnswer:
        found = re.search(rb"<(?:\w+:)?(\w+)[^>]*><requestHeader", body)
        operation = ApiOperation(found[1].decode() if found else "")
        self.calls.append(operation)
        if operation is ApiOperation.PERFORM_SAN_VERIFICATION:
            asked_for = self.order.encode() in body
            number = self.refusals.pop(0) if len(self.refusals) > 1 else self.refusals[0]
            header = refusal((number, "")) if number and asked_for else None
            return http_answer(answer(operation, header=header) if header else answer(operation))
        content = {
            ApiOperation.GET_ORDER_STATE: STATE.format(checks=VERIFICATION.format(state=self.state)),
            ApiOperation.GET_SAN_VERIFICATION_STATE: NAMES.format(state=self.state, info=self.info),
        }
        return http_answer(answer(operation, content.get(operation, "")))

    def close(self) -> None:
        """Close nothing."""

    def api(self) -> PartnerApi:
        credentials = Credentials(username="demo", password="demo")
        return PartnerApi(transport=self, credentials=credentials, retry=NO_PAUSE)  # type: ignore[arg-type]

    @property
    def checks(self) -> int:
        return Counter(self.calls)[ApiOperation.PERFORM_SAN_VERIFICATION]


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def patience(self, timeout: float) -> Patience:
        return Patience(timeout=timeout, longest_pause=60.0, clock=lambda: self.now, sleep=self.sleep)


def placed(name: str) -> OrderItem:
    """Return an order of an earlier run, with its validation code."""
    return {
        "name": name,
        "order_id": name,
        "csr_content": make_csr(f"{name}.example.com"),
        "contact": CONTACT,  # type: ignore[typeddict-item]
        "sent": "yes",
        "validation_code": f"code-{name}",
    }


def outcome(ca: ScriptedCa, *, seconds: float) -> Outcome:
    orders = [read_order(placed("shop"))]
    (found,) = obtain_all(Obtain(api=ca.api(), trigger=True), orders, patience=Clock().patience(seconds), workers=1)
    return found


@pytest.mark.parametrize("state", ["REQUIRED", "FAILED"])
@pytest.mark.parametrize(
    ("refusals", "seconds", "checks", "words"),
    [
        pytest.param([2204], 0, 1, None, id="a check is running, one look"),
        pytest.param([2205], 300, 1, "error 2205", id="too many checks: not again in this run"),
        pytest.param([2205], 0, 1, "error 2205", id="too many checks, one look"),
        pytest.param([1185], 300, 4, "error 1185", id="the check ended in an error: again after growing pauses"),
        pytest.param([1185, 2205], 300, 2, "error 2205", id="asked again, and too often then"),
        pytest.param([1185], 0, 1, "error 1185", id="the check ended in an error, one look"),
    ],
)
def test_failed_trigger_does_not_fail_the_run(
    refusals: list[int], seconds: float, checks: int, words: str | None, state: str
) -> None:
    ca = ScriptedCa([*refusals], state=state)

    found = outcome(ca, seconds=seconds)

    assert (found.state, found.problem) == (State.PENDING, None)
    assert words is None or words in found.reason.text
    assert ca.checks == checks
    assert seconds == 0 or Counter(ca.calls)[ApiOperation.GET_ORDER_STATE] >= 9


def test_later_successful_trigger_counts() -> None:
    ca = ScriptedCa([1185, 0], state="FAILED")

    found = outcome(ca, seconds=300)

    assert ca.checks == 2
    assert "error 1185" not in found.reason.text


def test_check_that_is_running_is_waited_for() -> None:
    ca = ScriptedCa([2204])

    found = outcome(ca, seconds=300)

    assert (ca.checks, found.problem) == (1, None)
    assert "waits for DOMAIN" in found.reason.text


def test_unknown_error_fails_only_its_certificate() -> None:
    ca = ScriptedCa([UNKNOWN_CODE], order="code-shop")
    orders = [read_order(placed("shop")), read_order(placed("mail"))]

    shop, mail = obtain_all(Obtain(api=ca.api(), trigger=True), orders, patience=Clock().patience(30), workers=1)

    assert shop.problem is not None
    assert f"error {UNKNOWN_CODE}" in shop.problem.text
    assert (mail.state, mail.problem) == (State.PENDING, None)
    assert ca.checks == 2


def test_order_checked_too_often_is_only_read() -> None:
    ca = ScriptedCa([0])
    obtain = Obtain(api=ca.api(), trigger=True, may_trigger=lambda order: False)

    (found,) = pursue_all(
        obtain, [read_order(placed("shop"))], patience=Clock().patience(30), workers=1, enough=lambda *_all: False
    )

    assert ca.checks == 0
    assert not found.done
    assert "error 2205" in obtain.conclude(found).reason.text


@pytest.mark.parametrize(
    ("info", "is_another_order"),
    [
        ("holds 'other-certum.pl', expected exactly 'code-shop-certum.pl'", True),
        ("holds 'code-shop-certum.pl\\n', expected exactly 'code-shop-certum.pl'", False),
        ("answered HTTP 404, expected 'code-shop-certum.pl'", False),
        ("", False),
    ],
)
def test_file_of_another_order_has_its_own_remedy(info: str, is_another_order: bool) -> None:
    found = outcome(ScriptedCa([0], state="FAILED", info=info), seconds=300)

    assert found.problem is not None
    assert ("validation file of another order" in found.problem.text) is is_another_order
    assert ("same web root" in found.problem.remedy) is is_another_order
    assert ("firewall" in found.problem.text) is not is_another_order
