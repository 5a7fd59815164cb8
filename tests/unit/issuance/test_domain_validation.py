# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validating: when the CA is asked for a code, when it is asked to look, and what its answers mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Sent, State, ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation, ApproverMethod
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
    AddSanVerificationRequest,
    PerformSanVerificationRequest,
)
from ansible_collections.certops.certum.tests.support.scripted_client import (
    ScriptedClient,
    lost,
    not_received,
    refused,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    ACCEPTED,
    CODE,
    DONE,
    ENROLLED,
    NEW_CODE,
    NOW,
    OURS,
    UNPROVED,
    Found,
    certificate_answer,
    entries,
    entry,
    found_in,
    names_are,
    new_code,
    obtain,
    order,
    progress,
    words_of,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

STATE, TRIGGER, ADD, NAMES = (
    ApiOperation.GET_ORDER_STATE,
    ApiOperation.PERFORM_SAN_VERIFICATION,
    ApiOperation.ADD_SAN_VERIFICATION,
    ApiOperation.GET_SAN_VERIFICATION_STATE,
)
LOOK = (STATE, UNPROVED)
WRONG = (STATE, progress(DOMAIN="FAILED", updated=0))
OLD_FAILURE = (STATE, progress(DOMAIN="FAILED"))
UNTIL_ISSUED: Conversation = [
    (STATE, ENROLLED),
    (ApiOperation.GET_ORDER_BY_ORDER_ID, entries(entry(certificate=OURS))),
    (ApiOperation.GET_CERTIFICATE, certificate_answer()),
]
WAITING = Found(State.PENDING, ReasonCode.WAITING, placed=True, code=CODE)
RESUMED = replace(WAITING, reason=ReasonCode.RESUMED)
NO_CODE = replace(RESUMED, code=None)
CODE_GIVEN = replace(RESUMED, reason=ReasonCode.NEW_CODE, changed=True, code=NEW_CODE)
ISSUED = replace(WAITING, state=State.ISSUED, reason=ReasonCode.ISSUED, changed=True, issued=True)

HAS_CODE = {"validation_code": CODE}
BY_MAIL = {"method": ValidationMethod.ADMIN}

TRIGGERING: dict[str, tuple[dict[str, Any], float, Conversation, Found, str]] = {
    "the code is there: triggered once, however many looks": (
        HAS_CODE,
        4,
        [LOOK, (TRIGGER, DONE), LOOK, LOOK, LOOK, LOOK],
        WAITING,
        "waits for DOMAIN",
    ),
    "the code is there, and the CA finds it": (
        HAS_CODE,
        60,
        [LOOK, (TRIGGER, DONE), LOOK, (STATE, ACCEPTED), *UNTIL_ISSUED],
        ISSUED,
        "",
    ),
    "the domains are validated already: not triggered": (
        HAS_CODE,
        0,
        [(STATE, progress(DOMAIN="VERIFIED", SYSTEM="REQUIRED"))],
        WAITING,
        "waits for SYSTEM",
    ),
    "no validation is required: not triggered": (HAS_CODE, 0, [(STATE, progress(DOMAIN="NOT_REQUIRED"))], WAITING, ""),
    "a check is running (2204): not triggered again": (
        HAS_CODE,
        4,
        [LOOK, (TRIGGER, refused(2204)), LOOK, LOOK, LOOK, LOOK],
        WAITING,
        "",
    ),
    "too many checks (2205): not triggered again in this run": (
        HAS_CODE,
        40,
        [LOOK, (TRIGGER, refused(2205)), *[LOOK] * 7],
        WAITING,
        "error 2205",
    ),
    "the check ended in an error (1185): triggered again after three looks": (
        HAS_CODE,
        4,
        [LOOK, (TRIGGER, refused(1185)), LOOK, LOOK, LOOK, (TRIGGER, DONE), LOOK],
        WAITING,
        "",
    ),
    "the check ended in an error (1185), and the run ends": (
        HAS_CODE,
        0,
        [LOOK, (TRIGGER, refused(1185))],
        WAITING,
        "error 1185",
    ),
    "the answer to the trigger is lost: the run goes on and triggers again": (
        HAS_CODE,
        4,
        [LOOK, (TRIGGER, lost), LOOK, (TRIGGER, DONE)],
        RESUMED,
        "",
    ),
    "the trigger is not received: the run goes on and triggers again": (
        HAS_CODE,
        4,
        [LOOK, (TRIGGER, not_received), LOOK, (TRIGGER, DONE)],
        RESUMED,
        "",
    ),
    "the trigger is refused for another cause: a problem": (
        HAS_CODE,
        60,
        [LOOK, (TRIGGER, refused(1155))],
        replace(RESUMED, problem=(1155,)),
        "",
    ),
    "the account may not trigger again now: not triggered": (
        {**HAS_CODE, "may_trigger": False},
        4,
        [*[LOOK] * 5],
        WAITING,
        "error 2205",
    ),
    "this call does not trigger: one look and no more": ({**HAS_CODE, "trigger": False}, 60, [LOOK], RESUMED, ""),
    "a mailed link is the check itself: not triggered": (
        {**BY_MAIL, **HAS_CODE},
        0.1,
        [LOOK, LOOK],
        replace(WAITING, reason=ReasonCode.WAITING_FOR_PEOPLE),
        "follow the link",
    ),
    "the CA found a wrong code: believed at the third look": (
        HAS_CODE,
        60,
        [LOOK, (TRIGGER, DONE), WRONG, WRONG, WRONG, (NAMES, names_are("FAILED", info="HTTP 404"))],
        replace(WAITING, problem=()),
        "shop.example.com is not validated (HTTP 404)",
    ),
    "an old failure without a new date: believed at the fifth look": (
        HAS_CODE,
        60,
        [OLD_FAILURE, (TRIGGER, DONE), *[OLD_FAILURE] * 5, (NAMES, names_are("FAILED"))],
        replace(WAITING, problem=()),
        "is not validated",
    ),
    "a failure that passes while the run waits is not believed": (
        HAS_CODE,
        60,
        [LOOK, (TRIGGER, DONE), WRONG, WRONG, (STATE, ACCEPTED), *UNTIL_ISSUED],
        ISSUED,
        "",
    ),
    "the check ended in an error (1185): an old failure says nothing": (
        HAS_CODE,
        0,
        [OLD_FAILURE, (TRIGGER, refused(1185))],
        WAITING,
        "error 1185",
    ),
    "a failure that no name explains is no problem": (
        HAS_CODE,
        60,
        [LOOK, (TRIGGER, DONE), WRONG, WRONG, WRONG, (NAMES, names_are("REQUIRED"))],
        WAITING,
        "",
    ),
    "the names cannot be read: the failure of the look is the problem": (
        HAS_CODE,
        60,
        [LOOK, (TRIGGER, DONE), WRONG, WRONG, WRONG, (NAMES, not_received)],
        replace(RESUMED, problem=()),
        "no connection",
    ),
    "an automatic check failed: triggered once, and explained": (
        HAS_CODE,
        0.1,
        [
            (STATE, progress(DOMAIN="VERIFIED", SYSTEM="FAILED")),
            (TRIGGER, DONE),
            (STATE, progress(DOMAIN="VERIFIED", SYSTEM="FAILED")),
            (NAMES, names_are("VERIFIED", "CAA")),
        ],
        replace(WAITING, problem=()),
        'allow the CA with the CAA record 0 issue "certum.pl"',
    ),
}


def run(api: ScriptedClient, changes: dict[str, Any], *, seconds: float) -> Any:
    changes = dict(changes)
    options: dict[str, Any] = {"trigger": changes.pop("trigger", True)}
    for name in ("may_trigger", "may_ask_for_code"):
        allowed = changes.pop(name, True)
        options[name] = lambda _order, allowed=allowed: allowed
    return obtain(api, order(sent=Sent.YES, **changes), seconds=seconds, **options)


@pytest.mark.parametrize(
    ("changes", "seconds", "conversation", "expected", "words"), TRIGGERING.values(), ids=TRIGGERING
)
def test_triggering(
    changes: dict[str, Any], seconds: float, conversation: Conversation, expected: Found, words: str
) -> None:
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = run(api, changes, seconds=seconds)

    assert found_in(outcome) == expected
    assert words in words_of(outcome)
    assert all(getattr(request, "code", None) == CODE for request in api.requests(TRIGGER))


EXPIRED, UNKNOWN = (TRIGGER, refused(1184)), (TRIGGER, refused(1186))
GIVEN, SAME = (ADD, new_code()), (ADD, refused(1173))

CODES: dict[str, tuple[dict[str, Any], Conversation, Found, str]] = {
    "the code has expired (1184): a new one, to be published first": (
        HAS_CODE,
        [LOOK, EXPIRED, GIVEN],
        CODE_GIVEN,
        "the CA sent a new validation code, which must be published",
    ),
    "the code is void (1186): a new one": (HAS_CODE, [LOOK, UNKNOWN, GIVEN], CODE_GIVEN, ""),
    "no code is known: a new one, and no trigger": ({}, [LOOK, GIVEN], CODE_GIVEN, ""),
    "no code is known, and another run may use one: not asked for": (
        {"may_ask_for_code": False},
        [LOOK],
        NO_CODE,
        "",
    ),
    "the code is void (1186), and another run may use a newer one: not asked for": (
        {**HAS_CODE, "may_ask_for_code": False},
        [LOOK, UNKNOWN],
        RESUMED,
        "",
    ),
    "the code has expired (1184): nobody can use it, so a new one": (
        {**HAS_CODE, "may_ask_for_code": False},
        [LOOK, EXPIRED, GIVEN],
        CODE_GIVEN,
        "",
    ),
    "the same data (1173): asked for without a method": ({}, [LOOK, SAME, GIVEN], CODE_GIVEN, ""),
    "the same data twice (1173): by another method and back": ({}, [LOOK, SAME, SAME, GIVEN, GIVEN], CODE_GIVEN, ""),
    "the method is missing (1152): by another method and back": (
        {},
        [LOOK, SAME, (ADD, refused(1152)), GIVEN, GIVEN],
        CODE_GIVEN,
        "",
    ),
    "the method is missing (2157)": ({}, [LOOK, SAME, (ADD, refused(2157)), GIVEN, GIVEN], CODE_GIVEN, ""),
    "the method is missing (2162)": ({}, [LOOK, SAME, (ADD, refused(2162)), GIVEN, GIVEN], CODE_GIVEN, ""),
    "an answer without a code: asked for in the next way": ({}, [LOOK, (ADD, new_code(None)), GIVEN], CODE_GIVEN, ""),
    "no way leads to a code": (
        {},
        [LOOK, SAME, SAME, SAME],
        replace(NO_CODE, problem=(1173,)),
        "error 1173",
    ),
    "every answer is without a code": (
        {},
        [LOOK, *[(ADD, new_code(None))] * 4],
        replace(NO_CODE, problem=()),
        "the CA sent no new validation code",
    ),
    "refused for another cause: no other way is tried": (
        {},
        [LOOK, (ADD, refused(2186))],
        replace(NO_CODE, problem=(2186,)),
        "",
    ),
    "nothing is left to validate (1176): the run goes on": ({}, [LOOK, (ADD, refused(1176))], NO_CODE, ""),
    "a mailed link: the CA sends it again": (BY_MAIL, [LOOK, (ADD, new_code(None))], NO_CODE, ""),
    "a mailed link is the same as before (1173): it is on its way": (BY_MAIL, [LOOK, SAME], NO_CODE, ""),
    "a mailed link is refused for another cause": (
        BY_MAIL,
        [LOOK, (ADD, refused(2159))],
        replace(NO_CODE, problem=(2159,)),
        "",
    ),
    "the request for a code is not received": (
        {},
        [LOOK, (ADD, not_received)],
        replace(NO_CODE, problem=()),
        "no connection",
    ),
    "this call does not trigger, and no code is known: a new one": (
        {"trigger": False},
        [LOOK, GIVEN],
        CODE_GIVEN,
        "",
    ),
}


@pytest.mark.parametrize(("changes", "conversation", "expected", "words"), CODES.values(), ids=CODES)
def test_code(changes: dict[str, Any], conversation: Conversation, expected: Found, words: str) -> None:
    """One look at an order whose domains are not validated."""
    with ScriptedClient(conversation, now=NOW) as api:
        outcome = run(api, changes, seconds=0)

    assert found_in(outcome) == expected
    assert words in words_of(outcome)


def test_nothing_left_to_validate_is_waited_for() -> None:
    """Somebody else had the domains validated meanwhile (1176)."""
    with ScriptedClient([LOOK, (ADD, refused(1176)), (STATE, ACCEPTED), *UNTIL_ISSUED], now=NOW) as api:
        outcome = run(api, {}, seconds=60)

    assert found_in(outcome) == replace(ISSUED, code=None)


def test_missing_code_that_may_not_be_asked_for_is_marked() -> None:
    with ScriptedClient([LOOK], now=NOW) as api:
        obtaining = Obtain(api=api, trigger=True, may_ask_for_code=lambda _order: False)
        pursuit = obtaining.look(obtaining.start(order(sent=Sent.YES)))

    assert (pursuit.needs_code, pursuit.done) == (True, True)


@pytest.mark.parametrize(
    ("method", "other"),
    [
        pytest.param(ValidationMethod.FILE, ApproverMethod.DNS_TXT_PREFIX, id="a file: by a record"),
        pytest.param(ValidationMethod.DNS_TXT_PREFIX, ApproverMethod.DNS_TXT, id="a record: by another record"),
    ],
)
def test_detour_to_a_new_code_ends_at_the_declared_method(method: ValidationMethod, other: ApproverMethod) -> None:
    with ScriptedClient([LOOK, SAME, SAME, (ADD, new_code("0ther")), GIVEN], now=NOW) as api:
        outcome = run(api, {"method": method}, seconds=0)
    asked = [request.san_approver for request in api.requests(ADD) if isinstance(request, AddSanVerificationRequest)]

    wanted = ApproverMethod(method.api_value)
    assert [approver and approver.approver_method for approver in asked] == [wanted, None, other, wanted]
    assert outcome.validation.code == NEW_CODE


def test_trigger_names_the_code_of_the_order() -> None:
    with ScriptedClient([LOOK, (TRIGGER, DONE)], now=NOW) as api:
        run(api, HAS_CODE, seconds=0)

    assert api.requests(TRIGGER) == [PerformSanVerificationRequest(code=CODE)]
