# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The locks of a machine: one run of `make hosts` at a time, and one command that starts or stops hosts."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .ground import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = CACHE / "run.lock"
_INSIDE = "CERTUM_HOSTS_RUN"


@contextmanager
def held() -> Iterator[None]:
    """Hold the lock, and wait for it as long as another run has it. The end of the process releases it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with _LOCK.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another run uses the test hosts of this machine. Waiting for its end.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        os.environ[_INSIDE] = "1"  # also for the commands that this run starts
        yield


@contextmanager
def changing() -> Iterator[None]:
    """Hold the lock of the commands that start or stop hosts."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "change.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_held() -> bool:
    """Return whether a run holds the lock."""
    if not _LOCK.exists():
        return False
    with _LOCK.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def is_inside_run() -> bool:
    """Return whether this process works for the run that holds the lock."""
    return _INSIDE in os.environ
