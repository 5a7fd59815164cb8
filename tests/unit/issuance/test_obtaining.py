# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Obtaining: from a placed order to its certificate, as far as one run comes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Sent, State, ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import IssuedCertificate
from ansible_collections.certops.certum.tests.support.scripted_client import (
    ScriptedClient,
    StandInClient,
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
    CODE,
    ENROLLED,
    ID,
    NEW_ID,
    NOW,
    OUR_KEY,
    OURS,
    REJECTED,
    STRANGE,
    Found,
    certificate,
    certificate_answer,
    entries,
    entry,
    found_in,
    names_are,
    obtain,
    order,
    placed,
    progress,
    renewal,
    words_of,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import OrderProgress
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

ORDER, STATE, LOOK, FETCH = (
    ApiOperation.QUICK_ORDER,
    ApiOperation.GET_ORDER_STATE,
    ApiOperation.GET_ORDER_BY_ORDER_ID,
    ApiOperation.GET_CERTIFICATE,
)

SENT = {"sent": Sent.YES}
PLACED_WITHOUT_CODE = (ORDER, placed(None))
ISSUED_ENTRY = (LOOK, entries(entry(certificate=OURS)))
FETCHED = (FETCH, certificate_answer())
WAIT = (STATE, ACCEPTED)
UNTIL_ISSUED: Conversation = [(STATE, ENROLLED), ISSUED_ENTRY, FETCHED]
PAST = certificate(OUR_KEY, age=200)

ISSUED = Found(State.ISSUED, ReasonCode.ISSUED, placed=True, changed=True, issued=True)
WAITING = Found(State.PENDING, ReasonCode.WAITING, placed=True)
STOPPED = Found(State.PENDING, ReasonCode.RESUMED, placed=True, problem=())

OBTAINING: dict[str, tuple[dict[str, Any], float, Conversation, Found, str]] = {
    "issued at once": ({}, 0, [PLACED_WITHOUT_CODE, *UNTIL_ISSUED], ISSUED, "was issued, valid until"),
    "a new order has to publish its code first: no look": (
        {},
        60,
        [(ORDER, placed())],
        Found(State.PENDING, ReasonCode.ORDERED, placed=True, changed=True, code=CODE),
        "",
    ),
    "an order of an earlier run is issued": (SENT, 0, UNTIL_ISSUED, ISSUED, OURS.serial_number),
    "pending without waiting: one look": (SENT, 0, [WAIT], WAITING, "waits for the CA to issue; run again to continue"),
    "pending until the deadline: a last look at it": (SENT, 1, [WAIT] * 4, WAITING, ""),
    "issued while the run waits": (SENT, 60, [WAIT, WAIT, *UNTIL_ISSUED], ISSUED, ""),
    "a state that no source knows is waited for": (SENT, 60, [(STATE, progress("ON_HOLD")), *UNTIL_ISSUED], ISSUED, ""),
    "the CA has not begun: it is waited for": (SENT, 60, [(STATE, progress("AWAITING")), *UNTIL_ISSUED], ISSUED, ""),
    "not received while waiting: the run goes on": (SENT, 60, [WAIT, (STATE, not_received), *UNTIL_ISSUED], ISSUED, ""),
    "no answer while waiting: the run goes on": (SENT, 60, [(STATE, lost), (STATE, lost), *UNTIL_ISSUED], ISSUED, ""),
    "the service fails while waiting: the run goes on": (SENT, 60, [(STATE, server_fault), *UNTIL_ISSUED], ISSUED, ""),
    "no answer while the certificate is fetched: the run goes on": (
        SENT,
        60,
        [(STATE, ENROLLED), ISSUED_ENTRY, (FETCH, lost), *UNTIL_ISSUED],
        ISSUED,
        "",
    ),
    "after no answer the next look comes three seconds later": (
        SENT,
        4.1,
        [(STATE, not_received), WAIT, WAIT],
        WAITING,
        "",
    ),
    "no answer until the deadline: a problem, and the order stays": (
        SENT,
        0.2,
        [(STATE, not_received)],
        STOPPED,
        "no connection",
    ),
    "an order that was just placed stays placed when the CA is gone": (
        {},
        0,
        [PLACED_WITHOUT_CODE, (STATE, not_received)],
        replace(STOPPED, reason=ReasonCode.ORDERED, changed=True),
        "no connection",
    ),
    "an unreadable answer ends the run": (SENT, 60, [(STATE, unreadable)], replace(STOPPED, unknown=True), "HTML page"),
    "a message that is not taken ends the run": (SENT, 60, [(STATE, client_fault)], STOPPED, "SOAP fault"),
    "a refused account ends the run": (SENT, 60, [(STATE, bad_password)], STOPPED, "password"),
    "a refusal ends the run": (SENT, 60, [(STATE, refused(1155))], replace(STOPPED, problem=(1155,)), ""),
    "rejected: the key stays used": (
        SENT,
        60,
        [(STATE, REJECTED)],
        Found(State.REJECTED, ReasonCode.REJECTED, placed=True, problem=()),
        "The order id and the key stay used",
    ),
    "a renewal is rejected": (
        {"renewal": NEW_ID, **SENT},
        60,
        [(STATE, REJECTED)],
        Found(State.REJECTED, ReasonCode.REJECTED, order_id=NEW_ID, placed=True, problem=()),
        f"renewal order {NEW_ID} was cancelled, or refused by the CA",
    ),
    "the account has no such order (1033)": (
        SENT,
        60,
        [(STATE, refused(1033))],
        Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, problem=(1033,)),
        "the environment (production or test)",
    ),
    "the CA does not show a new order yet (1033): it stays placed": (
        {},
        60,
        [PLACED_WITHOUT_CODE, (STATE, refused(1033))],
        replace(STOPPED, reason=ReasonCode.ORDERED, changed=True, problem=(1033,)),
        "",
    ),
    "it is only looked up, and there is none (1033)": (
        {"sent": Sent.LOOK_UP_ONLY},
        60,
        [(STATE, refused(1033))],
        Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, problem=(1033,)),
        "the account has no order",
    ),
    "it is only looked up, and the CA is not reached: outcome unknown": (
        {"sent": Sent.LOOK_UP_ONLY},
        0,
        [(STATE, not_received)],
        Found(State.UNKNOWN, ReasonCode.OUTCOME_UNKNOWN, problem=()),
        "",
    ),
    "it is only looked up, was seen, and the CA is gone: pending": (
        {"sent": Sent.LOOK_UP_ONLY},
        0.2,
        [WAIT, (STATE, not_received)],
        STOPPED,
        "",
    ),
    "issued with another key": (
        SENT,
        60,
        [(STATE, ENROLLED), (LOOK, entries(entry(certificate=STRANGE))), (FETCH, certificate_answer(STRANGE))],
        STOPPED,
        "is for another key than that of the CSR",
    ),
    "of two certificates of the order ours is fetched": (
        SENT,
        60,
        [(STATE, ENROLLED), (LOOK, entries(entry(certificate=OURS), entry(certificate=STRANGE))), FETCHED],
        ISSUED,
        OURS.serial_number,
    ),
    "issued, and the order names no certificate": (
        SENT,
        60,
        [(STATE, ENROLLED), (LOOK, entries(entry()))],
        STOPPED,
        "names no certificate",
    ),
    "issued, and the CA sends no certificate": (
        SENT,
        60,
        [(STATE, ENROLLED), ISSUED_ENTRY, (FETCH, certificate_answer(None))],
        STOPPED,
        f"sent no certificate {OURS.serial_number}",
    ),
    "issued, and the CA sends no chain": (
        SENT,
        60,
        [(STATE, ENROLLED), ISSUED_ENTRY, (FETCH, IssuedCertificate(certificate_details=OURS))],
        STOPPED,
        "sent no certificate of the issuer",
    ),
    "issued long ago and expired since": (
        SENT,
        60,
        [(STATE, ENROLLED), (LOOK, entries(entry(certificate=PAST))), (FETCH, certificate_answer(PAST))],
        Found(State.REJECTED, ReasonCode.CERTIFICATE_EXPIRED, placed=True, problem=()),
        PAST.serial_number,
    ),
    "an automatic check failed: the message has the remedy": (
        SENT,
        0.1,
        [
            *[(STATE, progress(SYSTEM="FAILED"))] * 2,
            (ApiOperation.GET_SAN_VERIFICATION_STATE, names_are("VERIFIED", "CAA")),
        ],
        replace(WAITING, problem=()),
        "fails the CA's CAA check",
    ),
}


@pytest.mark.parametrize(("changes", "seconds", "conversation", "expected", "words"), OBTAINING.values(), ids=OBTAINING)
def test_obtaining(
    changes: dict[str, Any], seconds: float, conversation: Conversation, expected: Found, words: str
) -> None:
    changes = dict(changes)
    renewed = changes.pop("renewal", None)
    wanted = renewal(order_id=renewed, **changes) if renewed else order(**changes)
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = obtain(api, wanted, seconds=seconds)

    assert found_in(outcome) == expected
    assert words in words_of(outcome)


def test_fetched_certificate_has_its_chain() -> None:
    with ScriptedClient(UNTIL_ISSUED, now=NOW) as api:
        issued = obtain(api, order(**SENT)).issued

    assert issued is not None
    assert issued.facts.public_key_sha256 == order().request.public_key_sha256
    assert len(issued.chain) == 1


@pytest.mark.parametrize(
    ("state", "method", "looks", "reason", "words"),
    [
        pytest.param(
            progress(ORGANIZATION="REQUIRED"),
            ValidationMethod.FILE,
            10,
            ReasonCode.WAITING_FOR_PEOPLE,
            "decide about ORGANIZATION",
            id="staff of the CA decides: one look a minute",
        ),
        pytest.param(
            progress(EMAIL="REQUIRED"),
            ValidationMethod.FILE,
            10,
            ReasonCode.WAITING_FOR_PEOPLE,
            "follow the link",
            id="the mailbox holder acts: one look a minute",
        ),
        pytest.param(
            progress(ORGANIZATION="FAILED"),
            ValidationMethod.FILE,
            10,
            ReasonCode.WAITING_FOR_PEOPLE,
            "The CA did not accept ORGANIZATION",
            id="staff of the CA is not satisfied: one look a minute",
        ),
        pytest.param(
            progress(ORGANIZATION="REQUIRED", SYSTEM="REQUIRED"),
            ValidationMethod.FILE,
            17,
            ReasonCode.WAITING,
            "the CA's automatic checks",
            id="machines act as well: the usual looks",
        ),
        pytest.param(ACCEPTED, ValidationMethod.FILE, 17, ReasonCode.WAITING, "", id="the CA issues: the usual looks"),
    ],
)
def test_people_are_not_looked_after_at_the_pace_of_machines(
    state: OrderProgress, method: ValidationMethod, looks: int, reason: ReasonCode, words: str
) -> None:
    api = StandInClient(lambda operation: state, now=NOW)

    outcome = obtain(api, order(**SENT, method=method), seconds=600)

    assert (api.count(STATE), outcome.reason.code) == (looks, reason)
    assert words in outcome.reason.text


def test_order_is_asked_for_by_its_id() -> None:
    with ScriptedClient(UNTIL_ISSUED, now=NOW) as api:
        obtain(api, order(**SENT))
    (asked,) = api.requests(FETCH)

    assert [getattr(request, "order_id", None) for _operation, request in api.calls] == [ID, ID, None]
    assert getattr(asked, "serial_number", None) == OURS.serial_number
