# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures ratios that do not depend on the load of the machine: two sides take turns, their medians are compared."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Result:
    """One comparison, in seconds of wall-clock time. `goal` is the aim, `limit` is the bound that must hold today."""

    name: str
    ours_s: float
    baseline: str
    baseline_s: float
    goal: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours_s / self.baseline_s

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "ours_s": round(self.ours_s, 3),
            "baseline": self.baseline,
            "baseline_s": round(self.baseline_s, 3),
            "ratio": round(self.ratio, 2),
            "goal": self.goal,
            "limit": self.limit,
            "better": "lower",
        }


def medians(*, ours: Callable[[], object], baseline: Callable[[], object], pairs: int) -> tuple[float, float]:
    """Run both sides in turn, `pairs` times, and return the median of each."""
    seconds_of_ours, seconds_of_baseline = [], []
    for dummy in range(pairs):
        seconds_of_ours.append(seconds(ours))
        seconds_of_baseline.append(seconds(baseline))
    return median(seconds_of_ours), median(seconds_of_baseline)


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
