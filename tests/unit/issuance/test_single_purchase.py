# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the CA answers and whichever answers are lost: one run sends a purchase at most once, check mode none."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.order import order_or_validate
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import Reason, ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import (
    PurchasePolicy,
    Sent,
    State,
    ValidationMethod,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.concurrency import obtain_all
from ansible_collections.certops.certum.plugins.module_utils._issuance.jobs import Job, with_live_orders
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._issuance.prediction import predict
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    AuthenticationError,
    CertumError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import PURCHASES, READS, ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import (
    OrderRequest,
    ValidateOrderParametersAnswer,
)
from ansible_collections.certops.certum.tests.support.scripted_client import (
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
    DONE,
    ENROLLED,
    EXPIRED,
    ID,
    NEW_ID,
    NEWER,
    NOW,
    OLD,
    OLD_ID,
    OTHER_ID,
    OURS,
    REJECTED,
    RENEWAL,
    STRANGE,
    UNPROVED,
    Clock,
    certificate_answer,
    csr,
    entries,
    entry,
    names_are,
    new_code,
    order,
    placed,
    progress,
    reissue,
    renewal,
    renewed,
)
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.certops.certum.plugins.module_utils._issuance.ordered_certificate import Order
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
        GetOrdersAnswer,
    )
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
        ListedOrder as Entry,
    )
    from ansible_collections.certops.certum.tests.support.scripted_client import Reply

    Answers = dict[ApiOperation, list[Reply]]

FAILURES: tuple[Reply, ...] = (
    lost,
    lost,
    not_received,
    unreadable,
    server_fault,
    client_fault,
    bad_password,
    *map(refused, (1012, 1032, 1033, 1101, 1173, 1176, 1184, 1185, 1186, 2094, 2204, 2205)),
)
UNKNOWN: tuple[Reply, ...] = (lost, unreadable, server_fault, lost, *FAILURES)
ENTRIES = (
    entry(),
    entry(certificate=OURS),
    entry(state="REJECTED"),
    entry(OLD_ID),
    entry(OLD_ID, certificate=OLD),
    entry(OLD_ID, certificate=NEWER),
    entry(OLD_ID, certificate=OURS),
    entry(OLD_ID, certificate=EXPIRED),
    entry(NEW_ID, product=RENEWAL),
    entry(NEW_ID, product=RENEWAL, certificate=OURS),
    entry(OTHER_ID, product=RENEWAL),
    entry(OTHER_ID, certificate=STRANGE),
)
FOREIGN = entry(OTHER_ID, customer="other", certificate=STRANGE)


def some(*choice: Entry) -> st.SearchStrategy[GetOrdersAnswer]:
    return st.lists(st.sampled_from(choice), max_size=4).map(lambda found: entries(*found))


FAILED, BY_PEOPLE = progress(DOMAIN="FAILED", updated=0), progress(ORGANIZATION="REQUIRED")
STATES = (ENROLLED, REJECTED, ACCEPTED, UNPROVED, FAILED, BY_PEOPLE)
FOUND = (OURS, OLD, STRANGE, EXPIRED, None)

ANSWERS: dict[ApiOperation, st.SearchStrategy[Any]] = {
    ApiOperation.VALIDATE_ORDER_PARAMETERS: st.just(ValidateOrderParametersAnswer()),
    ApiOperation.QUICK_ORDER: st.sampled_from((placed(), placed(None))),
    ApiOperation.REISSUE_CERTIFICATE: st.sampled_from((placed(order_id=OLD_ID), placed(None, order_id=OLD_ID))),
    ApiOperation.RENEW_CERTIFICATE: st.sampled_from((renewed(), renewed(None))),
    ApiOperation.GET_ORDER_STATE: st.sampled_from(STATES),
    ApiOperation.GET_ORDER_BY_ORDER_ID: some(*ENTRIES),
    ApiOperation.GET_ORDERS_BY_DATE_RANGE: some(*ENTRIES, FOREIGN),
    ApiOperation.GET_CERTIFICATE: st.sampled_from([certificate_answer(found) for found in FOUND]),
    ApiOperation.ADD_SAN_VERIFICATION: st.sampled_from((new_code(), new_code(None))),
    ApiOperation.PERFORM_SAN_VERIFICATION: st.just(DONE),
    ApiOperation.GET_SAN_VERIFICATION_STATE: st.sampled_from((names_are("REQUIRED"), names_are("FAILED", "CAA"))),
}
SCRIPTS = st.fixed_dictionaries(
    {
        operation: st.lists(
            st.one_of(answer, st.sampled_from(UNKNOWN if operation in PURCHASES else FAILURES), answer),
            min_size=1,
            max_size=5,
        )
        for operation, answer in ANSWERS.items()
    }
)
"""The answers of each operation in turn, the last one again and again."""

CHANGES = st.fixed_dictionaries(
    {
        "sent": st.sampled_from((Sent.NO, Sent.PERHAPS, Sent.NO, Sent.PERHAPS, Sent.YES, Sent.LOOK_UP_ONLY)),
        "purchase": st.sampled_from((PurchasePolicy.ALLOW, PurchasePolicy.ALLOW, *PurchasePolicy)),
        "reissue_live_order": st.booleans(),
        "validation_code": st.sampled_from((None, CODE)),
        "method": st.sampled_from((ValidationMethod.FILE, ValidationMethod.ADMIN)),
    }
)
ORDERS = st.builds(lambda make, changes: make(**changes), st.sampled_from((order, reissue, renewal)), CHANGES)
MAIL_NAMES = ("mail.example.com",)
OTHERS = st.builds(lambda changes: order(*MAIL_NAMES, **{**changes, "name": "mail", "order_id": "mail-1"}), CHANGES)
NEEDED = Reason(ReasonCode.NOT_ON_DISK, "there is no certificate")

quickly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def client(answers: Answers) -> StandInClient:
    turns: dict[ApiOperation, Iterator[Reply]] = {
        operation: chain(replies, repeat(replies[-1])) for operation, replies in answers.items()
    }
    return StandInClient(lambda operation: next(turns[operation]), now=NOW)


def due_orders(api: StandInClient, orders: list[Order]) -> list[Order]:
    """The orders that are left to ask for once the account was read."""
    jobs = [Job(item={}, order=wanted, reason=NEEDED) for wanted in orders]
    return [job.order for job in with_live_orders(api, jobs) if job.reason]


def purchases_by_key(api: StandInClient) -> Counter[str]:
    """How often each CSR was sent with a call that costs money or revokes a certificate."""
    requests = [request for operation, request in api.calls if operation in PURCHASES]
    return Counter(
        request.order_parameters.csr if isinstance(request, OrderRequest) else str(getattr(request, "csr", ""))
        for request in requests
    )


@quickly
@given(answers=SCRIPTS, first=ORDERS, second=st.none() | OTHERS, seconds=st.sampled_from((0.0, 1.0, 60.0)))
def test_one_run_sends_each_purchase_at_most_once(
    answers: Answers, first: Order, second: Order | None, seconds: float
) -> None:
    api, clock = client(answers), Clock()
    patience = Patience(timeout=seconds, longest_pause=60.0, clock=lambda: clock.now, sleep=clock.sleep)
    with suppress(AuthenticationError):
        due = due_orders(api, [first, second] if second else [first])
        obtain_all(Obtain(api=api, trigger=True), due, patience=patience, workers=1)

    event(f"{api.purchases} purchases")
    assert all(times == 1 for times in purchases_by_key(api).values())


@quickly
@given(answers=SCRIPTS, wanted=ORDERS)
def test_what_may_not_be_purchased_is_not_sent(answers: Answers, wanted: Order) -> None:
    api = client(answers)
    with suppress(AuthenticationError):
        Obtain(api=api, trigger=True).start(wanted)

    if not wanted.sent.may_be_sent:
        assert api.purchases == 0
    if wanted.purchase is PurchasePolicy.NEVER:
        assert api.purchases == api.count(ApiOperation.REISSUE_CERTIFICATE)
    if wanted.purchase is PurchasePolicy.RENEW_ONLY:
        assert api.count(ApiOperation.QUICK_ORDER) == 0


@quickly
@given(
    answers=SCRIPTS,
    make=st.sampled_from((order, reissue, renewal)),
    sent=st.sampled_from((Sent.NO, Sent.PERHAPS)),
    failure=st.sampled_from(UNKNOWN[:3]),
)
def test_purchase_with_an_unknown_outcome_is_never_reported_as_not_ordered(
    answers: Answers, make: Callable[..., Order], sent: Sent, failure: Reply
) -> None:
    """The next run would make a new key and purchase again."""
    api = client({**answers, **{operation: [failure] for operation in PURCHASES}})
    try:
        outcome = Obtain(api=api, trigger=True).start(make(sent=sent)).outcome
    except AuthenticationError:
        assert api.purchases == 0
        return

    event(f"{api.purchases} purchases")
    assert api.purchases <= 1
    if api.purchases:
        assert outcome.placed or outcome.state is State.UNKNOWN
        assert api.operations[-1] not in PURCHASES, "it is looked for before anything is decided"


@quickly
@given(answers=SCRIPTS, wanted=ORDERS)
def test_check_mode_only_reads(answers: Answers, wanted: Order) -> None:
    api = client(answers)
    with suppress(AuthenticationError):
        for due in due_orders(api, [wanted]):
            predict(api, due)

    assert set(api.operations) <= READS


@quickly
@given(answers=SCRIPTS, validate_only=st.booleans())
def test_certum_order_only_reads_when_it_validates(answers: Answers, validate_only: bool) -> None:
    api = client(answers)
    params = {"name": "shop", "order_id": ID, "csr_content": csr(("shop.example.com",)), "contact": CONTACT}
    with suppress(CertumError):
        order_or_validate(api, {**params, "validate_only": validate_only}, check_mode=not validate_only)

    assert set(api.operations) <= READS


@pytest.mark.parametrize("make", [order, reissue, renewal])
def test_accepted_order_is_a_purchase(make: Callable[..., Order]) -> None:
    """Without this the properties might hold because nothing is ever sent."""
    api = client(
        {
            ApiOperation.QUICK_ORDER: [placed()],
            ApiOperation.REISSUE_CERTIFICATE: [placed(order_id=OLD_ID)],
            ApiOperation.RENEW_CERTIFICATE: [renewed()],
            ApiOperation.GET_ORDER_BY_ORDER_ID: [entries(entry(OLD_ID, certificate=OLD))],
            ApiOperation.GET_CERTIFICATE: [certificate_answer(OLD)],
        }
    )
    Obtain(api=api, trigger=True).start(make())

    assert api.purchases == 1
