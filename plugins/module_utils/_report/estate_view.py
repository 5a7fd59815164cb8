# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate as the page shows it: numbers that need action first, then the lists behind them.

Private to the collection. Pure: the time is the one of the estate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.terms import AccountState, HostState
from .certificate_row import row_of
from .forecast_view import forecast_view
from .moments import Moment, parsed
from .overview import shares, tiles, verdict
from .time_line import Axis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from .._handover.estate import Estate, EstateHost
    from .._handover.problems import ShownProblem
    from .certificate_row import Row
    from .forecast_view import ForecastView
    from .overview import Share, Tile

ACCOUNT_WORDS = {
    AccountState.READ.value: "The account of the CA was read.",
    AccountState.NOT_ASKED.value: "The account of the CA was not read, so the hosts' own records say who must act.",
    AccountState.FAILED.value: "The account of the CA could not be read, so the hosts' own records say who must act.",
}


@dataclass(frozen=True)
class HostRow:
    """A host that did not report, or has problems. Each problem is a list of lines."""

    name: str
    state: str
    is_reported: bool
    problems: list[list[str]]


@dataclass(frozen=True)
class EstateView:
    """Everything that the page shows. ``orders``, ``to_verify`` and so on are the rows of a section."""

    generated: Moment
    verdict: str
    limit: str | None
    account: str
    problems: list[list[str]]
    next_expiry: Row | None
    hosts_count: int
    tiles: list[Tile]
    shares: list[Share]
    axis: Axis
    rows: list[Row]
    actions: list[Row]
    orders: list[Row]
    to_verify: list[Row]
    formers: list[Row]
    hosts: list[HostRow]
    forecast: ForecastView


def view_of(estate: Estate) -> EstateView:
    """Return the view of an estate. Its ``generated_at`` is the time of the report."""
    now = parsed(estate["generated_at"])
    if now is None:
        raise ValueError("generated_at is not a moment in ISO 8601")
    axis = Axis.over(_moments(estate), now)
    numbered = enumerate(estate["certificates"], 1)
    rows = sorted((row_of(each, number, axis, now) for number, each in numbered), key=lambda row: row.urgency)
    hosts = [_host(host) for host in estate["hosts"] if host["state"] != HostState.REPORTED.value or host["problems"]]
    unreported = [host.state for host in hosts if not host.is_reported]
    return EstateView(
        generated=Moment.of(now, now),
        verdict=verdict(rows, len(unreported)),
        limit=estate["limit"],
        account=ACCOUNT_WORDS.get(estate["account"], ""),
        problems=_lines(estate["problems"]),
        next_expiry=min((row for row in rows if row.will_expire), key=lambda row: row.expiry_key, default=None),
        hosts_count=len(estate["hosts"]),
        tiles=tiles(rows, unreported),
        shares=shares(rows),
        axis=axis,
        rows=rows,
        actions=[row for row in rows if row.needs_action],
        orders=sorted((row for row in rows if row.order), key=lambda row: row.order_key),
        to_verify=[row for row in rows if row.is_to_verify],
        formers=sorted((row for row in rows if row.former), key=lambda row: row.former_key),
        hosts=hosts,
        forecast=forecast_view(estate["forecasts"]),
    )


def _moments(estate: Estate) -> Iterator[datetime | None]:
    for certificate in estate["certificates"]:
        yield parsed(certificate["not_before"])
        yield parsed(certificate["not_after"])
        yield parsed(certificate["term_end"])


def _host(host: EstateHost) -> HostRow:
    return HostRow(
        name=host["name"],
        state=host["state"].replace("_", " "),
        is_reported=host["state"] == HostState.REPORTED.value,
        problems=_lines(host["problems"]),
    )


def _lines(problems: Sequence[ShownProblem]) -> list[list[str]]:
    return [problem["text"].splitlines() for problem in problems]
