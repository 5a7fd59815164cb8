# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process that plays playbooks fast; see preloaded_ansible.py."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAM = Path(__file__).with_name("preloaded_ansible.py")
SECONDS = 900


class Preloaded:
    """The process: started once, for many runs, each with its own environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self._answer(SECONDS)

    @property
    def pid(self) -> int:
        """Return the process id, whose children the runs are."""
        return self._process.pid

    def play(
        self,
        words: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        output: Path,
        umask: int = -1,
        seconds: float = SECONDS,
        mounts: str = "",
    ) -> int:
        """Return the exit code of `ansible-playbook WORDS`, or minus the signal; its output goes to a file.

        ``mounts`` is the mount namespace of the run, such as /proc/PID/ns/mnt.
        """
        request = {
            "words": list(words),
            "environment": dict(environment),
            "directory": str(directory),
            "output": str(output),
            "umask": umask,
            "mounts": mounts,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        code: int = self._answer(seconds)["code"]
        return code

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS)
        self._log.close()

    def _answer(self, seconds: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready, *_others = select.select([self._process.stdout], [], [], seconds)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self._process.kill()
            os.lseek(self._log.fileno(), 0, os.SEEK_SET)
            raise RuntimeError(f"no answer in {seconds} s: {self._log.read().decode()[-2000:]}")
        found: dict[str, Any] = json.loads(line)
        return found
