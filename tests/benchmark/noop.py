# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing to do: current certificates, compared with a playbook that has one task, and the cost by their number."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from . import ours, synthetic_store
from .measure import CPU, Figure, Ratio, medians
from .play import ping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .play import Cost

GOALS = {1: (1.3, 1.3), 100: (2.0, 1.5), 1000: (2.0, 2.0)}
"""The aim and the limit by number of certificates."""
SCALE = (1, 10, 100, 1000, 10_000)


def figures() -> Iterator[Ratio | Figure]:
    """Yield the ratios for some numbers of certificates, then the cost of one more for growing numbers."""
    for number, (goal, limit) in GOALS.items():
        names = _current(number)
        found, theirs = medians(ours=partial(ours.run_again, names), baseline=ping, pairs=7 if number == 1 else 5)
        yield Ratio(f"noop-{number}", found, "ping playbook", theirs, CPU, goal=goal, limit=limit)
    yield from _scale()


def _scale() -> Iterator[Figure]:
    """Yield the processor time for each certificate and the largest process. Both include Ansible itself."""
    previous = None
    for number in SCALE:
        cost: Cost = ours.run_again(_current(number))
        each = cost.cpu_s / number * 1000
        yield Figure(f"each-of-{number}", each, "ms cpu", goal=previous, limit=previous)
        yield Figure(f"memory-{number}", cost.peak_mib, "MiB", goal=300, limit=300)
        previous = each


def _current(number: int) -> list[str]:
    names = [f"site{site}.example.com" for site in range(number)]
    synthetic_store.fill(ours.STORE, names)
    return names
