# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox's own clock: the machine's time plus an offset that the user chooses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def machine_time() -> datetime:
    """Return the machine's time in UTC."""
    return datetime.now(UTC)


class Clock:
    """The sandbox's clock. It calls ``remember`` with every new offset, so that a restart can restore the offset."""

    def __init__(
        self,
        offset: timedelta,
        *,
        remember: Callable[[timedelta], None] = lambda _offset: None,
        machine: Callable[[], datetime] = machine_time,
    ) -> None:
        self._offset = offset
        self._remember = remember
        self._machine = machine

    def now(self) -> datetime:
        """Return the sandbox's time in UTC, in milliseconds as the API sends it."""
        moment = self._machine() + self._offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock and return the new time."""
        self._offset += by
        self._remember(self._offset)
        return self.now()
