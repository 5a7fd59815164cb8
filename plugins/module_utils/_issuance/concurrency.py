# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many orders of one account in parallel.

Private to the collection.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .obtaining import Obtain
    from .order_in_progress import Pursuit
    from .ordered_certificate import Order
    from .outcome import Outcome
    from .waiting import Patience

    Enough = Callable[[Sequence[Pursuit], float], bool]
    """Whether to stop looking, given the pursuits and the seconds since the first look."""


def obtain_all(obtain: Obtain, orders: Sequence[Order], *, patience: Patience, workers: int) -> list[Outcome]:
    """Return the outcomes of ``orders``, in the same order. Every order is placed before the first wait."""
    workers = max(workers, 1)
    pursuits = pursue_all(obtain, orders, patience=patience, workers=workers, enough=all_are_done)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(obtain.conclude, pursuits))


def all_are_done(pursuits: Sequence[Pursuit], _moment: float) -> bool:
    """Return whether this run can do no more for any of them."""
    return all(pursuit.done for pursuit in pursuits)


def pursue_all(
    obtain: Obtain, orders: Sequence[Order], *, patience: Patience, workers: int, enough: Enough
) -> list[Pursuit]:
    """Return the pursuits of ``orders`` when the time is over, or as soon as ``enough`` is true.

    All orders wait together: a slow order blocks no worker, and the whole call has one deadline. Each order is looked
    at in its own rhythm. A look is repeated anyway, so a single read without an answer is not.
    """
    if not orders:
        return []
    obtain = replace(obtain, taken=frozenset(order.order_id for order in orders if not order.sent.may_be_sent))
    looking = replace(obtain, api=obtain.api.asking_once()) if patience.timeout > 0 else obtain
    with ThreadPoolExecutor(max_workers=workers) as pool:
        pursuits = list(pool.map(obtain.start, orders))
        for moment in patience.looks():

            def look(pursuit: Pursuit, moment: float = moment) -> Pursuit:
                if moment < pursuit.rests_until:
                    return pursuit
                return looking.look(pursuit).at(moment, longest_pause=patience.longest_pause)

            pursuits = list(pool.map(look, pursuits))
            if enough(pursuits, moment):
                break
        return pursuits
