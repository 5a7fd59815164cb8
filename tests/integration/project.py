# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs real playbooks in the directory of a test, and returns their results."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.certops.certum.tests.support.preloaded import Preloaded

REPOSITORY = Path(__file__).resolve().parents[2]
COLLECTIONS = REPOSITORY / "build" / "collections"
PLUGINS = Path(__file__).parent / "plugins"
VARIABLES = "group_vars/all.yml"
SECONDS = 180
RESULTS = "CERTUM_TEST_RESULTS"
ANSIBLE = {
    "PATH": f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
    "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS / "callback"),
    "ANSIBLE_CALLBACKS_ENABLED": "results",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_PIPELINING": "1",
}
"""What all runs have in common."""


@dataclass(frozen=True)
class Run:
    """One finished run of ansible-playbook. ``results`` are from the callback, in the order of the tasks."""

    code: int
    output: str
    results: Sequence[Mapping[str, Any]]
    recap: Mapping[str, Mapping[str, int]]

    @property
    def changed(self) -> int:
        return sum(host["changed"] for host in self.recap.values())

    @property
    def failures(self) -> list[str]:
        """Return the messages of the tasks that failed and were not rescued by a condition."""
        return [str(line["result"].get("msg")) for line in self.results if line["status"] == "failed"]

    @property
    def tasks(self) -> list[str]:
        return [line["task"] for line in self.results]

    @property
    def done(self) -> list[str]:
        """Return the tasks that were not skipped."""
        return [line["task"] for line in self.results if line["status"] != "skipped"]

    def result(self, task: str) -> dict[str, Any]:
        """Return the result of the only, or the last, task of this name."""
        found = [line["result"] for line in self.results if line["task"] == task]
        assert found, f"no task {task!r} in {self.tasks}"
        return dict(found[-1])

    def succeeded(self) -> Run:
        assert self.code == 0, self.output
        return self

    def failed(self) -> Run:
        """Check that the run failed with a message, like a program should."""
        assert self.code == 2, self.output
        assert "Traceback" not in self.output, self.output
        assert "MODULE FAILURE" not in self.output, self.output
        assert "Module result deserialization failed" not in self.output, self.output
        return self


@dataclass
class Project:
    """A directory with an inventory, and the environment in which its playbooks run.

    ``secrets`` may appear in no output. ``launcher`` is a command that runs the one after it in a changed machine.
    ``temporary`` has a short name: Ansible makes sockets there, and the name of one has at most 107 characters.
    ``clocks_differ`` says that the clock of the CA is wrong on purpose, of which the role warns.
    ``preloaded`` runs playbooks for tests that do not need the command itself, five times as fast.
    """

    path: Path
    temporary: Path
    environment: dict[str, str]
    secrets: Sequence[str] = ()
    launcher: Sequence[str] = ()
    preloaded: Preloaded | None = None
    clocks_differ: bool = False
    _runs: int = field(default=0, init=False)
    _begun: list[Running] = field(default_factory=list, init=False)

    @classmethod
    def make(
        cls, path: Path, environment: Mapping[str, str], *, temporary: Path, secrets: Sequence[str] = ()
    ) -> Project:
        (path / "home").mkdir(parents=True)
        hosts = {
            name: {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
            for name in ("localhost", "web1", "web2")
        }
        inventory = {"all": {"hosts": hosts}, "web": {"hosts": {"web1": None}}}
        (path / "inventory.yml").write_text(yaml.safe_dump(inventory))
        (path / "group_vars").mkdir()
        # The DNS of this machine does not have the names of tests.
        (path / VARIABLES).write_text(yaml.safe_dump({"certum_preflight": "no"}))
        own = {
            **ANSIBLE,
            "HOME": str(path / "home"),
            "TMPDIR": str(temporary),
            "ANSIBLE_INVENTORY": str(path / "inventory.yml"),
        }
        return cls(path, temporary, {**own, **environment}, secrets)

    def write(self, content: object, *, name: str = "play.yml") -> Path:
        """Write a playbook or another YAML file; text is written unchanged."""
        path = self.path / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return path

    def start(
        self, playbook: object, *words: str, environment: Mapping[str, str] | None = None, umask: int = -1
    ) -> Running:
        """Start a playbook: plays, or the path of a file."""
        path, output, given = self._prepare(playbook, environment)
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*self.launcher, str(Path(sys.executable).with_name("ansible-playbook")), str(path), *words],
                cwd=self.path,
                env=given,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=umask,
            )
        running = Running(process, output, Path(given[RESULTS]), self.secrets)
        self._begun.append(running)
        return running

    def end(self) -> None:
        """Kill all runs that a failed test left."""
        for running in self._begun:
            if running.process.poll() is None:
                running.kill()

    def _prepare(self, playbook: object, environment: Mapping[str, str] | None) -> tuple[Path, Path, dict[str, str]]:
        """Write the playbook, and return the output file and the environment of its next run."""
        self._runs += 1
        path = playbook if isinstance(playbook, Path) else self.write(playbook)
        results = self.path / f"results-{self._runs}.jsonl"
        output = self.path / f"output-{self._runs}.txt"
        return path, output, {**self.environment, RESULTS: str(results), **(environment or {})}

    def run(
        self,
        playbook: object,
        *words: str,
        environment: Mapping[str, str] | None = None,
        umask: int = -1,
        warnings: bool = False,
    ) -> Run:
        """Run a playbook to its end. Without ``warnings`` its output must have none."""
        if self.preloaded is None or self.launcher:
            run = self.start(playbook, *words, environment=environment, umask=umask).wait()
        else:
            path, output, given = self._prepare(playbook, environment)
            code = self.preloaded.play(
                [str(path), *words], environment=given, directory=self.path, output=output, umask=umask, seconds=SECONDS
            )
            run = ended(code, output, Path(given[RESULTS]), self.secrets)
        assert warnings or self.clocks_differ or "WARNING]" not in run.output, run.output
        return run


@dataclass(frozen=True)
class Running:
    """A run of ansible-playbook that has started."""

    process: subprocess.Popen[bytes]
    output: Path
    results: Path
    secrets: Sequence[str]

    def wait(self, *, seconds: float = SECONDS) -> Run:
        """Wait for the end, up to a limit."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"not finished after {seconds:g} s:\n{self.output.read_text()}") from None
        return ended(code, self.output, self.results, self.secrets)

    def kill(self) -> None:
        """Send SIGKILL to the process and everything below it, which Ansible puts into sessions of its own."""
        everyone = [self.process.pid, *descendants(self.process.pid)]
        for pid in everyone:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + SECONDS
        while any(runs(pid) for pid in everyone):
            assert time.monotonic() < deadline, f"not killed: {everyone}"
            time.sleep(0.01)
        self.process.wait(SECONDS)


def ended(code: int, output: Path, results: Path, secrets: Sequence[str]) -> Run:
    """Return the finished run. Raises AssertionError if a secret is in its output."""
    text = output.read_text()
    for secret in (*secrets, "PRIVATE KEY"):
        assert secret not in text, "a secret is in the output"
    lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    recaps = [line["recap"] for line in lines if "recap" in line]
    return Run(code, text, [line for line in lines if "recap" not in line], recaps[-1] if recaps else {})


def runs(pid: int) -> bool:
    """Return whether the process runs; a finished one exists until its parent, or init, reads its status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    """Return the process ids below ``pid``, the nearest first."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = list(parents.get(pid, []))
    for below in found:
        found.extend(parents.get(below, []))
    return found


def tree(path: Path) -> dict[str, str]:
    """Return everything below a directory, to compare: kind, mode and content or target of each entry."""
    found = {}
    for entry in sorted(path.rglob("*")):
        mode = f"{entry.lstat().st_mode:o}"
        content = entry.read_bytes().hex() if entry.is_file() and not entry.is_symlink() else ""
        target = str(entry.readlink()) if entry.is_symlink() else ""
        found[str(entry.relative_to(path))] = f"{mode} {target or content}"
    return found
