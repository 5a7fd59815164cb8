# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reissuing: another certificate in the same order, known by the entries of the order before and after."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import PurchasePolicy, Sent, State
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.products import find
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import AuthenticationError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import ReissueRequest
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
    DONE,
    ENROLLED,
    EXPIRED,
    NEWER,
    NOW,
    OLD,
    OLD_ID,
    OLD_SERIAL,
    OURS,
    REJECTED,
    REVOKED,
    Found,
    certificate_answer,
    entries,
    entry,
    found_in,
    names_are,
    obtain,
    placed,
    reissue,
    words_of,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

REISSUE, LOOK, STATE, NAMES, FETCH, TRIGGER = (
    ApiOperation.REISSUE_CERTIFICATE,
    ApiOperation.GET_ORDER_BY_ORDER_ID,
    ApiOperation.GET_ORDER_STATE,
    ApiOperation.GET_SAN_VERIFICATION_STATE,
    ApiOperation.GET_CERTIFICATE,
    ApiOperation.PERFORM_SAN_VERIFICATION,
)

FORMER = entry(OLD_ID, certificate=OLD)
OUR_ENTRY = entry(OLD_ID, certificate=OURS)
PENDING = entry(OLD_ID)
REFUSED_ENTRY = entry(OLD_ID, state="REJECTED")
BEFORE = (LOOK, entries(FORMER))

REISSUED = Found(State.PENDING, ReasonCode.REISSUED, order_id=OLD_ID, placed=True, changed=True, code=CODE)
FOUND_NEW = replace(REISSUED, code=None)
RESUMED = Found(State.PENDING, ReasonCode.RESUMED, order_id=OLD_ID, placed=True)
UNKNOWN = Found(State.UNKNOWN, ReasonCode.OUTCOME_UNKNOWN, order_id=OLD_ID, problem=(), unknown=True)


def not_reissued(*codes: int) -> Found:
    return Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, order_id=OLD_ID, problem=codes)


PERHAPS = {"sent": Sent.PERHAPS}
ANSWER = placed(order_id=OLD_ID)

REISSUING: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "accepted": ({}, [BEFORE, (REISSUE, ANSWER)], REISSUED, "free of charge"),
    "accepted without a code": ({}, [BEFORE, (REISSUE, placed(None, order_id=OLD_ID))], FOUND_NEW, ""),
    "purchase is never: a reissue is free": (
        {"purchase": PurchasePolicy.NEVER},
        [BEFORE, (REISSUE, ANSWER)],
        REISSUED,
        "",
    ),
    "the order has a certificate for our key already": ({}, [(LOOK, entries(FORMER, OUR_ENTRY))], RESUMED, ""),
    "the newest certificate has another key: it is reissued": (
        {},
        [(LOOK, entries(entry(OLD_ID, certificate=NEWER), FORMER)), (REISSUE, ANSWER)],
        REISSUED,
        NEWER.serial_number,
    ),
    "a reissue of another run is pending (2094)": (
        {},
        [(LOOK, entries(FORMER, PENDING)), (REISSUE, refused(2094))],
        not_reissued(2094),
        "already has a pending reissue",
    ),
    "a reissue of another run is pending, and the CA refuses for another cause": (
        {},
        [(LOOK, entries(FORMER, PENDING)), (REISSUE, refused(2188))],
        not_reissued(2188),
        "error 2188",
    ),
    "not eligible (2094) and none is pending": ({}, [BEFORE, (REISSUE, refused(2094))], not_reissued(2094), ""),
    "refused for a certain cause: no look": ({}, [BEFORE, (REISSUE, refused(2188))], not_reissued(2188), ""),
    "not received: no look": ({}, [BEFORE, (REISSUE, not_received)], not_reissued(), "no connection"),
    "the service does not take the message: no look": ({}, [BEFORE, (REISSUE, client_fault)], not_reissued(), ""),
    "the key was used (1032): the order has its certificate now": (
        {},
        [BEFORE, (REISSUE, refused(1032)), (LOOK, entries(FORMER, OUR_ENTRY))],
        RESUMED,
        "",
    ),
    "the key was used (1032): the order has a pending entry now": (
        {},
        [BEFORE, (REISSUE, refused(1032)), (LOOK, entries(FORMER, PENDING))],
        RESUMED,
        "",
    ),
    "the key was used (1032) elsewhere": (
        {},
        [BEFORE, (REISSUE, refused(1032)), BEFORE],
        not_reissued(1032),
        "",
    ),
    "the key was used (1032) and the look fails: outcome unknown": (
        {},
        [BEFORE, (REISSUE, refused(1032)), (LOOK, not_received)],
        UNKNOWN,
        "it is unknown for which order",
    ),
    "outcome unknown, then a pending entry": (
        {},
        [BEFORE, (REISSUE, lost), (LOOK, entries(FORMER, PENDING))],
        FOUND_NEW,
        "",
    ),
    "outcome unknown, then our certificate": (
        {},
        [BEFORE, (REISSUE, lost), (LOOK, entries(FORMER, OUR_ENTRY))],
        FOUND_NEW,
        "",
    ),
    "the service failed inside, then a pending entry": (
        {},
        [BEFORE, (REISSUE, server_fault), (LOOK, entries(FORMER, PENDING))],
        FOUND_NEW,
        "",
    ),
    "outcome unknown, then the same entries as before": (
        {},
        [BEFORE, (REISSUE, lost), BEFORE],
        UNKNOWN,
        "the CA shows no such order so far",
    ),
    "outcome unknown, then a rejected entry": (
        {},
        [BEFORE, (REISSUE, lost), (LOOK, entries(FORMER, REFUSED_ENTRY))],
        UNKNOWN,
        "the CA shows no such order so far",
    ),
    "outcome unknown, then the look fails": (
        {},
        [BEFORE, (REISSUE, lost), (LOOK, lost)],
        UNKNOWN,
        "the search for its order failed",
    ),
    "the order has no certificate yet: not sent": (
        {},
        [(LOOK, entries(PENDING))],
        not_reissued(),
        "no certificate yet",
    ),
    "there is no such order (1033): not sent": ({}, [(LOOK, refused(1033))], not_reissued(1033), ""),
    "the order cannot be read: not sent": ({}, [(LOOK, not_received)], not_reissued(), "no connection"),
    "the certificate has expired: not sent": (
        {},
        [(LOOK, entries(entry(OLD_ID, certificate=EXPIRED)))],
        not_reissued(),
        "error 2093",
    ),
    "the certificate was revoked: not sent": (
        {},
        [(LOOK, entries(entry(OLD_ID, certificate=REVOKED)))],
        not_reissued(),
        "error 2094",
    ),
    "the newest was revoked, and the host has an older one: not sent": (
        {"predecessor": NEWER.serial_number},
        [(LOOK, entries(entry(OLD_ID, certificate=REVOKED)))],
        not_reissued(),
        f"The certificate on disk is {NEWER.serial_number}",
    ),
    "the host declares other names than the certificate has: not sent": (
        {"declared": frozenset({"bank.example.com"})},
        [BEFORE],
        not_reissued(),
        "not declared for shop",
    ),
    "an earlier run may have sent it: a pending entry is it": (
        PERHAPS,
        [(LOOK, entries(FORMER, PENDING))],
        RESUMED,
        "was reissued by an earlier run",
    ),
    "an earlier run may have sent it: our certificate is it": (
        PERHAPS,
        [(LOOK, entries(FORMER, OUR_ENTRY))],
        RESUMED,
        "",
    ),
    "an earlier run may have sent it: the same entries as before, so it is sent": (
        PERHAPS,
        [BEFORE, (REISSUE, ANSWER)],
        REISSUED,
        "",
    ),
    "an earlier run used the key up in vain": (
        PERHAPS,
        [BEFORE, (REISSUE, refused(1032)), BEFORE],
        Found(State.REJECTED, ReasonCode.REJECTED, order_id=OLD_ID, problem=()),
        "The key stays used",
    ),
    "an earlier run may have sent it, and the order cannot be read: not sent": (
        PERHAPS,
        [(LOOK, not_received)],
        replace(UNKNOWN, unknown=False),
        "",
    ),
    "it was sent before: no call": ({"sent": Sent.YES}, [], RESUMED, "was placed before"),
    "it is only looked up: no call that reissues": ({"sent": Sent.LOOK_UP_ONLY}, [], RESUMED, ""),
    "it was sent before, and the order has the declared names": (
        {"sent": Sent.YES, "declared": frozenset(OLD.dns_names)},
        [BEFORE],
        RESUMED,
        "",
    ),
    "it was sent before, says a host, and the order has other names": (
        {"sent": Sent.YES, "declared": frozenset({"bank.example.com"})},
        [BEFORE],
        not_reissued(),
        "not declared for shop",
    ),
}


@pytest.mark.parametrize(("changes", "conversation", "expected", "words"), REISSUING.values(), ids=REISSUING)
def test_reissuing(changes: dict[str, Any], conversation: Conversation, expected: Found, words: str) -> None:
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = Obtain(api=api, trigger=True).start(reissue(**changes)).outcome

    assert found_in(outcome) == expected
    assert words in words_of(outcome)


@pytest.mark.parametrize(
    "conversation",
    [
        pytest.param([(LOOK, bad_password)], id="while the order is read"),
        pytest.param([BEFORE, (REISSUE, bad_password)], id="while the reissue is sent"),
    ],
)
def test_refused_account_ends_a_reissue(conversation: Conversation) -> None:
    with ScriptedClient(conversation, now=NOW) as api, pytest.raises(AuthenticationError):
        Obtain(api=api, trigger=True).start(reissue())


@pytest.mark.parametrize(
    ("names", "added"),
    [
        pytest.param(("shop.example.com", "www.shop.example.com"), None, id="the same names: none is sent (2130)"),
        pytest.param(("shop.example.com",), None, id="fewer names: none is sent"),
        pytest.param(("shop.example.com", "a.example.com"), ["a.example.com"], id="one more: it alone is sent"),
    ],
)
def test_reissue_sends_only_the_added_names(names: tuple[str, ...], added: list[str] | None) -> None:
    wanted = reissue(names=names, product=find("931"))
    with ScriptedClient([BEFORE, (REISSUE, ANSWER)], now=NOW) as api:
        Obtain(api=api, trigger=True).start(wanted)
    (sent,) = api.requests(REISSUE)

    assert isinstance(sent, ReissueRequest)
    assert sent.serial_number == OLD_SERIAL
    assert sent.csr == wanted.request.pem
    assert (sent.san_entries and [name.dns_name for name in sent.san_entries]) == added


ISSUED = replace(RESUMED, state=State.ISSUED, reason=ReasonCode.ISSUED, changed=True, issued=True)
WAITING = replace(RESUMED, reason=ReasonCode.WAITING)
UNPROVED, PROVED = names_are("REQUIRED"), names_are("VERIFIED")
GONE = Found(State.REJECTED, ReasonCode.REJECTED, order_id=OLD_ID, placed=True, problem=())

AFTERWARDS: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "the order is closed and has our certificate: fetched": (
        {},
        [
            (STATE, ENROLLED),
            (LOOK, entries(FORMER, OUR_ENTRY)),
            (FETCH, certificate_answer()),
        ],
        ISSUED,
        "was issued",
    ),
    "the order is closed and has a pending entry: it waits": (
        {},
        [(STATE, ENROLLED), (LOOK, entries(FORMER, PENDING)), (NAMES, PROVED)],
        WAITING,
        "waits for its reissue",
    ),
    "the order is closed, its reissue waits for the domains: triggered": (
        {"validation_code": CODE},
        [(STATE, ENROLLED), (LOOK, entries(FORMER, PENDING)), (NAMES, UNPROVED), (TRIGGER, DONE)],
        replace(RESUMED, code=CODE),
        "",
    ),
    "the order is closed, the state of the names is refused, and a code is there: triggered": (
        {"validation_code": CODE},
        [(STATE, ENROLLED), (LOOK, entries(FORMER, PENDING)), (NAMES, refused(1176)), (TRIGGER, DONE)],
        replace(RESUMED, code=CODE),
        "",
    ),
    "the order is closed, the state of the names is refused, and no code is there: it waits": (
        {},
        [(STATE, ENROLLED), (LOOK, entries(FORMER, PENDING)), (NAMES, refused(1176))],
        WAITING,
        "",
    ),
    "the order is closed and has only the former certificate: rejected": (
        {},
        [(STATE, ENROLLED), BEFORE],
        GONE,
        "the reissue was rejected",
    ),
    "the order is rejected": ({}, [(STATE, REJECTED)], GONE, "the reissue was rejected"),
    "perhaps it was never sent: nothing was refused": (
        {"sent": Sent.LOOK_UP_ONLY},
        [(STATE, ENROLLED), BEFORE],
        Found(State.NOT_ORDERED, ReasonCode.NOT_ORDERED, order_id=OLD_ID),
        "has no reissue for this key",
    ),
}


@pytest.mark.parametrize(("changes", "conversation", "expected", "words"), AFTERWARDS.values(), ids=AFTERWARDS)
def test_reissue_that_was_sent(
    changes: dict[str, Any], conversation: Conversation, expected: Found, words: str
) -> None:
    """One look at it."""
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = obtain(api, reissue(**{"sent": Sent.YES, **changes}))

    assert found_in(outcome) == expected
    assert words in words_of(outcome)
