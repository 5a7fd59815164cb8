# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repetition of a read after a network fault.

Private to the collection. Only reads are repeated: a purchase is sent once. Clock, sleep and random numbers are
arguments.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, TypeVar

from .api_errors import CertumError

if TYPE_CHECKING:
    from collections.abc import Iterator

_T = TypeVar("_T")


@dataclass(frozen=True)
class RetryPolicy:
    """At most ``attempts`` calls, each of which begins at most ``total`` seconds after the first.

    The pause before the n-th repetition is a random number between half and the whole of ``first_pause`` * 2**(n-1),
    which never exceeds ``max_pause``.
    """

    attempts: int = 4
    first_pause: float = 1.0
    max_pause: float = 15.0
    total: float = 180.0

    def pauses(self) -> Iterator[float]:
        for repetition in range(self.attempts - 1):
            yield min(self.max_pause, self.first_pause * 2**repetition)


@dataclass(frozen=True)
class Retry:
    """A retry loop. ``draw(a, b)`` returns a random number between the two."""

    policy: RetryPolicy = RetryPolicy()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[float, float], float] = random.uniform

    def call(self, function: Callable[[], _T]) -> _T:
        """Return the function's value; repeat it while its error is worth retrying, then raise its last error."""
        deadline = self.clock() + self.policy.total
        for longest in self.policy.pauses():
            try:
                return function()
            except CertumError as error:
                pause = self.draw(longest / 2, longest)
                if not error.worth_retrying or self.clock() + pause > deadline:
                    raise
            self.sleep(pause)
        return function()
