# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA's time, taken from its answers (``timestamp``, partner-api.md 1.2).

Private to the collection. The dates of orders and certificates come from the CA's clock. If the controller's clock is
days wrong, a search by date misses some of them, and a missed certificate is ordered again.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class CaClock:
    """The time of the CA's last timestamp, carried forward; the controller's time while no answer has a timestamp.

    Several threads may use it at once. ``elapsed`` returns seconds that no correction of a clock changes.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._heard: tuple[datetime, float] | None = None

    def hear(self, timestamp: datetime | None) -> None:
        """Set the clock to the timestamp of an answer; None changes nothing."""
        if timestamp is not None:
            self._heard = timestamp, self._elapsed()

    def now(self) -> datetime:
        """Return the CA's time, in UTC."""
        if self._heard is None:
            return datetime.now(timezone.utc)
        timestamp, heard_at = self._heard
        return timestamp + timedelta(seconds=self._elapsed() - heard_at)

    def local_ahead(self) -> timedelta | None:
        """Return how far the controller's clock is ahead of the CA's, None before the first timestamp."""
        return None if self._heard is None else datetime.now(timezone.utc) - self.now()
