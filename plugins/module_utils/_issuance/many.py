# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many certificates at once, with one account.

Private to the collection.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .obtain import Obtain
    from .order import Order
    from .outcome import Outcome
    from .patience import Patience


def obtain_all(obtain: Obtain, orders: Sequence[Order], *, patience: Patience, workers: int) -> list[Outcome]:
    """The outcomes of ``orders``, in their order. Every order is placed before the first is waited for.

    All wait together: an order that takes days keeps no worker from the others, and the whole call has one deadline.
    """
    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(orders)))) as pool:
        pursuits = list(pool.map(obtain.start, orders))
        for _look in patience.looks():
            pursuits = list(pool.map(obtain.look, pursuits))
            if all(pursuit.done for pursuit in pursuits):
                break
        return list(pool.map(obtain.conclude, pursuits))
