# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schedule of looks with a deadline, on a monotonic clock.

Private to the collection.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FIRST_PAUSE = 0.1
GROWTH = 3.0
"""The factor between two pauses: an order that is issued at once is seen at once, and one that takes minutes gets about
ten looks."""


@dataclass(frozen=True)
class Patience:
    """The total time to wait and the longest pause between two looks, in seconds. Pauses grow from 0.1 s on."""

    timeout: float
    longest_pause: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Patience:
        """Return the schedule for the options of a module: without ``wait``, a single look."""
        return cls(timeout=params["wait_timeout"] if params["wait"] else 0, longest_pause=max(params["wait_sleep"], 1))

    def looks(self) -> Iterator[float]:
        """Yield now, after every pause until the time is over, and at the deadline.

        Each value is the number of seconds since the first look.
        """
        began = self.clock()
        pause = FIRST_PAUSE
        yield 0.0
        while (left := began + self.timeout - self.clock()) > 0:
            self.sleep(min(pause, left))
            pause = min(pause * GROWTH, self.longest_pause)
            yield self.clock() - began
