# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moments as the report shows them: a date, and how far it is away.

Private to the collection. Pure: the time is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
HOURS_MATTER = timedelta(days=2)


@dataclass(frozen=True)
class Moment:
    """A moment in UTC, as text: ``iso`` for programs, ``day``, ``minute`` and ``distance`` for people."""

    at: datetime
    iso: str
    day: str
    minute: str
    distance: str
    is_past: bool

    @classmethod
    def of(cls, at: datetime, now: datetime) -> Moment:
        """Return the texts of a moment."""
        day = f"{at.year:04}-{at:%m-%d}"  # %Y has no leading zeros on Linux
        return cls(
            at=at,
            iso=f"{day}T{at:%H:%M:%S}Z",
            day=day,
            minute=f"{day} {at:%H:%M} UTC",
            distance=distance(at, now),
            is_past=at <= now,
        )


def parsed(text: str | None) -> datetime | None:
    """Return the moment of a text in ISO 8601, in UTC. It is None if there is no text or if it is not a moment."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def moment_of(text: str | None, now: datetime) -> Moment | None:
    """Return the moment of a text for the report, or None."""
    at = parsed(text)
    return None if at is None else Moment.of(at, now)


def is_past(text: str | None, now: datetime) -> bool:
    """Return whether a text is a moment that has passed."""
    at = parsed(text)
    return at is not None and at <= now


def distance(at: datetime, now: datetime) -> str:
    """Return how far a moment is away: ``in 3 days``, ``5 hours ago``."""
    if abs(at - now) < ONE_HOUR:
        return "now"
    return f"in {_length(at - now)}" if at > now else f"{_length(now - at)} ago"


def time_left(until: datetime, now: datetime) -> str:
    """Return how much time is left: ``3 days left``."""
    return f"{_length(until - now)} left" if until > now else "no time left"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 day``, ``1,000 days``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _length(time: timedelta) -> str:
    """Return a length in complete days, or in complete hours if it is less than two days."""
    return counted(time // ONE_HOUR, "hour") if time < HOURS_MATTER else counted(time // ONE_DAY, "day")
