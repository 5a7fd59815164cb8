# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The events of an account: what changed between two readings, each change once.

Private to the collection. Pure: the record of earlier events, the account now and the time lead to the new events. The
record after each event is a value, so that the caller can save it as soon as the event is delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import EventKind
from .event_reasons import reason_of_change, reason_of_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .order_view import FailedCheck, OrderView

MOST_ORDERS = 20
"""The orders that one reading looks at in detail. The others follow in the next readings."""
KEPT = timedelta(days=60)
"""How long the record keeps an order that is issued or rejected. The first reading looks back as far."""


@dataclass(frozen=True)
class SeenOrder:
    """An order as the events so far report it. ``failed`` are the keys of the failures that were reported."""

    order: OrderView
    read_at: datetime
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventRecord:
    """All that was reported so far. ``read_until`` is None before the first reading is complete.

    ``expiring`` are the expiry dates of certificates by serial number that were reported, or are known to be replaced.
    ``left`` are changed orders that no reading has looked at yet.
    """

    read_until: datetime | None = None
    orders: Mapping[str, SeenOrder] = field(default_factory=dict)
    expiring: Mapping[str, datetime] = field(default_factory=dict)
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExpiringSoon:
    """A certificate that expires soon and is not in the record yet. ``order`` is the order of this certificate."""

    order: OrderView
    serial_number: str
    common_name: str
    not_after: datetime
    replaced: bool = False


@dataclass(frozen=True)
class Reading:
    """The account at a moment: the orders that were looked at, those that were left, and expiring certificates.

    ``gone`` are orders that the account does not have any more.
    """

    now: datetime
    orders: tuple[OrderView, ...] = ()
    left: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    expiring: tuple[ExpiringSoon, ...] = ()


@dataclass(frozen=True)
class AccountEvent:
    """One event. ``order`` is the order that it is about, ``at`` the CA's time of the reading."""

    kind: EventKind
    reason: Reason
    order: OrderView
    at: datetime
    former_state: str = ""
    days_left: int | None = None
    failure: FailedCheck | None = None


class Step(NamedTuple):
    """An event, and the record to save once it is delivered."""

    event: AccountEvent
    record: EventRecord


def begun(record: EventRecord, listed: Mapping[str, OrderView], now: datetime) -> EventRecord:
    """Return the record to compare with. Before the first reading is complete, listed orders count as reported.

    So a new event source does not report every change of the last weeks.
    """
    if record.read_until is not None:
        return record
    return replace(record, orders={**{each: SeenOrder(view, now) for each, view in listed.items()}, **record.orders})


def orders_to_read(record: EventRecord, listed: Mapping[str, OrderView]) -> tuple[list[str], tuple[str, ...]]:
    """Return the ids of orders to look at now, and the changed ones that are left for the next reading.

    Changed orders come first, then open ones, because their checks may fail without another trace; of these the one
    that was read the longest time ago is the first.
    """
    found = (each for each, view in listed.items() if differs(record.orders.get(each), view))
    changed = list(dict.fromkeys((*record.left, *found)))
    open_orders = [each for each, seen in record.orders.items() if seen.order.is_open and each not in changed]
    open_orders.sort(key=lambda each: record.orders[each].read_at)
    return [*changed, *open_orders][:MOST_ORDERS], tuple(changed[MOST_ORDERS:])


def new_events(record: EventRecord, reading: Reading) -> tuple[list[Step], EventRecord]:
    """Return the events that are new since the record, each with the record after it, and the record at the end."""
    steps: list[Step] = []
    for order in reading.orders:
        for step in _of_order(record, order, reading.now):
            steps.append(step)
            record = step.record
        seen = SeenOrder(order, reading.now, tuple(failure.key for failure in order.failures))
        record = replace(record, orders={**record.orders, order.order_id: seen})
    for certificate in reading.expiring:
        expiring = {**record.expiring, certificate.serial_number: certificate.not_after}
        record = replace(record, expiring=expiring)
        if not certificate.replaced:
            steps.append(Step(_expires(certificate, reading.now), record))
    return steps, _completed(record, reading)


def differs(seen: SeenOrder | None, order: OrderView | None) -> bool:
    """Return whether an order is in another condition than the events so far report."""
    return order is not None and (seen is None or seen.order.condition != order.condition)


def _of_order(record: EventRecord, order: OrderView, now: datetime) -> Iterator[Step]:
    """Yield the events of an order. The record after each of them has this event, and not the next one."""
    seen = record.orders.get(order.order_id)
    failing = {failure.key for failure in order.failures}
    failed = tuple(each for each in seen.failed if each in failing) if seen else ()

    def after() -> EventRecord:
        return replace(record, orders={**record.orders, order.order_id: SeenOrder(order, now, failed)})

    if differs(seen, order):
        former = seen.order if seen else None
        reason = reason_of_change(former, order)
        event = AccountEvent(EventKind.ORDER_CHANGED, reason, order, now, former_state=former.state if former else "")
        yield Step(event, after())
    for failure in order.failures:
        if failure.key not in failed:
            failed = (*failed, failure.key)
            event = AccountEvent(
                EventKind.VALIDATION_FAILED, reason_of_failure(order, failure), order, now, failure=failure
            )
            yield Step(event, after())


def _completed(record: EventRecord, reading: Reading) -> EventRecord:
    """Return the record of a complete reading, without what no later reading needs."""
    orders = {
        each: seen
        for each, seen in record.orders.items()
        if each not in reading.gone and (seen.order.is_open or reading.now - seen.read_at < KEPT)
    }
    expiring = {
        serial_number: not_after
        for serial_number, not_after in record.expiring.items()
        if not_after > reading.now - timedelta(days=1)
    }
    return EventRecord(reading.now, orders, expiring, reading.left)


def _expires(certificate: ExpiringSoon, now: datetime) -> AccountEvent:
    days_left = (certificate.not_after - now).days
    order = replace(
        certificate.order,
        serial_number=certificate.serial_number,
        common_name=certificate.common_name,
        not_after=certificate.not_after,
    )
    text = (
        f"certificate {certificate.serial_number} ({certificate.common_name}) of order {order.order_id} expires on "
        f"{certificate.not_after:%Y-%m-%d}, and no newer certificate replaces it"
    )
    reason = Reason(ReasonCode.EXPIRES_SOON, text)
    return AccountEvent(EventKind.CERTIFICATE_EXPIRES, reason, order, now, days_left=days_left)
