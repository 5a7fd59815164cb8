# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Handles an order's names and its mailbox by the validations that the CA requires."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.order_info import read_orders
from ansible_collections.certops.certum.plugins.module_utils._controller.validation import validate_order
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import ApiError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.tests.unit.issuance.test_checks import Clock, ScriptedCa
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import Script, answer, refusal

NEW_CODE = "<SANVerification><approverMethod>DNS_TXT_PREFIX</approverMethod><code>c0de</code></SANVerification>"
ANSWERS = {
    ApiOperation.ADD_SAN_VERIFICATION: answer(ApiOperation.ADD_SAN_VERIFICATION, NEW_CODE),
    ApiOperation.GET_SAN_VERIFICATION_STATE: answer(ApiOperation.GET_SAN_VERIFICATION_STATE),
    ApiOperation.GET_EMAIL_VERIFICATION: answer(ApiOperation.GET_EMAIL_VERIFICATION, header=refusal((2163, ""))),
    ApiOperation.GET_ORDER_BY_ORDER_ID: answer(ApiOperation.GET_ORDER_BY_ORDER_ID),
}
OPTIONS = {
    "order_id": "o",
    "method": "dns_txt_prefix",
    "admin_prefix": None,
    "new_code": False,
    "validation_code": None,
    "trigger_validation": True,
    "wait": False,
}


def told(states: dict[str, str], *then: ApiOperation) -> Script:
    """Return the result of a CA that reports this order and these answers."""
    listed = "".join(
        f"<verification><type>{kind}</type><state>{state}</state></verification>" for kind, state in states.items()
    )
    state = f"<orderStatus>VERIFICATION</orderStatus><verifications>{listed}</verifications>"
    return Script(answer(ApiOperation.GET_ORDER_STATE, state), *(ANSWERS[operation] for operation in then))


def asked(script: Script) -> list[str]:
    found = (re.search(rb"<(?:\w+:)?(\w+)[^>]*><requestHeader", body) for body in script.posted)
    return [each[1].decode() for each in found if each]


@pytest.mark.parametrize(("mailbox", "asks"), [("NOT_REQUIRED", False), ("VERIFIED", True)])
def test_mailbox_without_validation_does_not_block_names(mailbox: str, asks: bool) -> None:
    """A validated mailbox is shown, if the CA has it for this kind of product (error 2163)."""
    states, shown = {"EMAIL": mailbox, "DOMAIN": "REQUIRED"}, [ApiOperation.GET_EMAIL_VERIFICATION] * asks
    script = told(states, ApiOperation.ADD_SAN_VERIFICATION, ApiOperation.GET_SAN_VERIFICATION_STATE, *shown)
    result: dict[str, Any] = validate_order(script.api(), OPTIONS, check_mode=False)
    assert (result["changed"], result["validation"]["code"], result["mailbox"]) == (True, "c0de", None)
    assert asked(script)[1:] == [ApiOperation.ADD_SAN_VERIFICATION, ApiOperation.GET_SAN_VERIFICATION_STATE, *shown]

    script = told(states, ApiOperation.GET_ORDER_BY_ORDER_ID, *shown, ApiOperation.GET_SAN_VERIFICATION_STATE)
    options = {"order_id": "o", "include_pem": False}
    assert read_orders(script.api(), options, check_mode=False)["order"]["mailbox"] is None


@pytest.mark.parametrize(
    ("refusals", "checks", "words"),
    [
        pytest.param([2204], 1, "validation was triggered", id="a check is running"),
        pytest.param([2205], 1, "error 2205", id="too many checks: not again in this run"),
        pytest.param([1185, 0], 2, "validation was triggered", id="the check ended in an error: again"),
        pytest.param([1185], 5, "error 1185", id="the check ends in an error again and again"),
    ],
)
def test_failed_trigger_does_not_fail_the_module(
    monkeypatch: pytest.MonkeyPatch, refusals: list[int], checks: int, words: str
) -> None:
    clock, ca = Clock(), ScriptedCa([*refusals])
    monkeypatch.setattr(Patience, "of", lambda params: clock.patience(300))
    options = {**OPTIONS, "method": None, "validation_code": "c0de"}

    result = validate_order(ca.api(), options, check_mode=False)

    assert ca.checks == checks
    assert words in result["reason"]["text"]


@pytest.mark.parametrize("code", [1184, 1186, 2999])
def test_code_refused_by_the_ca_fails_the_module(code: int) -> None:
    with pytest.raises(ApiError, match=f"error {code}"):
        validate_order(
            ScriptedCa([code]).api(), {**OPTIONS, "method": None, "validation_code": "c0de"}, check_mode=False
        )
