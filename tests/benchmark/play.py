# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook of this directory as a user would, and measures what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUILD = Path("build/benchmark").resolve()
PLAYBOOKS = Path(__file__).parent / "playbooks"


@dataclass(frozen=True)
class Cost:
    """The cost of a command: elapsed time, processor time of all its processes, and the size of its largest process.

    Servers that the benchmark starts beside it, such as the CA, do not count.
    """

    wall_s: float
    cpu_s: float
    peak_mib: float = 0.0

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.wall_s - other.wall_s, self.cpu_s - other.cpu_s, self.peak_mib)

    def __truediv__(self, number: float) -> Cost:
        return Cost(self.wall_s / number, self.cpu_s / number, self.peak_mib)


@dataclass(frozen=True)
class Played:
    """A finished command with its output."""

    output: str
    exit_code: int
    cost: Cost

    @property
    def recap(self) -> str:
        return self.output.rpartition("PLAY RECAP")[2]


def run(name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Played:
    """Run a playbook with these arguments and additional environment variables."""
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(PLAYBOOKS / f"{name}.yml"), *arguments]
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT, text=True
        )
        _pid, status, usage = os.wait4(process.pid, 0)  # the usage of this command only, with all its processes
        elapsed = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        cost = Cost(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        return Played(output.read(), process.returncode, cost)


def play(name: str, variables: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Played:
    """Run the playbook on localhost; show its output if it fails."""
    file = BUILD / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"ansible_python_interpreter": sys.executable, **variables}))
    done = run(name, ["-e", f"@{file}"], environment or {})
    if done.exit_code:
        sys.exit(f"{done.output}\nbenchmark: {name}.yml failed with {file}")
    return done


def ping() -> Cost:
    """Run the least that Ansible can do: one task on one host."""
    return play("ping", {}).cost
