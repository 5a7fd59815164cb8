# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures ratios that do not depend on the speed of the machine: two sides take turns, their medians are compared."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from .play import Cost

CPU: Literal["cpu"] = "cpu"
WALL: Literal["wall"] = "wall"


@dataclass(frozen=True)
class Ratio:
    """One comparison. `goal` is the aim, `limit` is the bound that must hold today.

    Both apply to processor time (`by` is "cpu") or to elapsed time ("wall"). Processor time is the more robust one,
    because other programs of the machine hardly change it. Elapsed time counts where a side waits.
    """

    name: str
    ours: Cost
    baseline: str
    theirs: Cost
    by: Literal["cpu", "wall"]
    goal: float
    limit: float

    @property
    def wall(self) -> float:
        return self.ours.wall_s / self.theirs.wall_s

    @property
    def cpu(self) -> float:
        return self.ours.cpu_s / self.theirs.cpu_s

    @property
    def is_over(self) -> bool:
        return (self.cpu if self.by == CPU else self.wall) > self.limit

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "ours_s": round(self.ours.wall_s, 3),
            "ours_cpu_s": round(self.ours.cpu_s, 3),
            "baseline": self.baseline,
            "baseline_s": round(self.theirs.wall_s, 3),
            "baseline_cpu_s": round(self.theirs.cpu_s, 3),
            "ratio": round(self.wall, 3),
            "cpu_ratio": round(self.cpu, 3),
            "limited": self.by,
            "goal": self.goal,
            "limit": self.limit,
            "better": "lower",
        }

    def __str__(self) -> str:
        bound = f"{self.by} limit {self.limit:g}, goal {self.goal:g}"
        return (
            f"{self.name:<22} wall {self.ours.wall_s:8.2f} s / {self.theirs.wall_s:7.2f} s = {self.wall:5.2f}   "
            f"cpu {self.ours.cpu_s:7.2f} s / {self.theirs.cpu_s:7.2f} s = {self.cpu:5.2f}   "
            f"{bound:<26} against {self.baseline}"
        )


@dataclass(frozen=True)
class Figure:
    """One measured value. `goal` and `limit` are None for a value that is only reported."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    limit: float | None = None
    better: Literal["lower", "higher"] = "lower"

    @property
    def is_over(self) -> bool:
        if self.limit is None:
            return False
        return self.value > self.limit if self.better == "lower" else self.value < self.limit

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "goal": self.goal,
            "limit": self.limit,
            "better": self.better,
        }

    def __str__(self) -> str:
        bound = "" if self.limit is None else f"   limit {self.limit:g}, goal {self.goal:g}, better {self.better}"
        return f"{self.name:<22} {self.value:10.2f} {self.unit}{bound}"


def medians(*, ours: Callable[[], Cost], baseline: Callable[[], Cost], pairs: int) -> tuple[Cost, Cost]:
    """Run both sides in turn, `pairs` times, and return the median of each."""
    costs_of_ours, costs_of_baseline = [], []
    for dummy in range(pairs):
        costs_of_ours.append(ours())
        costs_of_baseline.append(baseline())
    return middle(costs_of_ours), middle(costs_of_baseline)


def middle(costs: list[Cost]) -> Cost:
    """Return the median of each value."""
    kind = type(costs[0])
    return kind(
        wall_s=median(cost.wall_s for cost in costs),
        cpu_s=median(cost.cpu_s for cost in costs),
        peak_mib=median(cost.peak_mib for cost in costs),
    )
