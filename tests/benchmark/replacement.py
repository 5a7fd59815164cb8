# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mass replacement: after a mass revocation, every certificate of twenty hosts is reissued in one run."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import fleet, ours
from .first_issue import calls_each
from .measure import Figure
from .play import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .play import Played

HOSTS, EACH = 20, 50
STEPS = BUILD / "steps.json"
HOSTS_CPU = BUILD / "hosts-cpu"
PYTHON = BUILD / "host-python"
WRAPPER = """#!/bin/bash
TIMEFORMAT='%U %S'
exec 3>&2
{{ time {python} "$@" 2>&3 3>&-; }} 2>>{log}
"""
"""The interpreter of the hosts: it notes the processor time of modules, which the controller does not spend."""
TOLD = 0.02
"""The smallest share of a step that is shown."""


def figures(hosts: int = HOSTS, each: int = EACH) -> Iterator[Figure]:
    """Yield the figures of the first issue and of the replacement of all certificates."""
    BUILD.mkdir(parents=True, exist_ok=True)
    PYTHON.write_text(WRAPPER.format(python=sys.executable, log=HOSTS_CPU))
    PYTHON.chmod(0o755)
    with ours.ca() as sandbox:
        estate = fleet.Fleet.make(hosts, each, interpreter=str(PYTHON))
        environment = {
            **ours.access(sandbox),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "steps",
            "BENCHMARK_STEPS": str(STEPS),
        }
        before: set[str] = set()
        for name, variables in (("issue", {}), ("replace", {"certum_replace": estate.sites})):
            sandbox.clear_calls()
            HOSTS_CPU.unlink(missing_ok=True)
            done = estate.play(environment, variables)
            after = estate.serial_numbers()
            if len(after - before) != estate.size:
                wrong = f"{len(after - before)} of {estate.size} certificates are new"
                sys.exit(f"benchmark: {name}: {wrong}\n{done.output[-5000:]}")
            before = after
            yield from _of_run(f"{name}-{estate.size}", done, estate.size)
            yield calls_each(f"{name}-{estate.size}-calls", sandbox, estate.size)
    shutil.rmtree(fleet.FLEET)


def _of_run(name: str, done: Played, certificates: int) -> Iterator[Figure]:
    cpu = done.cost.cpu_s - _cpu_of_hosts()
    yield Figure(f"{name}-rate", certificates * 60 / done.cost.wall_s, "certificates a minute", better="higher")
    yield Figure(f"{name}-cpu", certificates / cpu, "certificates a controller CPU second", better="higher")
    yield Figure(f"{name}-memory", done.cost.peak_mib, "MiB", goal=300, limit=300)
    steps = json.loads(STEPS.read_text())
    for step in sorted(steps, key=lambda each: -each["wall_s"]):
        share = step["wall_s"] / done.cost.wall_s
        if share >= TOLD:
            unit = f"% of the time, {step['wall_s']:.1f} s: {step['task']}"
            yield Figure(f"{name}-step", share * 100, unit)


def _cpu_of_hosts() -> float:
    return sum(float(number) for line in HOSTS_CPU.read_text().splitlines() for number in line.split())
