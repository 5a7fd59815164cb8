# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placing a new order: which calls are made, and what the run reports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.order import order_or_validate
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import PurchasePolicy, Sent, State
from ansible_collections.certops.certum.plugins.module_utils._issuance.concurrency import (
    AccountRefusedError,
    obtain_all,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    ApiError,
    AuthenticationError,
    CertumError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import (
    ParsedCsr,
    ValidateOrderParametersAnswer,
)
from ansible_collections.certops.certum.tests.support.scripted_client import (
    ScriptedClient,
    bad_password,
    client_fault,
    lost,
    not_received,
    refused,
    server_fault,
    unreadable,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    CODE,
    ID,
    NOW,
    OURS,
    STRANGE,
    Found,
    entries,
    entry,
    found_in,
    order,
    placed,
    words_of,
)
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

ORDER, LOOK, VALIDATE = (
    ApiOperation.QUICK_ORDER,
    ApiOperation.GET_ORDER_BY_ORDER_ID,
    ApiOperation.VALIDATE_ORDER_PARAMETERS,
)
MINE = "my-own-id"

ORDERED = Found(State.PENDING, ReasonCode.ORDERED, placed=True, changed=True, code=CODE)
RESUMED = Found(State.PENDING, ReasonCode.RESUMED, placed=True)
UNKNOWN = Found(State.UNKNOWN, ReasonCode.OUTCOME_UNKNOWN, problem=(), unknown=True)
USED_UP = Found(State.REJECTED, ReasonCode.REJECTED, problem=())
FORBIDDEN = Found(State.NOT_ORDERED, ReasonCode.PURCHASE_NOT_ALLOWED, problem=())


def not_ordered(*codes: int, **more: Any) -> Found:
    return Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, problem=codes, **more)


PERHAPS = {"sent": Sent.PERHAPS}
NEVER = {"purchase": PurchasePolicy.NEVER}

PLACING: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "the CA accepts the order": ({}, [(ORDER, placed())], ORDERED, "costs the price of product 601"),
    "the CA accepts the order and sends no code": ({}, [(ORDER, placed(None))], replace(ORDERED, code=None), ""),
    "the id is taken (1012): our order is resumed": (
        {},
        [(ORDER, refused(1012)), (LOOK, entries(entry()))],
        RESUMED,
        "was placed by an earlier run",
    ),
    "the key was used (1032): our order is found by its id": (
        {},
        [(ORDER, refused(1032)), (LOOK, entries(entry(certificate=OURS)))],
        RESUMED,
        "",
    ),
    "the key was used (1032) for another order: refused": (
        {},
        [(ORDER, refused(1032)), (LOOK, refused(1033))],
        not_ordered(1032),
        "",
    ),
    "the key was used (1032) and the look shows no entry: refused": (
        {},
        [(ORDER, refused(1032)), (LOOK, entries())],
        not_ordered(1032),
        "",
    ),
    "the id is taken (1012) and the look shows no entry: resumed": (
        {},
        [(ORDER, refused(1012)), (LOOK, entries())],
        RESUMED,
        "",
    ),
    "the id is taken (1012) and no order has it (1033): outcome unknown": (
        {},
        [(ORDER, refused(1012)), (LOOK, refused(1033))],
        replace(UNKNOWN, problem=(1012,)),
        "the CA has no such order so far",
    ),
    "the id is taken (1012) and the look fails: outcome unknown": (
        {},
        [(ORDER, refused(1012)), (LOOK, not_received)],
        replace(UNKNOWN, problem=(1012,)),
        "the search for it failed",
    ),
    "refused for a certain cause: no look": ({}, [(ORDER, refused(1101))], not_ordered(1101), "error 1101"),
    "refused without a reason: no look": ({}, [(ORDER, refused())], not_ordered(), "without a reason"),
    "the service does not take the message: no look": ({}, [(ORDER, client_fault)], not_ordered(), "SOAP fault"),
    "not received: no look": ({}, [(ORDER, not_received)], not_ordered(), "no connection"),
    "outcome unknown, then found": ({}, [(ORDER, lost), (LOOK, entries(entry()))], RESUMED, ""),
    "an unreadable answer, then found": ({}, [(ORDER, unreadable), (LOOK, entries(entry()))], RESUMED, ""),
    "the service failed inside, then found": ({}, [(ORDER, server_fault), (LOOK, entries(entry()))], RESUMED, ""),
    "outcome unknown, then not found (1033)": (
        {},
        [(ORDER, lost), (LOOK, refused(1033))],
        UNKNOWN,
        "the CA has no such order so far",
    ),
    "outcome unknown, then an empty look": ({}, [(ORDER, lost), (LOOK, entries())], UNKNOWN, "no such order so far"),
    "outcome unknown, then a lost look": ({}, [(ORDER, lost), (LOOK, lost)], UNKNOWN, "the search for it failed"),
    "outcome unknown, then an unreadable look": ({}, [(ORDER, lost), (LOOK, unreadable)], UNKNOWN, "HTML page"),
    "outcome unknown, then a refused look": ({}, [(ORDER, lost), (LOOK, refused(1155))], UNKNOWN, "1155"),
    "outcome unknown, then the account is refused": ({}, [(ORDER, lost), (LOOK, bad_password)], UNKNOWN, "password"),
    "an earlier run may have sent it, and the CA accepts it now": (PERHAPS, [(ORDER, placed())], ORDERED, ""),
    "an earlier run sent it: any refusal leads to a look": (
        PERHAPS,
        [(ORDER, refused(1101)), (LOOK, entries(entry()))],
        RESUMED,
        "",
    ),
    "an earlier run did not send it, and it is refused": (
        PERHAPS,
        [(ORDER, refused(1101)), (LOOK, refused(1033))],
        not_ordered(1101),
        "",
    ),
    "an earlier run used the key up in vain": (
        PERHAPS,
        [(ORDER, refused(1032)), (LOOK, refused(1033))],
        USED_UP,
        "Nothing was ordered now",
    ),
    "an earlier run may have sent it, and the CA is not reached": (
        PERHAPS,
        [(ORDER, not_received)],
        replace(UNKNOWN, unknown=False),
        "",
    ),
    "an earlier run may have sent it, and the service does not take the message": (
        PERHAPS,
        [(ORDER, client_fault)],
        replace(UNKNOWN, unknown=False),
        "",
    ),
    "it was placed before: no call": (
        {"sent": Sent.YES, "validation_code": "0ld"},
        [],
        replace(RESUMED, code="0ld"),
        "was placed before",
    ),
    "it is only looked up: no purchase": ({"sent": Sent.LOOK_UP_ONLY}, [], RESUMED, ""),
    "the id is taken by another customer": (
        {},
        [(ORDER, refused(1012)), (LOOK, entries(entry(customer="somebody else")))],
        not_ordered(),
        "the CA has it for customer somebody else",
    ),
    "the id that was chosen has another product": (
        {"order_id": MINE},
        [(ORDER, refused(1012)), (LOOK, entries(entry(MINE, product="631")))],
        not_ordered(order_id=MINE),
        "it was placed for product 631",
    ),
    "the id that was chosen has another key": (
        {"order_id": MINE},
        [(ORDER, refused(1012)), (LOOK, entries(entry(MINE, certificate=STRANGE)))],
        not_ordered(order_id=MINE),
        "another key than that of the CSR",
    ),
    "the id that was chosen has our key": (
        {"order_id": MINE},
        [(ORDER, refused(1012)), (LOOK, entries(entry(MINE, certificate=OURS)))],
        replace(RESUMED, order_id=MINE),
        "",
    ),
    "the id that was chosen belongs to a pending order": (
        {"order_id": MINE},
        [(ORDER, refused(1012)), (LOOK, entries(entry(MINE)))],
        replace(RESUMED, order_id=MINE),
        "",
    ),
    "purchase is never: no order, a look shows none": (
        NEVER,
        [(LOOK, refused(1033))],
        FORBIDDEN,
        "a new certificate would be ordered, which costs the price of product 601 (Commercial SSL), but certum_",
    ),
    "purchase is never: no order, an empty look": (NEVER, [(LOOK, entries())], FORBIDDEN, ""),
    "purchase is never: an earlier order is resumed": (NEVER, [(LOOK, entries(entry()))], RESUMED, ""),
    "purchase is never, and an earlier run may have sent it": (
        {**NEVER, **PERHAPS},
        [(LOOK, refused(1033))],
        replace(FORBIDDEN, state=State.UNKNOWN, unknown=True),
        "It is unknown whether an earlier run placed it",
    ),
    "purchase is never, and the look fails": (NEVER, [(LOOK, not_received)], not_ordered(), "no connection"),
    "purchase is never, and the look is refused": (NEVER, [(LOOK, refused(1155))], not_ordered(1155), ""),
    "purchase is renew_only: no new order": (
        {"purchase": PurchasePolicy.RENEW_ONLY},
        [(LOOK, refused(1033))],
        FORBIDDEN,
        "only the next term",
    ),
    "another declaration has the same names: no order": (
        {"duplicate_of": "web2/shop"},
        [(LOOK, refused(1033))],
        replace(FORBIDDEN, reason=ReasonCode.NAMES_DECLARED_TWICE),
        "the same names are declared for web2/shop",
    ),
}


@pytest.mark.parametrize(("changes", "conversation", "expected", "words"), PLACING.values(), ids=PLACING)
def test_placing(changes: dict[str, Any], conversation: Conversation, expected: Found, words: str) -> None:
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = Obtain(api=api, trigger=True).start(order(**changes)).outcome

    assert found_in(outcome) == expected
    assert words in words_of(outcome)


@pytest.mark.parametrize("changes", [{}, PERHAPS], ids=["first run", "an earlier run may have sent it"])
def test_refused_account_ends_the_whole_run(changes: dict[str, Any]) -> None:
    with ScriptedClient([(ORDER, bad_password)], now=NOW) as api, pytest.raises(AuthenticationError):
        Obtain(api=api, trigger=True).start(order(**changes))


def test_refused_account_leaves_unsent_orders_not_ordered() -> None:
    orders = [order(name="shop"), order(name="mail"), order(name="wiki"), order(name="chat", **PERHAPS)]
    with ScriptedClient([(ORDER, placed()), (ORDER, bad_password)], now=NOW) as api:
        run = Obtain(api=api, trigger=True)
        with pytest.raises(AccountRefusedError, match="password") as refusal:
            obtain_all(run, orders, patience=Patience(timeout=0, longest_pause=1), workers=1)

    states = {outcome.name: outcome.state for outcome in refusal.value.outcomes}
    expected = {"shop": State.PENDING, "mail": State.NOT_ORDERED, "wiki": State.NOT_ORDERED, "chat": State.UNKNOWN}
    assert states == expected


@pytest.mark.parametrize(
    ("failure", "second", "reason"),
    [
        pytest.param(not_received, [(ORDER, placed())], ReasonCode.ORDERED, id="not received: it is sent again"),
        pytest.param(
            lost,
            [(ORDER, refused(1012)), (LOOK, entries(entry()))],
            ReasonCode.RESUMED,
            id="outcome unknown: the same order id finds the order",
        ),
    ],
)
def test_next_run_sends_the_same_order(failure: Any, second: Conversation, reason: ReasonCode) -> None:
    """The order id does not change from run to run, so the CA takes the order once."""
    first = [(ORDER, failure)] if failure is not_received else [(ORDER, failure), (LOOK, refused(1033))]
    with ScriptedClient([*first, *second], now=NOW) as api:
        run = Obtain(api=api, trigger=True)
        run.start(order())
        outcome = run.start(order(**PERHAPS)).outcome
    one, two = api.requests(ORDER)

    assert outcome.reason.code is reason
    assert one == two
    assert one == order().message()


def params(*, validate_only: bool) -> dict[str, Any]:
    wanted = order()
    return {
        "name": wanted.name,
        "order_id": ID,
        "csr_content": wanted.request.pem,
        "contact": CONTACT,
        "customer": wanted.customer,
        "validate_only": validate_only,
    }


ACCEPTED = ValidateOrderParametersAnswer(parsed_csr=ParsedCsr(common_name="shop.example.com"))
OF_CERTUM_ORDER: dict[str, tuple[bool, bool, Conversation, str, bool]] = {
    "validate_only: the CA accepts": (True, False, [(VALIDATE, ACCEPTED)], "accepted", False),
    "validate_only in check mode: the CA accepts": (True, True, [(VALIDATE, ACCEPTED)], "accepted", False),
    "check mode: the CA accepts, and an order would be placed": (False, True, [(VALIDATE, ACCEPTED)], "accepted", True),
    "check mode: the id is taken by our order": (
        False,
        True,
        [(VALIDATE, refused(1012)), (LOOK, entries(entry()))],
        "resumed",
        False,
    ),
    "neither: the order is placed": (False, False, [(ORDER, placed())], "ordered", True),
}


@pytest.mark.parametrize(
    ("validate_only", "check_mode", "conversation", "reason", "changed"), OF_CERTUM_ORDER.values(), ids=OF_CERTUM_ORDER
)
def test_certum_order(
    validate_only: bool, check_mode: bool, conversation: Conversation, reason: str, changed: bool
) -> None:
    with ScriptedClient(conversation, now=NOW) as api:
        result = order_or_validate(api, params(validate_only=validate_only), check_mode=check_mode)

    assert (result["reason"]["code"], result["changed"], result["order_id"]) == (reason, changed, ID)


@pytest.mark.parametrize(
    ("validate_only", "failure", "error"),
    [
        pytest.param(True, refused(1012), ApiError, id="validate_only: a taken id is refused, nothing is resumed"),
        pytest.param(True, refused(1101), ApiError, id="validate_only: the CA refuses"),
        pytest.param(False, refused(1101), ApiError, id="check mode: the CA refuses"),
        pytest.param(True, lost, CertumError, id="validate_only: no answer"),
        pytest.param(False, lost, CertumError, id="check mode: no answer"),
    ],
)
def test_certum_order_reports_a_refusal(validate_only: bool, failure: Any, error: type[CertumError]) -> None:
    with ScriptedClient([(VALIDATE, failure)], now=NOW) as api, pytest.raises(error):
        order_or_validate(api, params(validate_only=validate_only), check_mode=not validate_only)
