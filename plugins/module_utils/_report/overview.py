# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The overview at the top of the report: a sentence, the numbers that may need action, and the parts of the whole.

Private to the collection. Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.terms import Waiting
from .moments import counted
from .standing import Level, waiting_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .certificate_row import AwaitedOrder, Row

LEVEL_WORDS = {
    Level.URGENT: "urgent",
    Level.DUE: "due",
    Level.WAITING: "pending",
    Level.FINE: "current",
    Level.ASIDE: "not declared",
}
PEOPLE = (Waiting.OPERATOR, Waiting.DOMAIN_HOLDER, Waiting.MAILBOX_HOLDER)
"""Those whom the reader can reach."""


@dataclass(frozen=True)
class Tile:
    """A number that may need action, and the section with its details."""

    count: int
    label: str
    level: Level
    detail: str
    section: str


@dataclass(frozen=True)
class Share:
    """The certificates of one level, as a part of all in percent."""

    level: Level
    word: str
    count: int
    x: float
    width: float


def verdict(rows: Sequence[Row], unreported: int) -> str:
    """Return the most important facts of the estate as a sentence."""
    acting = sum(row.needs_action for row in rows)
    pending = sum(row.order is not None for row in rows)
    everything = counted(len(rows), "certificate")
    parts = []
    if acting:
        parts.append(f"{acting:,} of {everything} {'needs' if acting == 1 else 'need'} action")
    if pending:
        parts.append(f"{counted(pending, 'order')} {'is' if pending == 1 else 'are'} pending")
    if unreported:
        parts.append(f"{counted(unreported, 'host')} did not report")
    return f"{_listed(parts)}." if parts else f"No action is needed for {everything}."


def tiles(rows: Sequence[Row], unreported: Sequence[str]) -> list[Tile]:
    """Return the numbers of the overview. ``unreported`` are the states of the hosts that did not report."""
    urgent = [row for row in rows if row.standing.level is Level.URGENT]
    due = [row for row in rows if row.standing.level is Level.DUE]
    orders = [row.order for row in rows if row.order]
    to_verify = [row for row in rows if row.is_to_verify]
    return [
        _tile(Level.URGENT, "Urgent", urgent, "act", _counts(row.standing.word for row in urgent)),
        _tile(Level.DUE, "Due", due, "act", _counts(row.standing.word for row in due)),
        _orders_tile(orders),
        _tile(Level.DUE, "Incomplete", to_verify, "serials", "not deployed or not verified"),
        _former_tile(rows),
        _tile(Level.URGENT, "Missing hosts", unreported, "hosts", _counts(unreported)),
    ]


def shares(rows: Sequence[Row]) -> list[Share]:
    """Return the parts of the estate by level, without empty ones."""
    counts = Counter(row.standing.level for row in rows)
    found, before = [], 0
    for level in Level:
        if count := counts[level]:
            x, width = (round(part / len(rows) * 100, 2) for part in (before, count))
            found.append(Share(level, LEVEL_WORDS[level], count, x, width))
            before += count
    return found


def _tile(level: Level, label: str, found: Sequence[object], section: str, detail: str) -> Tile:
    """Return a tile, with a level that needs no action if nothing was found."""
    return Tile(len(found), label, level if found else Level.FINE, detail if found else "", section)


def _orders_tile(orders: Sequence[AwaitedOrder]) -> Tile:
    words = {waiting_words(party.value) for party in PEOPLE}
    level = Level.DUE if any(order.waits_for in words for order in orders) else Level.WAITING
    detail = f"waiting for: {_counts(order.waits_for for order in orders)}"
    return _tile(level, "Pending orders", orders, "orders", detail)


def _former_tile(rows: Sequence[Row]) -> Tile:
    formers = [row for row in rows if row.former]
    ending = [row.former.until for row in formers if row.former and row.former.until]
    soonest = min(ending, key=lambda until: until.at, default=None)
    level = Level.URGENT if any(row.standing.level is Level.URGENT for row in formers) else Level.DUE
    return _tile(level, "Former in use", formers, "formers", f"next end {soonest.distance}" if soonest else "")


def _counts(words: Iterable[str]) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in Counter(words).most_common())


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
