# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all files of this tool use: its directory, its errors, and commands that must succeed."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "certops-certum-hosts"
CHECKOUT = Path(__file__).resolve().parents[2]


class HostsError(Exception):
    """A problem of the test hosts. ``str()`` says what, where, why, and what to do now."""


def run(words: Sequence[str | Path], *, given: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Return the output of a command. Raise HostsError with its last lines if it fails."""
    command = [str(word) for word in words]
    try:
        done = subprocess.run(
            command,
            check=False,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
        )
    except FileNotFoundError as error:
        msg = f"{command[0]} is not installed. Run `make hosts`, which installs what the test hosts need."
        raise HostsError(msg) from error
    if done.returncode:
        lines = "\n".join(done.stdout.strip().splitlines()[-15:])
        msg = f"`{' '.join(command)}` ended with {done.returncode}:\n{lines}"
        raise HostsError(msg)
    return done.stdout


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    """Return whether the condition came true before the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
