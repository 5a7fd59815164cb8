# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credentials that the CA refused, known to all processes of one run of Ansible.

Private to the collection. Ansible runs each task in a process of its own. The CA may lock a paid account after a few
wrong passwords, so the processes share a file for each account. It is in the private directory that Ansible makes for
each run and removes at its end. Its name is a salted hash that is slow to guess, because a killed run leaves the file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._partner_api.api_errors import AuthenticationError

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN_DIRECTORY = "CERTUM_RUN_DIRECTORY"
"""The environment variable that names the directory. The action plugins set it in the process of each task."""
ITERATIONS = 100_000
LONGEST_WAIT = 150.0
"""Seconds to wait for the first call of another process, which has 120 s by default."""
LOOK_AGAIN = 0.02
LONGEST_FILE = 10_000
NOT_AGAIN = "the CA refused these credentials earlier in this run, so they were not sent again"


@dataclass(frozen=True)
class RunRefusals:
    """What this run knows of an account. Without a usable directory, each process finds out for itself."""

    directory: Path
    account: tuple[str, ...] = field(repr=False)

    @cached_property
    def _path(self) -> Path:
        words, salt = json.dumps(self.account).encode(), self.directory.name.encode()
        return self.directory / f"certum-{hashlib.pbkdf2_hmac('sha256', words, salt, ITERATIONS).hex()}"

    @contextmanager
    def going_first(self) -> Iterator[None]:
        """Let the first call of the run go alone, until it shows whether the CA accepts the credentials.

        Raises AuthenticationError, and nothing is sent, if the CA has refused them in this run.
        """
        with _locked(self._path) as file:
            known = _read(file)
            if "why" in known:
                raise AuthenticationError(
                    where="access to the CA", why=f"{NOT_AGAIN}: {known['why']}", remedy=str(known.get("remedy"))
                )
            if not known:
                try:
                    yield
                except AuthenticationError as error:
                    _write(file, {"why": error.why, "remedy": error.remedy})
                    raise
                except BaseException:
                    _write(file, {"tried": True})
                    raise
                _write(file, {"tried": True})
                return
        try:
            yield
        except AuthenticationError as error:
            self.refused(error)
            raise

    def refused(self, error: AuthenticationError) -> None:
        """Record a refusal that came later, as when the CA locks the account."""
        with _locked(self._path) as file:
            _write(file, {"why": error.why, "remedy": error.remedy})


def refusals_of_run(url: str, username: str, password: str) -> RunRefusals | None:
    """Return what this run knows of an account, None if the run has no private directory on this machine."""
    directory = os.environ.get(RUN_DIRECTORY)
    if not directory or not _is_private(directory):
        return None
    return RunRefusals(Path(directory), (url, username, password))


def _is_private(directory: str) -> bool:
    try:
        found = os.lstat(directory)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


@contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    """Yield the locked file; None if it cannot be opened, as on a full disk."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        yield None
        return
    try:
        _lock(file)
        yield file
    finally:
        os.close(file)


def _lock(file: int) -> None:
    """Wait for the lock up to a limit. A process that does not go on must not stop the run."""
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_AGAIN)
        except OSError:
            return
        else:
            return


def _read(file: int | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = json.loads(os.pread(file, LONGEST_FILE, 0) or b"{}")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(file: int | None, known: dict[str, Any]) -> None:
    if file is None:
        return
    with suppress(OSError):
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(known).encode(), 0)
