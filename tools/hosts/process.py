# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process with its own pid file, which another run of this tool can stop."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .ground import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

# The shell writes its own process id before it becomes the command, so no moment exists without a pid file.
_LAUNCH = 'echo $$ > "$0" && exec "$@"'

_LAUNCH_SECONDS = 10


@dataclass(frozen=True)
class Process:
    """A process that belongs to a directory: its command line names the directory, and ``DIRECTORY/pid`` its id."""

    directory: Path

    @property
    def log(self) -> Path:
        """The file with its output."""
        return self.directory / "log"

    def start(self, command: Sequence[str]) -> None:
        """Start the command in a session of its own, so that a signal to this run does not reach it."""
        file = self.directory / "pid"
        with self.log.open("wb") as log:
            subprocess.Popen(
                ["/bin/sh", "-c", _LAUNCH, str(file), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(lambda: file.exists() and file.read_text().endswith("\n"), _LAUNCH_SECONDS)

    def pid(self) -> int | None:
        """Return the id of the running process, or None. A reused id does not count."""
        with suppress(OSError, ValueError):
            pid = int((self.directory / "pid").read_text())
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            command = Path(f"/proc/{pid}/cmdline").read_text()
            # The launching shell has the path of the pid file in its command line, the command has the directory.
            # A process that has just become the command has no command line for a moment.
            if state not in "ZX" and (not command or str(self.directory) in command):
                return pid
        return None

    def is_running(self) -> bool:
        """Return whether the process runs."""
        return self.pid() is not None

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        self._send(signal.SIGTERM)

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the process has ended. After the deadline ask again, then kill it."""
        # systemd-nspawn forwards the first SIGTERM, which a host that has just begun to boot does not hear.
        for number in (signal.SIGTERM, signal.SIGKILL):
            if wait_until(lambda: not self.is_running(), seconds):
                return
            self._send(number)
        wait_until(lambda: not self.is_running(), seconds)

    def _send(self, number: signal.Signals) -> None:
        pid = self.pid()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
