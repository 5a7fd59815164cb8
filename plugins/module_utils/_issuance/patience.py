# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting with a deadline on a monotonic clock.

Private to the collection.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST_PAUSE = 0.1


@dataclass(frozen=True)
class Patience:
    """How long to wait in all and between two looks, in seconds. Pauses double from a tenth of a second on."""

    timeout: float
    longest_pause: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def looks(self) -> Iterator[None]:
        """One item now and one after every pause until the time is over, with a last one at the deadline."""
        deadline = self.clock() + self.timeout
        pause = FIRST_PAUSE
        yield
        while (left := deadline - self.clock()) > 0:
            self.sleep(min(pause, left))
            pause = min(pause * 2, self.longest_pause)
            yield
