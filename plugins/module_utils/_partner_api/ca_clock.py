# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA's time, as its answers tell it (``timestamp``, partner-api.md 1.2).

Private to the collection. Orders and certificates have dates of the CA's clock. A controller whose own clock is days
late or early would not see some of them, and a certificate that is not seen is bought again.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class CaClock:
    """Goes by the CA's last answer; by this machine's clock before the first answer, or where answers tell no time.

    May be used by several threads at once. ``elapsed`` gives seconds that no correction of a clock changes.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._heard: tuple[datetime, float] | None = None

    def hear(self, timestamp: datetime | None) -> None:
        """Take the time that an answer tells."""
        if timestamp is not None:
            self._heard = timestamp, self._elapsed()

    def now(self) -> datetime:
        """Return the CA's time, in UTC."""
        if self._heard is None:
            return datetime.now(timezone.utc)
        timestamp, heard_at = self._heard
        return timestamp + timedelta(seconds=self._elapsed() - heard_at)

    def local_ahead(self) -> timedelta | None:
        """Return how far this machine's clock is ahead of the CA's, None before the first answer."""
        return None if self._heard is None else datetime.now(timezone.utc) - self.now()
