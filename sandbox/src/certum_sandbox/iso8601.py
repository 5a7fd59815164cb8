# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates and durations as ISO 8601 writes them; every moment in the sandbox is a UTC datetime with milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
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
    moment = datetime.fromisoformat(text.strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
