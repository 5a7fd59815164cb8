# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a command of the administrator and returns its output and whether it succeeded. Private to the collection."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_OUTPUT = 4000
"""Bytes that are read from the end of a command's output."""
LAST_LOOKED_IN = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Directories with the commands of services. The PATH that Ansible gets often lacks them."""
NOT_RUN = (126, 127)
"""Exit codes of a shell, env or sudo that could not run its command."""


@dataclass(frozen=True)
class CommandResult:
    """The output of a command. ``objection`` is the reason of its failure, None if it succeeded.

    ``ran`` is False if the command could not be run to its end: then its failure does not answer the question.
    """

    output: str
    objection: str | None
    ran: bool = True


def run(command: Sequence[str], *, timeout: float) -> CommandResult:
    """Run a command without a shell and without input, for at most *timeout* seconds.

    The output goes into a file: a service that the command starts may keep a pipe open for ever.
    """
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the administrator's command, without a shell
                list(command),
                env={**os.environ, "PATH": _search_path()},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return CommandResult("", _why_not_run(command, quote(getattr(error, "strerror", None) or error)), ran=False)
        code = _wait(process, timeout)
        output.seek(max(0, output.seek(0, os.SEEK_END) - LONGEST_OUTPUT))
        said = output.read().decode(errors="replace").strip()
    if code is None:
        return CommandResult(said, f"{_named(command)} did not finish within {timeout:g} seconds", ran=False)
    objection = (quote("; ".join(said.splitlines()), LONGEST_OUTPUT) or f"exit code {code}") if code else None
    return CommandResult(said, objection, ran=code >= 0 and code not in NOT_RUN)


def why_missing(command: Sequence[str]) -> str | None:
    """Return the reason why the program of a command cannot be run, None if it can. Does not run the command."""
    if shutil.which(command[0], path=_search_path()):
        return None
    if os.sep in command[0]:
        why = "it is not executable" if Path(command[0]).exists() else "it does not exist"
    else:
        why = f"no directory of {_search_path()} has it"
    return _why_not_run(command, why)


def _search_path() -> str:
    known = (os.environ.get("PATH") or os.defpath).split(os.pathsep)
    return os.pathsep.join([*known, *(directory for directory in LAST_LOOKED_IN if directory not in known)])


def _named(command: Sequence[str]) -> str:
    """Return the program without its arguments, which may hold secrets."""
    return shlex.quote(command[0])


def _why_not_run(command: Sequence[str], error: str) -> str:
    words = command[0].split() if len(command) == 1 else []
    hint = f"; write it as a list: [{', '.join(words)}]" if len(words) > 1 else ""
    return f"{_named(command)} cannot be run: {error}{hint}"


def _wait(process: subprocess.Popen[bytes], timeout: float) -> int | None:
    """Return the exit code. After *timeout*, kill the command with all processes that it started and return None."""
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
