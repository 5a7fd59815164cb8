# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Play the scenarios of molecule one after the other, and show a table."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import farm
from .ground import CHECKOUT, HostsError
from .lock import held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ..share import Share

LONGEST_MINUTES = 20
_LOGS = CHECKOUT / "build/hosts"
_STEP = re.compile(r"INFO +\[.* > (\w+)\] Executing$")
_NUMBERS = re.compile(r"(?:HANDSHAKES|MEASURED) (.*?)\"?$")
_SHOWN_LINES = 60


@dataclass
class Outcome:
    """What became of a scenario: ``steps`` are the seconds of each step, ``numbers`` what the scenario measured."""

    scenario: str
    seconds: float = 0.0
    passed: bool = False
    steps: dict[str, float] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)

    def row(self) -> str:
        """Return the row of the table."""
        return f"{self.scenario:<16}{self.seconds / 60:>8.1f}  {'passed' if self.passed else 'FAILED'}"

    def details(self) -> Iterable[str]:
        """Yield the minutes of each step, and what the scenario measured."""
        yield "  minutes: " + ", ".join(f"{name} {seconds / 60:.1f}" for name, seconds in self.steps.items())
        yield from (f"  {line}" for line in self.numbers)


def all_scenarios() -> list[str]:
    """Return the names of all scenarios."""
    return sorted(path.parent.name for path in CHECKOUT.glob("extensions/molecule/*/molecule.yml"))


def chosen(name: str | None, share: Share) -> list[str]:
    """Return the scenarios to play. Raise HostsError if there is no scenario of this name."""
    known = all_scenarios()
    if name and name not in known:
        msg = f"There is no scenario {name}. Choose one of: {', '.join(known)}."
        raise HostsError(msg)
    return [name] if name else share.take(known)


def play_all(scenarios: Sequence[str]) -> bool:
    """Play the scenarios, print the table, and return whether all passed."""
    _LOGS.mkdir(parents=True, exist_ok=True)
    with held():
        farm.check_that_free()
        outcomes = [_play(name) for name in scenarios]
    print(f"\n{'scenario':<16}{'minutes':>8}  result")
    for outcome in outcomes:
        print(outcome.row())
    failed = sum(not outcome.passed for outcome in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return not failed


def _play(scenario: str) -> Outcome:
    """Play one scenario. Whatever happens, no host of it is left."""
    print(f"=== {scenario}", flush=True)
    outcome = Outcome(scenario)
    log = _LOGS / f"{scenario}.log"
    started = time.monotonic()
    try:
        outcome.passed = _run_molecule(outcome, log)
    finally:
        farm.stop()
    outcome.seconds = time.monotonic() - started
    print("\n".join(outcome.details()), flush=True)
    if not outcome.passed:
        print(
            "\n".join(["  The end of its log:", *log.read_text().splitlines()[-_SHOWN_LINES:], f"  All of it: {log}"])
        )
    return outcome


def _run_molecule(outcome: Outcome, log: Path) -> bool:
    """Run `molecule test`, keep its output in a file, and note when each step begins. Return whether it passed."""
    own = {"MOLECULE_EPHEMERAL_DIRECTORY": str(_LOGS / outcome.scenario), "NO_COLOR": "1"}
    command = ["molecule", "test", "--scenario-name", outcome.scenario, "--no-command-borders"]
    with (
        log.open("w") as kept,
        subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        guard = threading.Timer(LONGEST_MINUTES * 60, _end, (process,))
        guard.start()
        assert process.stdout
        try:
            _follow(process.stdout, kept.write, outcome)
            return process.wait() == 0
        finally:
            guard.cancel()
            _end(process)


def _follow(lines: Iterable[str], keep: Callable[[str], object], outcome: Outcome) -> None:
    step, began = "", time.monotonic()

    def note() -> None:
        if step:
            outcome.steps[step] = outcome.steps.get(step, 0) + time.monotonic() - began

    for line in lines:
        keep(line)
        if found := _STEP.search(line.rstrip()):
            note()
            step, began = found[1], time.monotonic()
        elif found := _NUMBERS.search(line.rstrip()):
            outcome.numbers.append(found[1])
    note()


def _end(process: subprocess.Popen[str]) -> None:
    """End molecule and what it started, if they run."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
