# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wait ends under any clock."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import FIRST_PAUSE, GROWTH, Patience
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence


class Clock:
    """Time passes by sleeping, and by the work between two looks."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def look_at(clock: Clock, *, timeout: float, longest_pause: float, work: Sequence[float]) -> list[float]:
    """Return the moments of all looks, counted from the first; the n-th look takes ``work[n]`` seconds."""
    began, moments = clock.now, []
    patience = Patience(timeout=timeout, longest_pause=longest_pause, clock=lambda: clock.now, sleep=clock.sleep)
    for number, moment in enumerate(patience.looks()):
        moments.append(moment)
        assert moment == clock.now - began
        clock.now += work[number] if number < len(work) else 0
        assert number < 10_000
    return moments


@given(
    timeout=st.floats(-10, 3_600),
    longest_pause=st.floats(1, 600),
    work=st.lists(st.floats(0, 200), max_size=30),
)
def test_polls_are_bounded_and_use_all_the_time(timeout: float, longest_pause: float, work: list[float]) -> None:
    clock = Clock()
    moments = look_at(clock, timeout=timeout, longest_pause=longest_pause, work=work)
    assert moments[0] == 0, "one look at once, with any timeout"
    assert all(0 < pause <= longest_pause for pause in clock.pauses)
    shorter = math.ceil(math.log(longest_pause / FIRST_PAUSE, GROWTH)) + 1
    assert len(moments) <= max(timeout, 0) / longest_pause + shorter + 3
    for moment, pause in zip(moments[1:], clock.pauses):
        assert moment - pause <= timeout, "no pause is begun after the deadline"
        assert moment <= timeout + 1e-6, "none ends after it"
    assert clock.now - 1_000 >= timeout - 1e-6, "no time is left that a look could have used"


def test_pauses_grow_up_to_the_longest() -> None:
    clock = Clock()
    look_at(clock, timeout=3, longest_pause=1, work=[])
    assert [round(pause, 3) for pause in clock.pauses] == [0.1, 0.3, 0.9, 1, 0.7]
