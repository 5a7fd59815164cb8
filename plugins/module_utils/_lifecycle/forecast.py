# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A forecast of purchases and reissues for a year: the runs of every day, with the same decisions as real runs.

Private to the collection. Pure: the time is an argument. The lifetimes are those of lifecycle.md 9.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .._handover.terms import Operation
from .decision import Desired, KnownVersion, OnDisk, Question
from .due_date import RenewalWindow, due_at
from .operation_choice import choose
from .term_end import estimated_term_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._handover.estate import Forecast, ForecastMonth

LIFETIMES = (200, 100, 47)
"""The longest lifetimes that the rules allow from 2026-03-15, 2027-03-15 and 2029-03-15 on, in days."""
UNDER_THE_LIMIT = timedelta(days=1)
"""A CA issues certificates that live a day less than it may."""
MONTHS = 12


@dataclass(frozen=True)
class ForecastSubject:
    """A certificate to forecast: its next operation and the moment of it, and the estimated end of the paid term.

    ``product_code`` is an issue code. ``is_placed`` is True if that operation was requested before the report, so it
    does not count.
    """

    name: str
    product_code: str
    window: RenewalWindow
    operation: Operation
    at: datetime
    term_end: datetime | None
    is_placed: bool = False


@dataclass(frozen=True)
class ForecastEvent:
    """An operation of the forecast."""

    at: datetime
    operation: Operation

    @property
    def is_purchase(self) -> bool:
        return self.operation is not Operation.REISSUE


def forecasts(subjects: Iterable[ForecastSubject], now: datetime) -> list[Forecast]:
    """Return a forecast for each of the lifetimes, for twelve months that begin with the month of ``now``."""
    known = list(subjects)
    return [_forecast(known, days, now) for days in LIFETIMES]


def _forecast(subjects: list[ForecastSubject], lifetime_days: int, now: datetime) -> Forecast:
    months = months_from(now)
    counts: Counter[tuple[str, bool]] = Counter()
    for subject in subjects:
        for event in events(subject, lifetime_days=lifetime_days, now=now, until=months[-1]):
            counts[month_of(event.at), event.is_purchase] += 1
    shown: list[ForecastMonth] = [
        {"month": month, "purchases": counts[month, True], "reissues": counts[month, False]}
        for month in map(month_of, months[:-1])
    ]
    return {"lifetime_days": lifetime_days, "months": shown}


def events(subject: ForecastSubject, *, lifetime_days: int, now: datetime, until: datetime) -> Iterator[ForecastEvent]:
    """Yield the operations of one certificate until a moment, in their order.

    Each is carried out as soon as it is due. The unused days of a term are lost: it is not known whether the CA carries
    them over (lifecycle.md 8).
    """
    lifetime = timedelta(days=lifetime_days) - UNDER_THE_LIMIT
    at, operation, term_end = max(subject.at, now), subject.operation, subject.term_end
    counts = not subject.is_placed
    while at < until:
        if term_end is None or term_end <= at + UNDER_THE_LIMIT:
            operation = operation if operation is not Operation.REISSUE else Operation.RENEW
        if operation is not Operation.REISSUE or term_end is None:
            term_end = estimated_term_end(at)
        if counts:
            yield ForecastEvent(at, operation)
        counts = True
        version = _issued(subject, at, min(at + lifetime, term_end), term_end)
        due = due_at(
            not_before=version.not_before,
            not_after=version.not_after,
            window=subject.window,
            spread_by=subject.name,
            term_end=term_end,
        )
        at, operation = max(due, at + UNDER_THE_LIMIT), _next_operation(subject, version, due)


def _issued(subject: ForecastSubject, not_before: datetime, not_after: datetime, term_end: datetime) -> KnownVersion:
    return KnownVersion(
        serial_number="",
        names=frozenset({subject.name}),
        not_before=not_before,
        not_after=not_after,
        public_key_sha256="",
        key=None,
        product_code=subject.product_code,
        order_id=subject.name,
        term_end=term_end,
    )


def _next_operation(subject: ForecastSubject, version: KnownVersion, now: datetime) -> Operation:
    desired = Desired(
        name=subject.name,
        names=version.names,
        product_code=subject.product_code,
        key="",
        window=subject.window,
        deployed=False,
    )
    return choose(Question(desired, OnDisk(newest=version), now)).operation


def months_from(now: datetime) -> list[datetime]:
    """Return the beginnings of the month of ``now`` and of the twelve months after it."""
    numbers = range(now.year * 12 + now.month - 1, now.year * 12 + now.month + MONTHS)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return [first.replace(year=number // 12, month=number % 12 + 1) for number in numbers]


def month_of(moment: datetime) -> str:
    """Return the month as text, such as ``2027-01``."""
    return f"{moment:%Y-%m}"
