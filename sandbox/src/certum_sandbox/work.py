# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What waits for the CA's background work. Only a hint: the database says what is to do, so losing it loses nothing."""

from __future__ import annotations

import asyncio


class WorkQueue:
    """Identifiers of orders that something happened to."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()

    def put(self, order_id: str) -> None:
        """Look at this order soon."""
        self._queue.put_nowait(order_id)

    async def get(self) -> str:
        """The next order to look at."""
        return await self._queue.get()
