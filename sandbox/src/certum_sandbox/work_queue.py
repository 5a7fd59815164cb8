# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The queue of orders for the background worker. The database holds the open work, so the queue may be lost."""

from __future__ import annotations

import asyncio


class WorkQueue:
    """A queue of the ids of orders that changed."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()

    def put(self, order_id: str) -> None:
        """Add an order."""
        self._queue.put_nowait(order_id)

    async def get(self) -> str:
        """Wait for the next order and return its id."""
        return await self._queue.get()
