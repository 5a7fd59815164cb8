# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""First issue: new certificates, compared with community.crypto and Pebble, with the same kind of key on both sides."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from . import community_crypto, ours
from .fleet import calls_by_operation
from .measure import WALL, Figure, Ratio, medians
from .pebble import pebble
from .play import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.sandbox import Sandbox

PAIRS = {20: 2, 100: 1}
"""By number of certificates. The peer needs minutes for a hundred."""
SHARED = ("getOrdersByDateRange", "getModifiedOrders")
"""The operations that read many orders in one call."""


def figures() -> Iterator[Ratio | Figure]:
    """Yield a ratio for each number of certificates, and the calls that a certificate needs."""
    community_crypto.prepare()
    rounds = count(1)

    def fresh_names(number: int) -> list[str]:
        return [f"round{next(rounds)}-site{site}.example.com" for site in range(number)]

    # The account has only these orders, because that of Pebble has no others.
    with ours.ca() as sandbox, pebble(BUILD / "pebble") as acme_directory:
        for number, pairs in PAIRS.items():
            sandbox.clear_calls()
            found, theirs = medians(
                ours=lambda number=number: ours.issue(fresh_names(number), sandbox),  # type: ignore[misc]
                baseline=lambda number=number: community_crypto.issue(fresh_names(number), acme_directory),  # type: ignore[misc]
                pairs=pairs,
            )
            name, peer, goal = f"first-issue-{number}", "community.crypto with Pebble", 0.1 if number == 100 else 0.2
            yield Ratio(name, found, peer, theirs, WALL, goal=goal, limit=goal)
            yield calls_each(f"{name}-calls", sandbox, number * pairs)


def calls_each(name: str, sandbox: Sandbox, certificates: int) -> Figure:
    """Return the calls to the CA for each certificate. A call that reads many orders is not counted."""
    calls = calls_by_operation(sandbox)
    own = sum(number for operation, number in calls.items() if operation not in SHARED)
    shared = sum(calls[operation] for operation in SHARED)
    return Figure(name, own / certificates, f"calls each, and {shared} shared", goal=4, limit=4.2)
