# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Positions on the time line of the report, as percent of its width.

Private to the collection. Pure. The dates come from hosts, so no date may stretch the time line without limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_PAST = timedelta(days=200)
LONGEST_FUTURE = timedelta(days=400)
SHORTEST_PAST = timedelta(days=20)
SHORTEST_FUTURE = timedelta(days=70)
MOST_LABELS = 8
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Tick:
    """The first day of a month. ``label`` is empty if there is no room for it."""

    at: float
    label: str


@dataclass(frozen=True)
class Bar:
    """A certificate on the time line. A position is None if the moment is not known or not on the time line.

    ``start`` and ``end`` are the validity, ``due`` begins the time in which the certificate is due. ``paid`` is the end
    of the paid term.
    """

    start: float | None
    end: float | None
    due: float | None
    expiry: float | None
    paid: float | None
    term: float | None
    former: float | None

    @property
    def width(self) -> float:
        return _between(self.start, self.end)

    @property
    def paid_width(self) -> float:
        return _between(self.end, self.paid)

    @property
    def due_width(self) -> float:
        return _between(self.due, self.end)


@dataclass(frozen=True)
class Axis:
    """The period that the time line shows."""

    begin: datetime
    end: datetime
    now: float
    ticks: tuple[Tick, ...]

    @classmethod
    def over(cls, moments: Iterable[datetime | None], now: datetime) -> Axis:
        """Return an axis of complete months that shows the moments, as far as they are near enough."""
        known = [moment for moment in moments if moment is not None]
        earliest, latest = now - LONGEST_PAST, now + LONGEST_FUTURE
        first = max(min([*known, now - SHORTEST_PAST]), earliest)
        last = min(max([*known, now + SHORTEST_FUTURE]), latest)
        begin, end = _first_of_month(first), _next_month(last)
        return cls(begin, end, _percent(begin, end, now), tuple(_ticks(begin, end)))

    def clipped(self, moment: datetime | None) -> float | None:
        """Return the position of a moment, or the nearer end of the time line if it is outside."""
        return None if moment is None else min(max(_percent(self.begin, self.end, moment), 0), 100)

    def exact(self, moment: datetime | None) -> float | None:
        """Return the position of a moment that the time line shows, or None."""
        return self.clipped(moment) if moment is not None and self.begin <= moment <= self.end else None

    def span(
        self,
        *,
        not_before: datetime | None,
        not_after: datetime | None,
        due_at: datetime | None = None,
        term_end: datetime | None = None,
        former_until: datetime | None = None,
    ) -> Bar | None:
        """Return the bar of a certificate, or None if its validity is not known."""
        if not_before is None or not_after is None or not_after <= not_before:
            return None
        due = None if due_at is None else min(max(due_at, not_before), not_after)
        return Bar(
            start=self.clipped(not_before),
            end=self.clipped(not_after),
            due=self.clipped(due),
            expiry=self.exact(not_after),
            paid=self.clipped(term_end) if term_end is not None and term_end > not_after else None,
            term=self.exact(term_end),
            former=self.exact(former_until),
        )


def _ticks(begin: datetime, end: datetime) -> Iterator[Tick]:
    months = [begin]
    while (following := _next_month(months[-1])) < end:
        months.append(following)
    step = -(-len(months) // MOST_LABELS)
    for month in months:
        # January always has a label, because it shows the year.
        is_labelled = (month.month - 1) % step == 0
        label = f"{month.year}" if month.month == 1 else MONTHS[month.month - 1]
        yield Tick(_percent(begin, end, month), label if is_labelled else "")


def _first_of_month(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next_month(moment: datetime) -> datetime:
    return _first_of_month(_first_of_month(moment) + timedelta(days=32))


def _percent(begin: datetime, end: datetime, moment: datetime) -> float:
    return _rounded((moment - begin) / (end - begin) * 100)


def _between(begin: float | None, end: float | None) -> float:
    return 0 if begin is None or end is None else _rounded(end - begin)


def _rounded(number: float) -> float:
    return round(number, 1)
