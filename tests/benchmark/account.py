# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account with many orders: the search for a live order of a new certificate."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from certum_sandbox.store.database import Database
from certum_sandbox.store.order_store import OrderStore

from . import ours
from .fleet import calls_by_operation
from .measure import Figure
from .play import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDERS = 20_000
PERIOD = timedelta(days=390)
PAGE = 100
"""The orders of one answer of certum-sandbox. The size of the CA's pages is unknown."""
MOST_PAGES = 100


def figures(orders: int = ORDERS) -> Iterator[Figure]:
    """Yield the calls and the cost of one new certificate in an account with many orders of others."""
    with ours.ca() as sandbox:
        ours.issue(["seed.example.com"], sandbox)
        _seed(orders)
        sandbox.clear_calls()
        began = time.perf_counter()
        cost = ours.issue(["one-more.example.com"], sandbox)
        elapsed = time.perf_counter() - began
        calls = calls_by_operation(sandbox)["getOrdersByDateRange"]
        pages = math.ceil(orders / PAGE)
        # A period with more pages than the CA sends is halved. Each half costs a call more, and perhaps a page.
        bound = pages + 4 * math.ceil(pages / MOST_PAGES)
        yield Figure(f"account-{orders}-calls", calls, "calls to look for live orders", goal=bound, limit=bound)
        yield Figure(f"account-{orders}-cpu", cost.cpu_s, "s cpu, with the order")
        yield Figure(f"account-{orders}-time", elapsed, "s, with the order")
        yield Figure(f"account-{orders}-memory", cost.peak_mib, "MiB", goal=300, limit=300)


def _seed(orders: int) -> None:
    """Copy the only order of the account, with other ids, customers and dates."""
    database = Database(BUILD / "sandbox" / "sandbox.sqlite3")
    store = OrderStore(database)
    (order,) = store.all()
    (entry,) = store.entries(order.order_id)
    certificate = entry.certificate
    if certificate is None:
        raise AssertionError(order)
    with database.transaction():
        for number in range(orders):
            order_id, created = f"other-{number}", order.created - PERIOD * number / orders
            store.add(replace(order, order_id=order_id, customer=f"other/{number}", code=None, created=created))
            store.add_entry(replace(entry, order_id=order_id, public_key_sha256=f"{number:064x}"))
            (added,) = store.entries(order_id)
            issued = replace(certificate, serial_number=f"{number + 1:032X}", not_before=created)
            store.save_entry(replace(added, certificate=issued))
    database.close()
