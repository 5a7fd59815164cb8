# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook until it ends or breaks: by the preloaded player, which is fast, or by ansible-playbook."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ansible_collections.certops.certum.tests.chaos import disk
from ansible_collections.certops.certum.tests.integration.project import descendants
from ansible_collections.certops.certum.tests.support.preloaded import Preloaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ansible_collections.certops.certum.tests.integration.project import Project

INTERPRETER = Path(__file__).parent / "interpreter"
SECONDS = 900
PAUSE = 0.02
SHOWN = 3000
"""So many characters of a run's output belong to a fault."""
FAILED = ("fatal: ", "failed: ")
CONFUSED = ("Traceback", "MODULE FAILURE", "Module result deserialization failed")


@dataclass(frozen=True)
class Played:
    """A finished run. calls are those that changed the disk, by certificate, in their order.

    control is the directory that keeps its output.
    """

    control: str
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
        """Whether it ended with a message that no program should end with."""
        return any(words in self.output for words in CONFUSED)

    def failures(self, name: str = "") -> list[str]:
        """The messages of failed tasks that name a certificate; one task reports all certificates."""
        lines = [line for line in self.output.splitlines() if line.startswith(FAILED)]
        return [words for line in lines for words in line.split("\\n") if name in words]

    def excerpt(self, name: str = "") -> str:
        """Return the first messages about a certificate, else those of failures, else the end of the output."""
        told = "\n".join(self.failures(name) or self.failures())
        return f"{self.control}: {told[:SHOWN] or self.output[-SHOWN:]}"

    def confusion(self) -> str:
        """Return the messages that no program should end with, and their context."""
        at = min(self.output.find(words) for words in CONFUSED if words in self.output)
        return f"{self.control}: {self.output[max(0, at - SHOWN // 2) : at + SHOWN // 2]}"


class Player(Protocol):
    """Runs playbooks."""

    def processes(self) -> list[int]:
        """Return the processes of the current run, the first one first."""

    @property
    def pid(self) -> int:
        """The process whose children the runs are."""

    def play(self, words: Sequence[str], *, environment: Mapping[str, str], directory: Path, output: Path) -> int:
        """Return the exit code of ansible-playbook, or minus the signal."""


class Quick(Preloaded):
    """The preloaded player: it packs no modules."""

    def processes(self) -> list[int]:
        return descendants(self.pid)


class Command:
    """The command ansible-playbook, whose modules are packed, sent and unpacked."""

    _run: int

    def processes(self) -> list[int]:
        return [self._run, *descendants(self._run)]

    @property
    def pid(self) -> int:
        return os.getpid()

    def play(self, words: Sequence[str], *, environment: Mapping[str, str], directory: Path, output: Path) -> int:
        with (
            output.open("wb") as file,
            subprocess.Popen(
                [str(Path(sys.executable).with_name("ansible-playbook")), *words],
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            self._run = process.pid
            try:
                return process.wait(SECONDS)
            finally:
                process.kill()


@contextmanager
def _killed(player: Player, when: Callable[[], bool]) -> Iterator[None]:
    """Kill everything in time, like a power failure, the first process first, so that no process notices."""
    over = threading.Event()

    def wait() -> None:
        while not over.wait(PAUSE):
            if when():
                for pid in player.processes():
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                break

    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = pool.submit(wait)
        try:
            yield
        finally:
            over.set()
            waiting.result()


def play(
    project: Project,
    player: Player,
    playbook: Sequence[dict[str, Any]],
    *,
    number: int,
    breaks: Mapping[str, Mapping[str, Any]],
    request_timeout: int | None = None,
    kill_when: Callable[[], bool] | None = None,
) -> Played:
    """Run with these breaks on disk: by certificate, the call at which it fails (errno) or dies (kill).

    request_timeout is in seconds, for the modules and for what the role does on the controller.
    """
    if request_timeout:
        defaults = {"group/certops.certum.certum": {"request_timeout": request_timeout}}
        playbook = [{**one, "module_defaults": defaults} for one in playbook]
    control = project.path / f"control-{number}"
    control.mkdir()
    (control / disk.ROOT).write_text(str(player.pid))
    (control / disk.BREAKS).write_text(json.dumps(breaks))
    results = control / "results.jsonl"
    output = control / "output.txt"
    environment = {
        **project.environment,
        "PYTHONPATH": str(INTERPRETER),
        "CERTUM_TEST_RESULTS": str(results),
        disk.CONTROL: str(control),
        **({"CERTUM_TEST_REQUEST_TIMEOUT": str(request_timeout)} if request_timeout else {}),
    }
    path = project.write(playbook, name=f"play-{number}.yml")
    with _killed(player, kill_when) if kill_when else nullcontext():
        code = player.play([str(path)], environment=environment, directory=project.path, output=output)
    lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    recaps = [line["recap"] for line in lines if "recap" in line]
    wrong = control / disk.MISMATCHES
    return Played(
        control=control.name,
        code=code,
        output=output.read_text(),
        changed=sum(host["changed"] for host in recaps[-1].values()) if recaps else 0,
        calls={path.stem: path.read_text().splitlines() for path in control.glob(f"*{disk.CALLS}")},
        mismatches=wrong.read_text().splitlines() if wrong.exists() else [],
    )


ERRORS = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EIO": errno.EIO}
