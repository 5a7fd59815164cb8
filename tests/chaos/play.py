# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays a playbook until it ends or breaks: by the engine that is quick, or by the command that people use."""

from __future__ import annotations

import errno
import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ansible_collections.certops.certum.tests.chaos import disk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.certops.certum.tests.integration.project import Project

HERE = Path(__file__).parent
SECONDS = 300


@dataclass(frozen=True)
class Played:
    """A run that is over. calls are those that changed the disk, by certificate, in their order."""

    code: int
    output: str
    changed: int
    calls: Mapping[str, list[str]]
    mismatches: list[str]

    @property
    def killed(self) -> bool:
        return self.code == -9

    @property
    def confused(self) -> bool:
        """Whether it ended in other words than a program should."""
        return "Traceback" in self.output or "MODULE FAILURE" in self.output


class Player(Protocol):
    """What plays."""

    root: int
    """The process whose children are the runs."""

    def play(self, playbook: Path, output: Path, environment: Mapping[str, str]) -> int:
        """Play to the end; the exit code, or minus the signal."""


class Command:
    """The real ansible-playbook, whose modules are packed, sent and unpacked."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.root = os.getpid()

    def play(self, playbook: Path, output: Path, environment: Mapping[str, str]) -> int:
        with output.open("wb") as file:
            return subprocess.run(
                [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook)],
                cwd=self._project.path,
                env={**self._project.environment, **environment, "PYTHONPATH": str(HERE / "interpreter")},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                timeout=SECONDS,
                check=False,
            ).returncode


class Engine:
    """The process of engine.py."""

    def __init__(self, project: Project, warm_up: Path) -> None:
        self._log = (project.path / "engine.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "engine.py"), str(warm_up)],
            cwd=project.path,
            env={**project.environment, "CERTUM_TEST_RESULTS": os.devnull},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self.root = self._process.pid
        self._answer()

    def play(self, playbook: Path, output: Path, environment: Mapping[str, str]) -> int:
        request = {"playbook": str(playbook), "output": str(output), "environment": dict(environment)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        code: int = self._answer()["code"]
        return code

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready, *_others = select.select([self._process.stdout], [], [], SECONDS)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self._process.kill()
            raise RuntimeError(f"no answer; see {self._log.name}:\n{Path(self._log.name).read_text()[-2000:]}")
        found: dict[str, Any] = json.loads(line)
        return found

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS)
        self._log.close()


def play(
    project: Project, player: Player, playbook: object, *, number: int, breaks: Mapping[str, Mapping[str, Any]]
) -> Played:
    """Play with these breaks on disk: by certificate, the call at which it fails (errno) or dies (kill)."""
    control = project.path / f"control-{number}"
    control.mkdir()
    (control / disk.ROOT).write_text(str(player.root))
    (control / disk.BREAKS).write_text(json.dumps(breaks))
    results = control / "results.jsonl"
    output = control / "output.txt"
    environment = {disk.CONTROL: str(control), "CERTUM_TEST_RESULTS": str(results)}
    code = player.play(project.write(playbook, name=f"play-{number}.yml"), output, environment)
    lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    recaps = [line["recap"] for line in lines if "recap" in line]
    wrong = control / disk.MISMATCHES
    return Played(
        code=code,
        output=output.read_text(),
        changed=sum(host["changed"] for host in recaps[-1].values()) if recaps else 0,
        calls={path.stem: path.read_text().splitlines() for path in control.glob(f"*{disk.CALLS}")},
        mismatches=wrong.read_text().splitlines() if wrong.exists() else [],
    )


ERRORS = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EIO": errno.EIO}
