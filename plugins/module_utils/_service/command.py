# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command of the administrator's: whether it succeeds, and what it says. Private to the collection."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_OUTPUT = 4000
"""So many bytes of the end of what a command says are read."""


@dataclass(frozen=True)
class Answer:
    """What a command printed; ``objection`` says why it failed and is None for one that succeeded."""

    output: str
    objection: str | None


def run(command: Sequence[str], *, timeout: float) -> Answer:
    """Run it without a shell and without input, for *timeout* seconds at the most.

    What it prints goes into a file: a service that it leaves behind may keep the output open for ever.
    """
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the administrator's words, without a shell
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return Answer("", getattr(error, "strerror", None) or str(error))
        code = _wait(process, timeout)
        output.seek(max(0, output.seek(0, os.SEEK_END) - LONGEST_OUTPUT))
        said = output.read().decode(errors="replace").strip()
    if code is None:
        return Answer(said, f"it has not ended after {timeout:g} seconds")
    return Answer(said, ("; ".join(said.splitlines()) or f"exit code {code}") if code else None)


def _wait(process: subprocess.Popen[bytes], timeout: float) -> int | None:
    """The exit code; None for a command whose time is over, which is killed with all that it started."""
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
