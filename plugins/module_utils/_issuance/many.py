# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many certificates at once, with one account.

Private to the collection.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .obtain import Obtain
    from .order import Order
    from .outcome import Outcome
    from .patience import Patience
    from .pursuit import Pursuit


def obtain_all(obtain: Obtain, orders: Sequence[Order], *, patience: Patience, workers: int) -> list[Outcome]:
    """The outcomes of ``orders``, in their order. Every order is placed before the first is waited for.

    All wait together: an order that takes days keeps no worker from the others, and the whole call has one deadline.
    Each is looked at in its own time. Who comes back by himself need not repeat a question that got no answer.
    """
    if not orders:
        return []
    obtain = replace(obtain, taken=frozenset(order.order_id for order in orders if not order.sent.may_be_sent))
    looking = replace(obtain, api=obtain.api.asking_once()) if patience.timeout > 0 else obtain
    with ThreadPoolExecutor(max_workers=min(max(workers, 1), len(orders))) as pool:
        pursuits = list(pool.map(obtain.start, orders))
        for moment in patience.looks():

            def look(pursuit: Pursuit, moment: float = moment) -> Pursuit:
                if moment < pursuit.rests_until:
                    return pursuit
                return looking.look(pursuit).at(moment, longest_pause=patience.longest_pause)

            pursuits = list(pool.map(look, pursuits))
            if all(pursuit.done for pursuit in pursuits):
                break
        return list(pool.map(obtain.conclude, pursuits))
