# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the real ansible-rulebook in the directory of a test, and returns the events that its rules get."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.certops.certum.tests.integration.project import RESULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.integration.world import World

COMMAND = Path(sys.executable).with_name("ansible-rulebook")
STATE = "events.json"
SECONDS = 120


def why_not() -> str | None:
    """Return why ansible-rulebook cannot run here, or None."""
    return None if shutil.which("java") else "there is no Java: tools/need-debian openjdk-17-jre-headless"


def prints(**source: Any) -> list[dict[str, Any]]:
    """Return a rulebook that prints each event of the source."""
    options = {"delay": 1, "state_file": STATE, **source}
    return [
        {
            "name": "Events",
            "hosts": "all",
            "sources": [{"name": "certum", "certops.certum.certum": options}],
            "rules": [
                {"name": "Print", "condition": "event.certum is defined", "action": {"print_event": {"pretty": False}}}
            ],
        }
    ]


@dataclass
class Rulebook:
    """One running ansible-rulebook."""

    process: subprocess.Popen[bytes]
    log: Path
    secrets: tuple[str, ...]

    @classmethod
    def start(
        cls, world: World, rulebook: str | list[dict[str, Any]], *, name: str = "rulebook", **variables: Any
    ) -> Rulebook:
        """Start a rulebook: one of the collection by its name, or one of the test."""
        project = world.project
        # It copies what it gets as inventory. Beside a copied file there are no variables.
        inventory = project.path / "inventory"
        inventory.mkdir(exist_ok=True)
        shutil.copy(project.path / "inventory.yml", inventory / "hosts.yml")
        words = [rulebook if isinstance(rulebook, str) else str(project.write(rulebook, name=f"{name}.yml"))]
        if variables:
            words += ["--vars", str(project.write(yaml.safe_dump(variables), name=f"{name}-vars.yml"))]
        log = project.path / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [str(COMMAND), "--rulebook", *words, "--inventory", str(inventory), "--shutdown-delay", "1"],
                cwd=project.path,
                env={**project.environment, RESULTS: str(log.with_suffix(".jsonl"))},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(process, log, tuple(project.secrets))

    @property
    def output(self) -> str:
        text = self.log.read_text()
        assert not [secret for secret in self.secrets if secret in text]
        return text

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return the events that were printed so far."""
        lines = (line for line in self.output.splitlines() if line.startswith("{'"))
        return [ast.literal_eval(line)["certum"] for line in lines]

    def wait_until(self, wanted: Callable[[], object]) -> None:
        """Wait until a condition is true. Fails with the output if the process ends before."""
        deadline = time.monotonic() + SECONDS
        while not wanted():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def ended(self) -> int:
        """Return the exit code, once the process ends by itself."""
        code = self.process.wait(SECONDS)
        assert "Traceback" not in self.output, self.output
        return code

    def stop(self) -> None:
        """Stop it like a service manager."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
        assert "Traceback" not in self.output, self.output
