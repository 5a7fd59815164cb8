# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many pending orders: one read of the account finds the issued ones, and none depends on what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Sent, State
from ansible_collections.certops.certum.plugins.module_utils._issuance.concurrency import obtain_all
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._issuance.shared_look import FEWEST
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.tests.support.scripted_client import StandInClient, lost, refused
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    ACCEPTED,
    ENROLLED,
    NOW,
    OURS,
    STRANGE,
    Clock,
    certificate_answer,
    entries,
    entry,
    order,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._issuance.outcome import Outcome
    from ansible_collections.certops.certum.tests.support.scripted_client import Reply

STATE, LOOK, FETCH, LIST = (
    ApiOperation.GET_ORDER_STATE,
    ApiOperation.GET_ORDER_BY_ORDER_ID,
    ApiOperation.GET_CERTIFICATE,
    ApiOperation.GET_MODIFIED_ORDERS,
)
MANY = 6
PENDING = entries(*(entry(f"shop-{number}") for number in range(MANY)))
ISSUED = entries(*(entry(f"shop-{number}", certificate=OURS) for number in range(MANY)))
WITHOUT_TEXT = OURS.model_copy(update={"x509_cert": ""})


class _Ca:
    """A CA that issues all orders ``after`` this many looks at each of them, and shows ``listed`` in its list."""

    def __init__(self, listed: Reply, *, orders: int, after: int = 1) -> None:
        self.listed, self.left = listed, orders * after

    def reply(self, operation: ApiOperation) -> Reply:
        if operation is STATE:
            self.left -= 1
            return ACCEPTED if self.left >= 0 else ENROLLED
        return {LIST: self.listed, LOOK: entries(entry(certificate=OURS)), FETCH: certificate_answer()}[operation]


def run(api: StandInClient, orders: int, *, seconds: float) -> list[Outcome]:
    clock = Clock()
    patience = Patience(timeout=seconds, longest_pause=60.0, clock=lambda: clock.now, sleep=clock.sleep)
    wanted = [order(order_id=f"shop-{number}", sent=Sent.YES) for number in range(orders)]
    return obtain_all(Obtain(api=api, trigger=True), wanted, patience=patience, workers=1)


@pytest.mark.parametrize(
    ("listed", "orders", "lists", "looks"),
    [
        pytest.param(ISSUED, MANY, 1, 0, id="the list shows all: no other call finds out"),
        pytest.param(ISSUED, FEWEST - 1, 0, 1, id="few orders: no list"),
        pytest.param(PENDING, MANY, 2, 1, id="the list is late"),
        pytest.param(entries(), MANY, 1, 1, id="the list is empty"),
        pytest.param(entries(entry("other-1", certificate=OURS)), MANY, 2, 1, id="the list shows other orders"),
        pytest.param(
            entries(*(entry(f"shop-{number}", certificate=STRANGE) for number in range(MANY))),
            MANY,
            2,
            1,
            id="the list shows certificates for another key",
        ),
        pytest.param(
            entries(*(entry(f"shop-{number}", certificate=WITHOUT_TEXT) for number in range(MANY))),
            MANY,
            2,
            1,
            id="the list shows no keys",
        ),
        pytest.param(lost, MANY, 1, 1, id="the list does not arrive"),
        pytest.param(refused(1154), MANY, 1, 1, id="the list is refused"),
    ],
)
def test_all_orders_are_issued_for_any_list(listed: Reply, orders: int, lists: int, looks: int) -> None:
    api = StandInClient(_Ca(listed, orders=orders).reply, now=NOW)
    outcomes = run(api, orders, seconds=60)
    assert [outcome.state for outcome in outcomes] == [State.ISSUED] * orders
    counts = {LIST: lists, STATE: orders * (1 + looks), LOOK: orders * looks, FETCH: orders}
    assert {operation: api.count(operation) for operation in counts} == counts


@pytest.mark.parametrize(
    ("listed", "most"),
    [
        pytest.param(PENDING, 23, id="the list shows the orders: most looks are one call for all of them"),
        pytest.param(entries(), 67, id="an empty list shows nothing"),
        pytest.param(lost, 67, id="the list does not arrive"),
    ],
)
def test_slow_orders_are_looked_at_as_long_as_the_run_waits(listed: Any, most: int) -> None:
    """In an hour there are 67 looks."""
    api = StandInClient(_Ca(listed, orders=MANY, after=1000).reply, now=NOW)
    assert [outcome.state for outcome in run(api, MANY, seconds=3600)] == [State.PENDING] * MANY
    assert api.count(STATE) == MANY * most


def test_slow_order_is_issued_although_the_list_never_changes() -> None:
    api = StandInClient(_Ca(PENDING, orders=MANY, after=12).reply, now=NOW)
    assert [outcome.state for outcome in run(api, MANY, seconds=3600)] == [State.ISSUED] * MANY


def test_change_in_the_list_is_looked_at_at_once() -> None:
    """The fourth look would skip these orders. The list shows them as issued, for a key that it does not show."""
    ca = _Ca(PENDING, orders=MANY, after=2)

    def reply(operation: ApiOperation) -> Reply:
        if operation is LIST and ca.left == 0:
            return entries(*(entry(f"shop-{number}", certificate=WITHOUT_TEXT) for number in range(MANY)))
        return ca.reply(operation)

    api = StandInClient(reply, now=NOW)
    assert [outcome.state for outcome in run(api, MANY, seconds=3600)] == [State.ISSUED] * MANY
    assert api.count(LIST) == 3


def test_order_that_appears_in_the_list_is_looked_at_at_once() -> None:
    """The fourth look would skip these orders. The list was empty before, and now it has them."""
    ca = _Ca(entries(), orders=MANY, after=3)
    lists = iter([entries(), entries()])

    def reply(operation: ApiOperation) -> Reply:
        return next(lists, PENDING) if operation is LIST else ca.reply(operation)

    api = StandInClient(reply, now=NOW)
    assert [outcome.state for outcome in run(api, MANY, seconds=3600)] == [State.ISSUED] * MANY
    assert api.count(LIST) == 3
