# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates and durations as ISO 8601 writes them; every moment in the sandbox is a UTC datetime with milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_END_OF_DAY = re.compile(r"24(?::?00)*(?:[.,]0+)?(?![\d:])")
_SEPARATOR = re.compile(r"[T ]+")
# XML Schema allows a zone beside a date, which ISO 8601 does not.
_ZONE_OF_DAY = re.compile(r"(?<=^\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$", re.IGNORECASE)
_DAYS = {"years": 365, "months": 30, "weeks": 7, "days": 1}
_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}


def parse_duration(text: str) -> timedelta:
    """``P30D``, ``-P190D``, ``PT1H30M``. A year counts 365 days and a month 30. ValueError for anything else."""
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
    """``2026-11-22T10:15:00.000Z``: sorts as text in time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime:
    """An ``xs:dateTime``; without an offset it is UTC. ValueError if it is none."""
    return _to_utc(datetime.fromisoformat(text.strip()))


def _to_utc(moment: datetime, later: timedelta = timedelta()) -> datetime:
    """ValueError if the moment lies before year 1 or after year 9999 in UTC."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC) + later
    except OverflowError as error:
        msg = f"{moment.isoformat()} is out of range"
        raise ValueError(msg) from error


def _split(text: str) -> tuple[date, str]:
    """The day of a moment and what follows the ``T`` or the blank, ``""`` if there is nothing."""
    day, _separator, rest = _SEPARATOR.sub("T", text.strip().upper(), count=1).partition("T")
    return date.fromisoformat(day), rest


def read_any_moment(text: str, *, plain: bool) -> datetime:
    """A moment in any usual form of ISO 8601: basic or extended, with or without seconds, zone and fraction.

    Without a zone it is UTC. A date alone is its first moment if ``plain`` dates count. ValueError if it is none.
    """
    day, rest = _split(text)
    if not rest and not plain:
        msg = f"{text!r} has no time of day"
        raise ValueError(msg)
    end_of_day = _END_OF_DAY.match(rest)
    moment = datetime.combine(day, time.fromisoformat(f"00{rest[end_of_day.end() :]}" if end_of_day else rest or "00"))
    return _to_utc(moment, later=timedelta(days=1) if end_of_day else timedelta())


def read_any_day(text: str) -> date:
    """A day in any usual form of ISO 8601. A zone or a time beside it does not matter. ValueError if it is none."""
    day, rest = _split(_ZONE_OF_DAY.sub("", text.strip()))
    if rest:
        time.fromisoformat(rest)
    return day
