# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many hosts: the time of a play must not grow with the number of hosts as it would with a play for each of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from . import fleet, ours
from .measure import CPU, WALL, Figure, Ratio, medians

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTS = 20
PACE_S = 10.0
TWO = "the same with 2 hosts"


def figures() -> Iterator[Ratio | Figure]:
    """Yield the ratios of twenty hosts to a few."""
    pinged, two_pinged = medians(ours=partial(fleet.ping, HOSTS), baseline=partial(fleet.ping, 2), pairs=2)
    # Ansible alone: hosts and controller share the processors here.
    yield Ratio(f"pings-{HOSTS}", pinged, TWO, two_pinged, CPU, goal=3.0, limit=10.0)
    with ours.ca() as sandbox:
        many, few = medians(
            ours=partial(fleet.issue, HOSTS, sandbox), baseline=partial(fleet.issue, 2, sandbox), pairs=2
        )
        yield Ratio(f"hosts-{HOSTS}", many, TWO, few, WALL, goal=3.0, limit=6.0)
        many, few = medians(
            ours=partial(fleet.issue, HOSTS, sandbox, certificates=5),
            baseline=partial(fleet.issue, 1, sandbox, certificates=5),
            pairs=2,
        )
        yield Ratio(f"hosts-{HOSTS}x5", many, "5 certificates on 1 host", few, WALL, goal=3.0, limit=8.0)
        many, few = (
            fleet.without_ca(HOSTS, sandbox),
            fleet.without_ca(2, sandbox),
        )
        yield Ratio(f"hosts-{HOSTS}-down", many, TWO, few, WALL, goal=3.0, limit=6.0)
        refused = fleet.refused(HOSTS, sandbox)
        yield Figure(f"hosts-{HOSTS}-refused", refused, "calls with a wrong password", goal=1, limit=1)
    with ours.ca(pace=PACE_S) as sandbox:
        many, few = fleet.issue(HOSTS, sandbox), fleet.issue(2, sandbox)
        yield Ratio(f"hosts-{HOSTS}-waiting", many, TWO, few, WALL, goal=3.0, limit=4.0)
