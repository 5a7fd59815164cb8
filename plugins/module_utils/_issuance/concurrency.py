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

from .._partner_api.api_errors import AuthenticationError
from .obtaining import not_placed
from .order_in_progress import Pursuit
from .ordered_certificate import known_orders
from .shared_look import SharedLook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from .obtaining import Obtain
    from .ordered_certificate import Order
    from .outcome import Outcome
    from .waiting import Patience

    Enough = Callable[[Sequence[Pursuit], float], bool]
    """Whether to stop looking, given the pursuits and the seconds since the first look."""


class AccountRefusedError(AuthenticationError):
    """The CA refused the account while orders were placed. ``outcomes`` are in the order of the call."""

    def __init__(self, refusal: AuthenticationError, outcomes: Sequence[Outcome]) -> None:
        super().__init__(where=refusal.where, why=refusal.why, remedy=refusal.remedy)
        self.outcomes = tuple(outcomes)


def obtain_all(obtain: Obtain, orders: Sequence[Order], *, patience: Patience, workers: int) -> list[Outcome]:
    """Return the outcomes of ``orders``, in the same order. Every order is placed before the first wait.

    Raises AccountRefusedError.
    """
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
    at in its own rhythm. A look is repeated anyway, so a single read without an answer is not. One read of the account
    finds the issued ones among many. Raises AccountRefusedError.
    """
    if not orders:
        return []
    obtain = replace(obtain, taken=known_orders(orders))
    looking = replace(obtain, api=obtain.api.asking_once()) if patience.timeout > 0 else obtain
    shared = SharedLook.begin(looking.api)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        pursuits = _start_all(obtain, orders, pool)
        for moment in patience.looks():
            shared.read(pursuits)

            def look(pursuit: Pursuit, moment: float = moment) -> Pursuit:
                issued = shared.issued(pursuit)
                if not issued and (moment < pursuit.rests_until or shared.may_skip(pursuit)):
                    return pursuit
                return looking.look(pursuit, issued).at(moment, longest_pause=patience.longest_pause)

            pursuits = list(pool.map(look, pursuits))
            if enough(pursuits, moment):
                break
        return pursuits


def _start_all(obtain: Obtain, orders: Sequence[Order], pool: Executor) -> list[Pursuit]:
    """Start every order. Once the CA has refused the account, no other order is sent. Raises AccountRefusedError."""
    refusals: list[AuthenticationError] = []

    def start(order: Order) -> Pursuit:
        if not refusals:
            try:
                return obtain.start(order)
            except AuthenticationError as error:
                refusals.append(error)
        return Pursuit(order, not_placed(order, refusals[0]), done=True)

    pursuits = list(pool.map(start, orders))
    if refusals:
        raise AccountRefusedError(refusals[0], [pursuit.outcome for pursuit in pursuits]) from refusals[0]
    return pursuits
