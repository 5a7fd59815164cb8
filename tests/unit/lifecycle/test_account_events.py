# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each change of an account is one event, whatever happens between two readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import EventKind
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_events import (
    KEPT,
    MOST_ORDERS,
    EventRecord,
    ExpiringSoon,
    Reading,
    SeenOrder,
    begun,
    new_events,
    orders_to_read,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_survey import (
    AccountCertificate,
    AccountOrder,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_view import (
    FailedCheck,
    OrderView,
    view_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_survey import Entry

NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)
PENDING = OrderView("shop-1", "web1/shop", "601", "VERIFICATION")
ISSUED = replace(
    PENDING, state="ENROLLED", serial_number="A1", certificate_status="VALID", common_name="shop.example.com"
)
REISSUING = replace(ISSUED, state="VERIFICATION")
CAA = FailedCheck(ReasonCode.AUTOMATIC_CHECK_FAILED, "SYSTEM", domain="shop.example.com", check="CAA")
DOMAIN = FailedCheck(ReasonCode.DOMAIN_NOT_VALIDATED, "DOMAIN", domain="shop.example.com", detail="no file")
STARTED = EventRecord(read_until=NOW - timedelta(minutes=5))


def seen(*orders: OrderView) -> EventRecord:
    """Return the record of a source that has reported these orders."""
    found = {
        order.order_id: SeenOrder(order, NOW, tuple(failure.key for failure in order.failures)) for order in orders
    }
    return replace(STARTED, orders=found)


def codes(record: EventRecord, *orders: OrderView) -> list[tuple[str, str]]:
    steps, _record = new_events(record, Reading(NOW, orders))
    return [(step.event.former_state, step.event.reason.code.value) for step in steps]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (STARTED, PENDING, [("", "waiting")]),
        (seen(PENDING), PENDING, []),
        (seen(PENDING), replace(PENDING, waits_for="something else"), []),
        (seen(PENDING), replace(PENDING, state="ACCEPTED"), [("VERIFICATION", "waiting")]),
        (seen(replace(PENDING, state="NEW")), replace(PENDING, waits_for_people=True), [("NEW", "waiting_for_people")]),
        (seen(PENDING), replace(PENDING, state="NEWER_WORD"), [("VERIFICATION", "waiting")]),
        (seen(PENDING), replace(PENDING, state="REJECTED"), [("VERIFICATION", "rejected")]),
        (seen(PENDING), ISSUED, [("VERIFICATION", "issued")]),
        (seen(ISSUED), replace(ISSUED, serial_number="A2"), [("ENROLLED", "issued")]),
        (seen(ISSUED), REISSUING, [("ENROLLED", "waiting")]),
        (seen(REISSUING), ISSUED, [("VERIFICATION", "rejected")]),
        (seen(ISSUED), replace(ISSUED, certificate_status="REVOKING"), [("ENROLLED", "revoking")]),
        (seen(ISSUED), replace(ISSUED, certificate_status="REVOKED"), [("ENROLLED", "revoked")]),
        (seen(PENDING), replace(PENDING, failures=(CAA,)), [("", "automatic_check_failed")]),
        (seen(replace(PENDING, failures=(CAA,))), replace(PENDING, failures=(CAA, DOMAIN)), [("", DOMAIN.code.value)]),
        (seen(replace(PENDING, failures=(DOMAIN,))), replace(PENDING, failures=(replace(DOMAIN, detail="404"),)), []),
        (STARTED, replace(PENDING, failures=(DOMAIN,)), [("", "waiting"), ("", "domain_not_validated")]),
    ],
)  # fmt: skip
def test_change_of_an_order_is_reported(before: EventRecord, now: OrderView, expected: list[tuple[str, str]]) -> None:
    assert codes(before, now) == expected


def test_failure_that_returns_is_a_new_event() -> None:
    record = seen(PENDING)
    found = []
    for failures in [(DOMAIN,), (DOMAIN,), (), (DOMAIN,)]:
        steps, record = new_events(record, Reading(NOW, (replace(PENDING, failures=failures),)))
        found.append(len(steps))
    assert found == [1, 0, 0, 1]


def test_certificate_that_is_replaced_is_no_event_and_is_remembered() -> None:
    expiring = [
        ExpiringSoon(ISSUED, number, "shop.example.com", NOW + timedelta(days=3), replaced=number == "A1")
        for number in ("A1", "A2")
    ]
    (step,), record = new_events(STARTED, Reading(NOW, expiring=tuple(expiring)))
    assert (step.event.kind, step.event.order.serial_number) == (EventKind.CERTIFICATE_EXPIRES, "A2")
    assert step.event.days_left == 3
    assert sorted(record.expiring) == ["A1", "A2"]


def test_first_reading_reports_what_is_so_and_no_earlier_change() -> None:
    failing = replace(PENDING, failures=(DOMAIN,))
    listed = {"shop-1": PENDING, "wiki-1": replace(ISSUED, order_id="wiki-1")}
    record = begun(EventRecord(), listed, NOW)
    assert orders_to_read(record, listed) == (["shop-1"], ())
    assert codes(record, failing) == [("", "domain_not_validated")]


def test_first_reading_that_was_interrupted_reports_nothing_twice() -> None:
    listed = {"shop-1": PENDING}
    steps, _complete = new_events(
        begun(EventRecord(), listed, NOW), Reading(NOW, (replace(PENDING, failures=(DOMAIN, CAA)),))
    )
    restarted = begun(steps[0].record, listed, NOW)
    assert codes(restarted, replace(PENDING, failures=(DOMAIN, CAA))) == [("", "automatic_check_failed")]


def test_changed_orders_come_first_and_then_those_not_read_for_the_longest_time() -> None:
    waiting = {
        f"open-{n}": SeenOrder(replace(PENDING, order_id=f"open-{n}"), NOW - timedelta(hours=n)) for n in range(15)
    }
    listed = {f"new-{n}": replace(PENDING, order_id=f"new-{n}") for n in range(12)}
    chosen, left = orders_to_read(replace(STARTED, orders=waiting), listed)
    assert chosen == [*listed, *(f"open-{n}" for n in range(14, 6, -1))]
    assert left == ()


def test_changed_orders_beyond_the_limit_are_left_for_the_next_reading() -> None:
    listed = {f"new-{n}": replace(PENDING, order_id=f"new-{n}") for n in range(MOST_ORDERS + 5)}
    chosen, left = orders_to_read(STARTED, listed)
    _steps, record = new_events(STARTED, Reading(NOW, tuple(listed[each] for each in chosen), left=left))
    again, none = orders_to_read(record, {})
    assert again[: len(left)] == list(left)
    assert (len(left), none) == (5, ())


def test_record_forgets_what_no_reading_needs() -> None:
    old = NOW - KEPT
    orders = {
        "closed": SeenOrder(replace(ISSUED, order_id="closed"), old),
        "open": SeenOrder(replace(PENDING, order_id="open"), old),
        "gone": SeenOrder(replace(PENDING, order_id="gone"), NOW),
    }
    before = replace(STARTED, orders=orders, expiring={"A1": NOW - timedelta(days=2), "A2": NOW})
    _steps, record = new_events(before, Reading(NOW, gone=("gone",)))
    assert (list(record.orders), list(record.expiring), record.read_until) == (["open"], ["A2"], NOW)


def entry(state: str, serial_number: str | None = None, *, days_old: int = 0, status: str = "VALID") -> Entry:
    certificate = serial_number and AccountCertificate(
        serial_number, status, NOW - timedelta(days=days_old), NOW + timedelta(days=90), "shop.example.com"
    )
    return AccountOrder("shop-1", "web1/shop", "601", NOW, state), certificate or None


@pytest.mark.parametrize(
    ("entries", "condition"),
    [
        ([entry("AWAITING")], ("AWAITING", "", "")),
        ([entry("REJECTED")], ("REJECTED", "", "")),
        ([entry("ENROLLED", "A1")], ("ENROLLED", "A1", "VALID")),
        ([entry("ENROLLED", "A2"), entry("ENROLLED", "A1", days_old=9, status="REVOKED")], ("ENROLLED", "A2", "VALID")),
        ([entry("ENROLLED", "A1"), entry("VERIFICATION")], ("VERIFICATION", "A1", "VALID")),
        ([entry("ENROLLED", "A1"), entry("REJECTED")], ("ENROLLED", "A1", "VALID")),
    ],
)
def test_order_is_its_pending_entry_or_its_newest_certificate(
    entries: Sequence[Entry], condition: tuple[str, ...]
) -> None:
    assert view_of(entries).condition == condition


STATES = st.sampled_from(["AWAITING", "VERIFICATION", "ENROLLED", "REJECTED"])
FAILURES = st.lists(st.sampled_from([CAA, DOMAIN]), unique=True, max_size=2)
ACCOUNTS = st.dictionaries(st.sampled_from("abc"), st.tuples(STATES, st.sampled_from(["", "A1", "A2"]), FAILURES))
SERIALS = st.frozensets(st.sampled_from(["E1", "E2"]))


def views(account: Mapping[str, tuple[str, str, list[FailedCheck]]]) -> dict[str, OrderView]:
    found = {}
    for name, (state, serial_number, failures) in account.items():
        order = OrderView(f"{name}-1", "", "601", state, serial_number=serial_number)
        found[order.order_id] = replace(order, failures=tuple(failures) if order.is_open else ())
    return found


@settings(max_examples=100)
@given(
    history=st.lists(st.tuples(ACCOUNTS, SERIALS, st.integers(0, 9), st.booleans()), max_size=12),
)
def test_each_change_is_one_event_whatever_the_readings_and_restarts(
    history: list[tuple[Any, frozenset[str], int, bool]],
) -> None:
    """A source that is killed after a few events starts again with the record after the last of them.

    The model is what the events so far report of each order. An event is right if it changes the model, and after a
    complete reading the model is the account.
    """
    record = STARTED
    conditions: dict[str, tuple[str, ...]] = {}
    failing: dict[str, set[str]] = {}
    expired: set[str] = set()
    account: dict[str, OrderView] = {}
    for number, (changed, serials, survives, killed) in enumerate(history):
        account = {**account, **views(changed)}
        now = NOW + timedelta(minutes=5 * number)
        chosen, left = orders_to_read(record, account)
        expiring = tuple(
            ExpiringSoon(PENDING, each, "", NOW + timedelta(days=3))
            for each in sorted(serials)
            if each not in record.expiring
        )
        reading = Reading(now, tuple(account[each] for each in chosen), left, expiring=expiring)
        steps, complete = new_events(record, reading)
        delivered = steps[:survives] if killed else steps
        for event, after in delivered:
            order = event.order
            if event.kind is EventKind.ORDER_CHANGED:
                assert conditions.get(order.order_id) != order.condition
                conditions[order.order_id] = order.condition
            elif event.kind is EventKind.VALIDATION_FAILED:
                assert event.failure is not None
                assert event.failure.key not in failing.setdefault(order.order_id, set())
                failing[order.order_id].add(event.failure.key)
            else:
                assert order.serial_number not in expired
                expired.add(order.serial_number)
            record = after
        if not killed:
            record = complete
            assert conditions == {each: view.condition for each, view in account.items()}
            assert expired >= serials
        assert conditions == {each: one.order.condition for each, one in record.orders.items()}
        remembered = {each: set(one.failed) for each, one in record.orders.items()}
        still = {each: {failure.key for failure in view.failures} for each, view in account.items()}
        assert killed or remembered == still
        assert not [each for each, keys in failing.items() if (keys - remembered[each]) & still[each]]
        failing = remembered
