# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares the role with its peers, prints a table of ratios and writes build/benchmark.json (`make bench`)."""

from __future__ import annotations

import json
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from . import community_crypto, fleet, ours
from .measure import Result, medians
from .pebble import pebble
from .play import BUILD, play

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

REPORT = Path("build/benchmark.json")
PACE_S = 10.0


def main() -> None:
    with ours.ca() as sandbox:
        results = [show(nothing_to_do(number, sandbox)) for number in (1, 100, 1000)]
    with ours.ca() as sandbox:  # without an account that has a thousand orders, because Pebble has none
        results.append(show(first_issue(20, sandbox)))
        results.append(show(many_pings(20)))
        results.append(show(many_hosts(20, sandbox)))
        results.append(show(many_hosts_without_ca(20, sandbox)))
        print(f"A wrong password of 20 hosts reached the CA {fleet.refused(20, sandbox)} time(s)")
    with ours.ca(pace=PACE_S) as sandbox:
        results.append(show(many_hosts_that_wait(20, sandbox)))
    REPORT.write_text(json.dumps({"results": [result.as_json() for result in results]}, indent=2) + "\n")
    print(f"Written to {REPORT}")


def nothing_to_do(number: int, sandbox: Sandbox) -> Result:
    """Compare current certificates with a playbook that has one task."""
    names = [f"site{site}.example.com" for site in range(number)]
    ours.issue(names, sandbox)
    ours_s, ping_s = medians(ours=partial(ours.run_again, names), baseline=partial(play, "ping", {}), pairs=11)
    return Result(f"noop-{number}", ours_s, "ping playbook", ping_s, goal=2.0, limit=3.0)


def first_issue(number: int, sandbox: Sandbox) -> Result:
    """Compare the first issue of the same number of certificates with the same kind of key on both sides."""
    community_crypto.prepare()
    rounds = count(1)

    def fresh_names() -> list[str]:
        return [f"round{next(rounds)}-site{site}.example.com" for site in range(number)]

    with pebble(BUILD / "pebble") as acme_directory:
        ours_s, theirs_s = medians(
            ours=lambda: ours.issue(fresh_names(), sandbox),
            baseline=lambda: community_crypto.issue(fresh_names(), acme_directory),
            pairs=3,
        )
    return Result(f"first-issue-{number}", ours_s, "community.crypto with Pebble", theirs_s, goal=0.2, limit=0.5)


def many_pings(number: int) -> Result:
    """Measure what Ansible alone needs for so many hosts here, where hosts and controller share the processors."""
    ours_s, two_s = medians(ours=partial(fleet.ping, number), baseline=partial(fleet.ping, 2), pairs=3)
    return Result(f"pings-{number}", ours_s, "the same with 2 hosts", two_s, goal=3.0, limit=10.0)


def many_hosts(number: int, sandbox: Sandbox) -> Result:
    """Compare one certificate on each of many hosts with the same on two. The account is read once for all."""
    ours_s, two_s = medians(
        ours=partial(fleet.issue, number, sandbox), baseline=partial(fleet.issue, 2, sandbox), pairs=3
    )
    return Result(f"hosts-{number}", ours_s, "the same with 2 hosts", two_s, goal=3.0, limit=6.0)


def many_hosts_that_wait(number: int, sandbox: Sandbox) -> Result:
    """Compare the same where each step of the CA takes a while: the orders of all hosts wait in parallel."""
    ours_s, two_s = medians(
        ours=partial(fleet.issue, number, sandbox), baseline=partial(fleet.issue, 2, sandbox), pairs=1
    )
    return Result(f"hosts-{number}-waiting", ours_s, "the same with 2 hosts", two_s, goal=3.0, limit=4.0)


def many_hosts_without_ca(number: int, sandbox: Sandbox) -> Result:
    """Compare many hosts with two while the CA is down: the play stops after one wait."""
    ours_s, two_s = medians(
        ours=partial(fleet.without_ca, number, sandbox), baseline=partial(fleet.without_ca, 2, sandbox), pairs=1
    )
    return Result(f"hosts-{number}-down", ours_s, "the same with 2 hosts", two_s, goal=3.0, limit=6.0)


def show(result: Result) -> Result:
    """Print a line of the table."""
    print(
        f"{result.name:<18} {result.ours_s:8.2f} s   {result.baseline:<30} {result.baseline_s:8.2f} s   "
        f"ratio {result.ratio:5.2f}   limit {result.limit}, goal {result.goal}",
        flush=True,
    )
    return result


if __name__ == "__main__":
    main()
