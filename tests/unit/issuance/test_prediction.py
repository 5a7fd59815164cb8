# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Predicting: what check mode reports, with calls that change nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation as Task
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import (
    PurchasePolicy,
    Sent,
    State,
    ValidationMethod,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.prediction import predict, predict_all
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import AuthenticationError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import READS, ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import (
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
    ACCEPTED,
    ENROLLED,
    EXPIRED,
    ID,
    NEW_ID,
    NOW,
    OLD,
    OLD_ID,
    OURS,
    REJECTED,
    RENEWAL,
    REVOKED,
    UNPROVED,
    Found,
    certificate_answer,
    entries,
    entry,
    found_in,
    names_are,
    order,
    progress,
    reissue,
    renewal,
    words_of,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

VALIDATE, LOOK, STATE, FORMER, ACCOUNT, NAMES = (
    ApiOperation.VALIDATE_ORDER_PARAMETERS,
    ApiOperation.GET_ORDER_BY_ORDER_ID,
    ApiOperation.GET_ORDER_STATE,
    ApiOperation.GET_CERTIFICATE,
    ApiOperation.GET_ORDERS_BY_DATE_RANGE,
    ApiOperation.GET_SAN_VERIFICATION_STATE,
)

FITS = (VALIDATE, ValidateOrderParametersAnswer())
READ_OLD = (FORMER, certificate_answer(OLD))
OUR_RENEWAL = entry(NEW_ID, product=RENEWAL, certificate=OURS)
PENDING_RENEWAL = entry(NEW_ID, product=RENEWAL)
OLD_ENTRY = entry(OLD_ID, certificate=OLD)
BEFORE = (LOOK, entries(OLD_ENTRY))

NEVER, PERHAPS, YES = {"purchase": PurchasePolicy.NEVER}, {"sent": Sent.PERHAPS}, {"sent": Sent.YES}
LOOK_UP_ONLY = {"sent": Sent.LOOK_UP_ONLY}

MAKERS = {Task.ORDER: order, Task.REISSUE: reissue, Task.RENEW: renewal}


def would(reason: ReasonCode, order_id: str = ID) -> Found:
    return Found(State.NOT_ORDERED, reason, order_id=order_id, changed=True)


def would_not(reason: ReasonCode, *codes: int, order_id: str = ID, unknown: bool = False) -> Found:
    return Found(State.NOT_ORDERED, reason, order_id=order_id, problem=codes, unknown=unknown)


NOT_ASKED = would_not(ReasonCode.NOT_ASKED)
FORBIDDEN = would_not(ReasonCode.PURCHASE_NOT_ALLOWED)
RESUME_PLACED = Found(State.PENDING, ReasonCode.WOULD_RESUME, placed=True, changed=True)

ORDERS: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "the CA accepts: an order would be placed": (
        {},
        [FITS],
        would(ReasonCode.WOULD_ORDER),
        "costs the price of product 601",
    ),
    "the CA refuses for a certain cause": (
        {},
        [(VALIDATE, refused(1101))],
        would_not(ReasonCode.NOT_ORDERED, 1101),
        "nothing would be ordered",
    ),
    "the id is taken (1012) by our order": (
        {},
        [(VALIDATE, refused(1012)), (LOOK, entries(entry()))],
        would(ReasonCode.WOULD_RESUME),
        "exists and would be resumed",
    ),
    "the id is taken (1012) by another customer": (
        {},
        [(VALIDATE, refused(1012)), (LOOK, entries(entry(customer="other")))],
        would_not(ReasonCode.NOT_ORDERED),
        "the CA has it for customer other",
    ),
    "the id is taken (1012) and the look fails": (
        {},
        [(VALIDATE, refused(1012)), (LOOK, not_received)],
        would_not(ReasonCode.NOT_ASKED, 1012, unknown=True),
        "",
    ),
    "the key was used (1032): our order is found by its id": (
        {},
        [(VALIDATE, refused(1032)), (LOOK, entries(entry()))],
        would(ReasonCode.WOULD_RESUME),
        "",
    ),
    "the key was used (1032) for another order": (
        {},
        [(VALIDATE, refused(1032)), (LOOK, refused(1033))],
        would_not(ReasonCode.NOT_ORDERED, 1032),
        "",
    ),
    "an earlier run may have sent it: any refusal leads to a look": (
        PERHAPS,
        [(VALIDATE, refused(1101)), (LOOK, entries(entry()))],
        would(ReasonCode.WOULD_RESUME),
        "",
    ),
    "not received": ({}, [(VALIDATE, not_received)], NOT_ASKED, "no connection"),
    "no answer: nothing is looked for, because nothing was sent": (
        {},
        [(VALIDATE, lost)],
        replace(NOT_ASKED, unknown=True),
        "",
    ),
    "an unreadable answer": ({}, [(VALIDATE, unreadable)], replace(NOT_ASKED, unknown=True), ""),
    "the service fails inside": ({}, [(VALIDATE, server_fault)], replace(NOT_ASKED, unknown=True), ""),
    "the service does not take the message": ({}, [(VALIDATE, client_fault)], NOT_ASKED, ""),
    "purchase is never: no order would be placed": (NEVER, [(LOOK, refused(1033))], FORBIDDEN, "certum_purchase"),
    "purchase is never: an earlier order would be resumed": (
        NEVER,
        [(LOOK, entries(entry()))],
        would(ReasonCode.WOULD_RESUME),
        "",
    ),
    "the same names are declared twice": (
        {"duplicate_of": "web2/shop"},
        [(LOOK, refused(1033))],
        would_not(ReasonCode.NAMES_DECLARED_TWICE),
        "web2/shop",
    ),
    "it was placed before and is pending": (YES, [(STATE, UNPROVED)], RESUME_PLACED, ""),
    "it was placed before and is about to be issued": (YES, [(STATE, ACCEPTED)], RESUME_PLACED, ""),
    "it was placed before and is issued": (YES, [(STATE, ENROLLED)], RESUME_PLACED, ""),
    "it was placed before and is rejected": (
        YES,
        [(STATE, REJECTED)],
        Found(State.REJECTED, ReasonCode.REJECTED, placed=True, problem=()),
        "was cancelled, or refused by the CA",
    ),
    "it was placed before and waits for staff of the CA: nothing would change": (
        YES,
        [(STATE, progress(ORGANIZATION="REQUIRED"))],
        Found(State.PENDING, ReasonCode.WAITING_FOR_PEOPLE, placed=True),
        "decide about ORGANIZATION",
    ),
    "it was placed before and waits for a mailed link: nothing would change": (
        {**YES, "method": ValidationMethod.ADMIN},
        [(STATE, UNPROVED)],
        Found(State.PENDING, ReasonCode.WAITING_FOR_PEOPLE, placed=True),
        "follow the link",
    ),
    "it was placed before, and the account has no such order (1033)": (
        YES,
        [(STATE, refused(1033))],
        Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, problem=(1033,)),
        "the account has no order",
    ),
    "it was placed before, and the CA is not reached": (
        YES,
        [(STATE, not_received)],
        Found(State.PENDING, ReasonCode.RESUMED, placed=True, problem=()),
        "no connection",
    ),
    "it is only looked up, and the CA is not reached": (
        LOOK_UP_ONLY,
        [(STATE, not_received)],
        Found(State.UNKNOWN, ReasonCode.OUTCOME_UNKNOWN, problem=()),
        "",
    ),
}

REISSUES: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "a valid certificate would be reissued": (
        {},
        [BEFORE],
        would(ReasonCode.WOULD_REISSUE, OLD_ID),
        "free of charge",
    ),
    "purchase is never: a reissue is free": (NEVER, [BEFORE], would(ReasonCode.WOULD_REISSUE, OLD_ID), ""),
    "the order has our certificate: resumed": (
        {},
        [(LOOK, entries(OLD_ENTRY, entry(OLD_ID, certificate=OURS)))],
        would(ReasonCode.WOULD_RESUME, OLD_ID),
        "",
    ),
    "an earlier run may have sent it, and one is pending: resumed": (
        PERHAPS,
        [(LOOK, entries(OLD_ENTRY, entry(OLD_ID)))],
        would(ReasonCode.WOULD_RESUME, OLD_ID),
        "",
    ),
    "the certificate has expired": (
        {},
        [(LOOK, entries(entry(OLD_ID, certificate=EXPIRED)))],
        would_not(ReasonCode.NOT_ORDERED, order_id=OLD_ID),
        "error 2093",
    ),
    "the certificate was revoked": (
        {},
        [(LOOK, entries(entry(OLD_ID, certificate=REVOKED)))],
        would_not(ReasonCode.NOT_ORDERED, order_id=OLD_ID),
        "error 2094",
    ),
    "the order cannot be read": (
        {},
        [(LOOK, not_received)],
        would_not(ReasonCode.NOT_ASKED, order_id=OLD_ID),
        "no connection",
    ),
    "the reissue was sent before": (YES, [(STATE, UNPROVED)], replace(RESUME_PLACED, order_id=OLD_ID), ""),
}

RENEWALS: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "a certificate would be renewed": (
        {},
        [READ_OLD],
        would(ReasonCode.WOULD_RENEW, ""),
        "costs the price of product 606",
    ),
    "purchase is renew_only: it would be renewed": (
        {"purchase": PurchasePolicy.RENEW_ONLY},
        [READ_OLD],
        would(ReasonCode.WOULD_RENEW, ""),
        "",
    ),
    "purchase is never: it would not be renewed": (NEVER, [READ_OLD], replace(FORBIDDEN, order_id=""), ""),
    "the CSR has the key of the certificate": (
        {},
        [(FORMER, certificate_answer(OURS))],
        would_not(ReasonCode.NOT_ORDERED, order_id=""),
        "error 1032",
    ),
    "the certificate cannot be read": (
        {},
        [(FORMER, not_received)],
        would_not(ReasonCode.NOT_ASKED, order_id=""),
        "no connection",
    ),
    "an earlier run may have sent it: found, and resumed": (
        PERHAPS,
        [READ_OLD, (ACCOUNT, entries(OUR_RENEWAL))],
        would(ReasonCode.WOULD_RESUME, ""),
        NEW_ID,
    ),
    "an earlier run may have sent it: not found, it would be renewed": (
        PERHAPS,
        [READ_OLD, (ACCOUNT, entries(OLD_ENTRY))],
        would(ReasonCode.WOULD_RENEW, ""),
        "",
    ),
    "it was placed before, and is gone": (
        YES,
        [READ_OLD, (ACCOUNT, entries(OLD_ENTRY))],
        Found(State.REJECTED, ReasonCode.REJECTED, order_id="", problem=()),
        "is pending any more",
    ),
    "it is only looked up, and nothing is there": (
        LOOK_UP_ONLY,
        [READ_OLD, (ACCOUNT, entries(OLD_ENTRY))],
        Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, order_id=""),
        "there is no renewal",
    ),
    "it is only looked up, and a pending order may be it": (
        LOOK_UP_ONLY,
        [READ_OLD, (ACCOUNT, entries(PENDING_RENEWAL)), (NAMES, names_are("REQUIRED"))],
        would_not(ReasonCode.NOT_ASKED, order_id="", unknown=True),
        "no answer shows for which key",
    ),
}

ROWS = [
    pytest.param(task, *row, id=f"{task}: {situation}")
    for task, table in ((Task.ORDER, ORDERS), (Task.REISSUE, REISSUES), (Task.RENEW, RENEWALS))
    for situation, row in table.items()
]


@pytest.mark.parametrize(("task", "changes", "conversation", "expected", "words"), ROWS)
def test_predicting(
    task: Task, changes: dict[str, Any], conversation: Conversation, expected: Found, words: str
) -> None:
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = predict(api, MAKERS[task](**changes))

    assert found_in(outcome) == expected
    assert words in words_of(outcome)
    assert set(api.operations) <= READS


@pytest.mark.parametrize(
    ("task", "operation"), [(Task.ORDER, VALIDATE), (Task.REISSUE, LOOK), (Task.RENEW, FORMER)], ids=str
)
def test_refused_account_ends_a_prediction(task: Task, operation: ApiOperation) -> None:
    with ScriptedClient([(operation, bad_password)], now=NOW) as api, pytest.raises(AuthenticationError):
        predict(api, MAKERS[task]())


def test_refused_account_ends_the_prediction_of_a_placed_order() -> None:
    with ScriptedClient([(STATE, bad_password)], now=NOW) as api, pytest.raises(AuthenticationError):
        predict(api, order(**YES))


def test_prediction_asks_about_the_order_that_would_be_sent() -> None:
    with ScriptedClient([FITS], now=NOW) as api:
        predict(api, order())

    assert api.requests(VALIDATE) == [order().message()]


def test_pending_renewal_of_another_certificate_is_not_ours() -> None:
    """As in a run: an order that is known to be for one certificate is not taken for that of another."""
    other = MAKERS[Task.RENEW](**YES, order_id=NEW_ID)
    ours = MAKERS[Task.RENEW](**LOOK_UP_ONLY)
    with ScriptedClient([(STATE, UNPROVED), READ_OLD, (ACCOUNT, entries(PENDING_RENEWAL))], now=NOW) as api:
        _known, outcome = predict_all(api, [other, ours])

    assert found_in(outcome) == Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, order_id="")
