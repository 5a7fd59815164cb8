# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renewing: the paid order with an id of the CA is found by its key, or sent once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import PurchasePolicy, Sent, State
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import AuthenticationError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import RenewalRequest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import GetOrdersRequest
from ansible_collections.certops.certum.tests.support.scripted_client import (
    ScriptedClient,
    bad_password,
    client_fault,
    lost,
    not_received,
    refused,
    server_fault,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    CODE,
    CUSTOMER,
    EXPIRED,
    NEW_ID,
    NOW,
    OLD,
    OLD_ID,
    OLD_SERIAL,
    OTHER_ID,
    OURS,
    RENEWAL,
    Found,
    certificate_answer,
    entries,
    entry,
    found_in,
    names_are,
    order,
    renewal,
    renewed,
    words_of,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

RENEW, FORMER, ACCOUNT, NAMES = (
    ApiOperation.RENEW_CERTIFICATE,
    ApiOperation.GET_CERTIFICATE,
    ApiOperation.GET_ORDERS_BY_DATE_RANGE,
    ApiOperation.GET_SAN_VERIFICATION_STATE,
)

READ_OLD = (FORMER, certificate_answer(OLD))
OLD_ENTRY = entry(OLD_ID, certificate=OLD)
OUR_RENEWAL = entry(NEW_ID, product=RENEWAL, certificate=OURS)
PENDING = entry(NEW_ID, product=RENEWAL)
PENDING_TOO = entry(OTHER_ID, product=RENEWAL)
OUR_NAMES, OTHER_NAMES = names_are("REQUIRED"), names_are("REQUIRED", fqdns=("bank.example.com",))

RENEWED = Found(State.PENDING, ReasonCode.RENEWED, order_id=NEW_ID, placed=True, changed=True, code=CODE)
FOUND_NEW = replace(RENEWED, code=None)
RESUMED = Found(State.PENDING, ReasonCode.RESUMED, order_id=NEW_ID, placed=True)
UNKNOWN = Found(State.UNKNOWN, ReasonCode.OUTCOME_UNKNOWN, order_id="", problem=(), unknown=True)
FORBIDDEN = Found(State.NOT_ORDERED, ReasonCode.PURCHASE_NOT_ALLOWED, order_id="", problem=())
CAME_TO_NOTHING = Found(State.REJECTED, ReasonCode.REJECTED, order_id="", problem=())


def not_ordered(*codes: int) -> Found:
    return Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, order_id="", problem=codes)


ALONE = {"reissue_live_order": True}
PERHAPS, YES, LOOK_UP_ONLY = {"sent": Sent.PERHAPS}, {"sent": Sent.YES}, {"sent": Sent.LOOK_UP_ONLY}
NEVER = {"purchase": PurchasePolicy.NEVER}

RENEWING: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "accepted": ({}, [READ_OLD, (RENEW, renewed())], RENEWED, "costs the price of product 606"),
    "accepted without a code": ({}, [READ_OLD, (RENEW, renewed(None))], FOUND_NEW, ""),
    "purchase is renew_only: it is a next term": (
        {"purchase": PurchasePolicy.RENEW_ONLY},
        [READ_OLD, (RENEW, renewed())],
        RENEWED,
        "",
    ),
    "the same names are declared twice: the next term is no second purchase": (
        {"duplicate_of": "web2/shop"},
        [READ_OLD, (RENEW, renewed())],
        RENEWED,
        "",
    ),
    "purchase is never: not sent": (NEVER, [READ_OLD], FORBIDDEN, "certum_purchase"),
    "refused for a certain cause: no look": ({}, [READ_OLD, (RENEW, refused(1166))], not_ordered(1166), ""),
    "not received: no look": ({}, [READ_OLD, (RENEW, not_received)], not_ordered(), "no connection"),
    "the service does not take the message: no look": ({}, [READ_OLD, (RENEW, client_fault)], not_ordered(), ""),
    "the key was used (1032): found by its certificate": (
        {},
        [READ_OLD, (RENEW, refused(1032)), (ACCOUNT, entries(OLD_ENTRY, OUR_RENEWAL))],
        RESUMED,
        "an earlier run placed it",
    ),
    "the key was used (1032): the only pending order must be it": (
        {},
        [READ_OLD, (RENEW, refused(1032)), (ACCOUNT, entries(OLD_ENTRY, PENDING)), (NAMES, OUR_NAMES)],
        RESUMED,
        "",
    ),
    "the key was used (1032): names that no answer shows may be ours": (
        {},
        [READ_OLD, (RENEW, refused(1032)), (ACCOUNT, entries(PENDING)), (NAMES, refused(1176))],
        RESUMED,
        "",
    ),
    "the key was used (1032): two pending orders may be it": (
        {},
        [
            READ_OLD,
            (RENEW, refused(1032)),
            (ACCOUNT, entries(PENDING, PENDING_TOO)),
            (NAMES, OUR_NAMES),
            (NAMES, OUR_NAMES),
        ],
        UNKNOWN,
        f"orders {NEW_ID}, {OTHER_ID}",
    ),
    "the key was used (1032): of two pending orders one has other names": (
        {},
        [
            READ_OLD,
            (RENEW, refused(1032)),
            (ACCOUNT, entries(PENDING_TOO, PENDING)),
            (NAMES, OTHER_NAMES),
            (NAMES, OUR_NAMES),
        ],
        RESUMED,
        "",
    ),
    "the key was used (1032): nothing is found": (
        {},
        [READ_OLD, (RENEW, refused(1032)), (ACCOUNT, entries(OLD_ENTRY))],
        not_ordered(1032),
        "",
    ),
    "the key was used (1032): the account cannot be read": (
        {},
        [READ_OLD, (RENEW, refused(1032)), (ACCOUNT, not_received)],
        UNKNOWN,
        "it is unknown for which order",
    ),
    "outcome unknown, then found by its certificate": (
        {},
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(OUR_RENEWAL))],
        FOUND_NEW,
        "",
    ),
    "the service failed inside, then found by its certificate": (
        {},
        [READ_OLD, (RENEW, server_fault), (ACCOUNT, entries(OUR_RENEWAL))],
        FOUND_NEW,
        "",
    ),
    "outcome unknown, then nothing": (
        {},
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(OLD_ENTRY))],
        UNKNOWN,
        "the CA shows no such order so far",
    ),
    "outcome unknown, then the account cannot be read": (
        {},
        [READ_OLD, (RENEW, lost), (ACCOUNT, lost)],
        UNKNOWN,
        "the search for its order failed",
    ),
    "outcome unknown: a pending order of a shared customer may be another's": (
        {},
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(PENDING)), (NAMES, OUR_NAMES)],
        UNKNOWN,
        "no answer shows for which key",
    ),
    "outcome unknown: the pending order of a customer of its own is it": (
        ALONE,
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(PENDING)), (NAMES, OUR_NAMES)],
        FOUND_NEW,
        "",
    ),
    "outcome unknown: a pending order for other names is not it": (
        ALONE,
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(PENDING)), (NAMES, OTHER_NAMES)],
        UNKNOWN,
        "the CA shows no such order",
    ),
    "outcome unknown: an order of another certificate is not it": (
        {**ALONE, "taken": frozenset({NEW_ID})},
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(PENDING))],
        UNKNOWN,
        "the CA shows no such order",
    ),
    "outcome unknown: an order of another product is not it": (
        ALONE,
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(entry(NEW_ID, product="601")))],
        UNKNOWN,
        "the CA shows no such order",
    ),
    "outcome unknown: an order of another customer is not it": (
        ALONE,
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(entry(NEW_ID, product=RENEWAL, customer="other")))],
        UNKNOWN,
        "the CA shows no such order",
    ),
    "outcome unknown: a rejected order is not it": (
        ALONE,
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(entry(NEW_ID, product=RENEWAL, state="REJECTED")))],
        UNKNOWN,
        "the CA shows no such order",
    ),
    "outcome unknown: a pending reissue is not it": (
        ALONE,
        [READ_OLD, (RENEW, lost), (ACCOUNT, entries(PENDING, entry(NEW_ID, product=RENEWAL, certificate=OLD)))],
        UNKNOWN,
        "the CA shows no such order",
    ),
    "the CSR has the key of the former certificate: not sent": (
        {},
        [(FORMER, certificate_answer(OURS))],
        not_ordered(),
        "error 1032",
    ),
    "the CSR has another common name: not sent": (
        {"request": order("new.example.com").request},
        [READ_OLD],
        not_ordered(),
        "error 1168",
    ),
    "the CA does not know the former certificate: not sent": (
        {},
        [(FORMER, refused(1133))],
        not_ordered(1133),
        "",
    ),
    "the CA names no former certificate: not sent": (
        {},
        [(FORMER, certificate_answer(None))],
        not_ordered(),
        "reports no such certificate",
    ),
    "the former certificate cannot be read: not sent": ({}, [(FORMER, not_received)], not_ordered(), "no connection"),
    "the host declares other names than the former certificate has: not sent": (
        {"declared": frozenset({"bank.example.com"})},
        [READ_OLD],
        not_ordered(),
        "not declared for shop",
    ),
    "an earlier run may have sent it: found": (
        PERHAPS,
        [READ_OLD, (ACCOUNT, entries(OUR_RENEWAL))],
        RESUMED,
        "was placed by an earlier run",
    ),
    "an earlier run may have sent it: not found, so it is sent": (
        PERHAPS,
        [READ_OLD, (ACCOUNT, entries(OLD_ENTRY)), (RENEW, renewed())],
        RENEWED,
        "",
    ),
    "an earlier run may have sent it: the CA settles a doubt": (
        PERHAPS,
        [
            READ_OLD,
            (ACCOUNT, entries(PENDING)),
            (NAMES, OUR_NAMES),
            (RENEW, refused(1032)),
            (ACCOUNT, entries(PENDING)),
            (NAMES, OUR_NAMES),
        ],
        RESUMED,
        "",
    ),
    "an earlier run used the key up in vain": (
        PERHAPS,
        [READ_OLD, (ACCOUNT, entries()), (RENEW, refused(1032)), (ACCOUNT, entries())],
        CAME_TO_NOTHING,
        "The key stays used",
    ),
    "an earlier run may have sent it, and the account cannot be read: not sent": (
        PERHAPS,
        [READ_OLD, (ACCOUNT, not_received)],
        replace(UNKNOWN, unknown=False),
        "no connection",
    ),
    "an earlier run may have sent it, and the former certificate is refused": (
        PERHAPS,
        [(FORMER, refused(1133))],
        replace(UNKNOWN, problem=(1133,)),
        "It is unknown whether an earlier run ordered the renewal",
    ),
    "an earlier run may have sent it, and purchase is never: found": (
        {**PERHAPS, **NEVER},
        [READ_OLD, (ACCOUNT, entries(OUR_RENEWAL))],
        RESUMED,
        "",
    ),
    "an earlier run may have sent it, and purchase is never: not found": (
        {**PERHAPS, **NEVER},
        [READ_OLD, (ACCOUNT, entries())],
        replace(FORBIDDEN, state=State.UNKNOWN, unknown=True),
        "Nothing was purchased",
    ),
    "it was placed before, under an id that is not known: found": (
        YES,
        [READ_OLD, (ACCOUNT, entries(OUR_RENEWAL))],
        RESUMED,
        "",
    ),
    "it was placed before, and is gone": (
        YES,
        [READ_OLD, (ACCOUNT, entries(OLD_ENTRY))],
        CAME_TO_NOTHING,
        "is pending any more",
    ),
    "it was placed before, under a known id: no call": (
        {**YES, "order_id": NEW_ID},
        [],
        RESUMED,
        "was placed before",
    ),
    "it is only looked up: found": (LOOK_UP_ONLY, [READ_OLD, (ACCOUNT, entries(OUR_RENEWAL))], RESUMED, ""),
    "it is only looked up: nothing is there": (
        LOOK_UP_ONLY,
        [READ_OLD, (ACCOUNT, entries())],
        replace(not_ordered(), problem=None),
        "there is no renewal",
    ),
    "it is only looked up, and a pending order may be it": (
        LOOK_UP_ONLY,
        [READ_OLD, (ACCOUNT, entries(PENDING)), (NAMES, OUR_NAMES)],
        UNKNOWN,
        "no answer shows for which key",
    ),
}


@pytest.mark.parametrize(("changes", "conversation", "expected", "words"), RENEWING.values(), ids=RENEWING)
def test_renewing(changes: dict[str, Any], conversation: Conversation, expected: Found, words: str) -> None:
    changes = dict(changes)
    taken = changes.pop("taken", frozenset())
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = Obtain(api=api, trigger=True, taken=taken).start(renewal(**changes)).outcome

    assert found_in(outcome) == expected
    assert words in words_of(outcome)


@pytest.mark.parametrize(
    "conversation",
    [
        pytest.param([(FORMER, bad_password)], id="while the former certificate is read"),
        pytest.param([READ_OLD, (RENEW, bad_password)], id="while the renewal is sent"),
    ],
)
def test_refused_account_ends_a_renewal(conversation: Conversation) -> None:
    with ScriptedClient(conversation, now=NOW) as api, pytest.raises(AuthenticationError):
        Obtain(api=api, trigger=True).start(renewal())


def test_renewal_names_certificate_customer_and_renewal_code() -> None:
    with ScriptedClient([READ_OLD, (RENEW, renewed())], now=NOW) as api:
        Obtain(api=api, trigger=True).start(renewal())
    (sent,) = api.requests(RENEW)

    assert isinstance(sent, RenewalRequest)
    assert (sent.serial_number, sent.customer, sent.product_code) == (OLD_SERIAL, CUSTOMER, RENEWAL)


def test_renewal_is_looked_for_since_the_former_certificate() -> None:
    """A renewal is newer than what it follows; a day more, because clocks differ."""
    with ScriptedClient([READ_OLD, (RENEW, lost), (ACCOUNT, entries(OUR_RENEWAL))], now=NOW) as api:
        Obtain(api=api, trigger=True).start(renewal())
    (asked,) = api.requests(ACCOUNT)

    assert isinstance(asked, GetOrdersRequest)
    assert (OLD.start_date - asked.from_date).days == 1
    assert asked.to_date > NOW


def test_expired_certificate_is_left_to_the_ca() -> None:
    """Whether the CA renews an expired certificate is unknown, so it is asked."""
    with ScriptedClient([(FORMER, certificate_answer(EXPIRED)), (RENEW, refused(2093))], now=NOW) as api:
        outcome = Obtain(api=api, trigger=True).start(renewal()).outcome

    assert found_in(outcome) == not_ordered(2093)
