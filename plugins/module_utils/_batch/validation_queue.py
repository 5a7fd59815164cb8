# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The queue of orders that need the same place for their validation, across all hosts.

Private to the collection. Pure. A validation file has one fixed path in its web root and a name has one CNAME record,
so orders that need the same place are validated one after the other. One name can have several TXT records
(lifecycle.md 4.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import ValidationMethod

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .._handover.batches import PendingOrder
    from .._lifecycle.declaration import Declaration

LONGEST_PLACE = 300


def places(declaration: Declaration, *, directory: str) -> list[str]:
    """Return the places that only one order at a time can use.

    Only the host knows the directory of a web root. A host that reports a wrong one harms its own validation, or delays
    the orders that share the place.
    """
    if declaration.method is ValidationMethod.FILE:
        return [f"file {quote(directory, LONGEST_PLACE)}"]
    if declaration.method.is_cname:
        return sorted({f"cname {name.removeprefix('*.')}" for name in declaration.names})
    return []


def in_use(pending: Sequence[PendingOrder]) -> set[str]:
    """Return the places of orders that are published and not yet validated."""
    return {place for order in pending if order["published"] and not order["validated"] for place in order["places"]}


def choose(pending: Sequence[PendingOrder]) -> list[PendingOrder]:
    """Return the pending orders; those whose places are free are now published, first come, first served."""
    taken, chosen = in_use(pending), []
    for order in pending:
        if order["published"] or taken.intersection(order["places"]):
            chosen.append(order)
        else:
            taken.update(order["places"])
            chosen.append({**order, "published": True})
    return chosen


def passed_over(order: PendingOrder, *, seconds: float) -> PendingOrder:
    """Return an order after a round in which it waited for its place. This time counts, as all rounds share it."""
    return {**order, "waited": order["waited"] + seconds}


def must_give_way(order: PendingOrder, waiting: Sequence[PendingOrder]) -> bool:
    """Return whether an order with no time left holds a place that another order waits for."""
    wanted = {place for each in waiting for place in each["places"]}
    return not order["validated"] and bool(wanted.intersection(order["places"]))


def rounds_left(pending: Sequence[PendingOrder]) -> int:
    """Return the number of rounds until every order has had its place, including the present round."""
    return max((_longest_queue(place, pending) for place in _all_places(pending)), default=1)


def _all_places(pending: Sequence[PendingOrder]) -> Collection[str]:
    return {place for order in pending for place in order["places"]}


def _longest_queue(place: str, pending: Sequence[PendingOrder]) -> int:
    return sum(place in order["places"] and not order["validated"] for order in pending)
