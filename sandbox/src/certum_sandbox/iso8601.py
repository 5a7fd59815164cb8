# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ISO 8601 dates and durations. Every moment in the sandbox is a UTC datetime with milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_END_OF_DAY = re.compile(r"24(?::?00)*(?:[.,]0+)?(?![\d:])")
_SEPARATOR = re.compile(r"[T ]+")
# XML Schema allows a time zone after a date, ISO 8601 does not.
_ZONE_OF_DAY = re.compile(r"(?<=^\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$", re.IGNORECASE)
_DAYS = {"years": 365, "months": 30, "weeks": 7, "days": 1}
_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}


def parse_duration(text: str) -> timedelta:
    """Parse ``P30D``, ``-P190D`` or ``PT1H30M``. A year is 365 days, a month 30. Raise ValueError for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        msg = f"{text!r} is not an ISO 8601 duration such as P30D, -P190D or PT12H"
        raise ValueError(msg)
    count = {unit: int(number) for unit, number in match.groupdict(default="0").items() if unit != "sign"}
    length = timedelta(
        days=sum(count[unit] * days for unit, days in _DAYS.items()),
        seconds=sum(count[unit] * seconds for unit, seconds in _SECONDS.items()),
    )
    return -length if match["sign"] == "-" else length


def format_moment(moment: datetime) -> str:
    """Return a text like ``2026-11-22T10:15:00.000Z``. The texts sort in time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime:
    """Parse an ``xs:dateTime``, as UTC if it has no offset. Raise ValueError for anything else."""
    return _to_utc(datetime.fromisoformat(text.strip()))


def _to_utc(moment: datetime, later: timedelta = timedelta()) -> datetime:
    """Return the moment in UTC. Raise ValueError if its year in UTC is not between 1 and 9999."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC) + later
    except OverflowError as error:
        msg = f"{moment.isoformat()} is out of range"
        raise ValueError(msg) from error


def _split(text: str) -> tuple[date, str]:
    """Return the day of a moment and the text after the ``T`` or the blank, ``""`` if there is none."""
    day, _separator, rest = _SEPARATOR.sub("T", text.strip().upper(), count=1).partition("T")
    return date.fromisoformat(day), rest


def read_any_moment(text: str, *, plain: bool) -> datetime:
    """Parse a moment in any usual form of ISO 8601: basic or extended, with or without seconds, zone and fraction.

    A moment without a zone is UTC. A date alone is midnight if ``plain`` dates are allowed. Raise ValueError for
    anything else.
    """
    day, rest = _split(text)
    if not rest and not plain:
        msg = f"{text!r} has no time of day"
        raise ValueError(msg)
    end_of_day = _END_OF_DAY.match(rest)
    moment = datetime.combine(day, time.fromisoformat(f"00{rest[end_of_day.end() :]}" if end_of_day else rest or "00"))
    return _to_utc(moment, later=timedelta(days=1) if end_of_day else timedelta())


def read_any_day(text: str) -> date:
    """Parse a day in any usual form of ISO 8601 and ignore a zone or a time. Raise ValueError for anything else."""
    day, rest = _split(_ZONE_OF_DAY.sub("", text.strip()))
    if rest:
        time.fromisoformat(rest)
    return day
