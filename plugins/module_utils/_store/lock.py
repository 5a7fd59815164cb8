# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks one certificate for the critical section of one module run."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .atomic_files import open_directory
from .directory_access import OPEN, repair_base, repair_directories
from .layout import STAGED, VERSIONS
from .store_errors import StoreError, from_os_error
from .store_format import refuse_newer_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .atomic_files import Directory
    from .layout import Layout

LOCK = ".lock"
LOCK_TIMEOUT = 30.0
_PAUSE = 0.05


@contextmanager
def certificate_directory(
    layout: Layout, name: str, *, check_mode: bool = False, timeout: float = LOCK_TIMEOUT
) -> Iterator[Directory | None]:
    """Open the directory of one certificate, make it if needed, and lock it by flock(2).

    Waits for the lock for at most *timeout* seconds. Repairs the mode and owner of directories: a process may have died
    before it set them. The kernel releases the lock when its holder dies. Check mode makes and locks nothing, and
    yields None if there is no such directory. Raises StoreError, which names the process that holds the lock, and
    NewerFormatError before anything is written.
    """
    path = layout.certificate(name)
    base = open_directory(path.parent, make=None if check_mode else OPEN)
    if base is None:
        yield None
        return
    with base:
        _refuse_writable_by_all(base)
        if not check_mode:
            repair_base(base)
        directory = base.enter(path.name) if check_mode else base.enter_or_make(path.name, OPEN)
    if directory is None:
        yield None
        return
    with directory:
        _refuse_writable_by_all(directory)
        refuse_newer_format(directory)
        if check_mode:
            yield directory
        else:
            with _locked(directory, timeout):
                _sweep(directory)
                repair_directories(directory)
                yield directory


def _refuse_writable_by_all(directory: Directory) -> None:
    """Raise StoreError if every user may rename entries here, and so choose the key that a service uses."""
    mode = stat.S_IMODE(os.fstat(directory.descriptor).st_mode)
    if mode & stat.S_IWOTH:
        raise StoreError(
            "Keys cannot be kept here",
            path=directory.path,
            why=f"every user of this host may write to it (mode {mode:04o})",
            remedy="Remove this permission (chmod o-w) and check the content, or configure another directory.",
        )


def _sweep(directory: Directory) -> None:
    directory.sweep()
    for name in (STAGED, VERSIONS):
        below = directory.enter(name)
        if below is not None:
            with below:
                below.sweep()


@contextmanager
def _locked(directory: Directory, timeout: float) -> Iterator[None]:
    path = f"{directory.path}/{LOCK}"
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(LOCK, flags, 0o600, dir_fd=directory.descriptor)
    except OSError as error:
        raise from_os_error("The certificate cannot be locked", path, error) from error
    try:
        _wait(descriptor, path, timeout)
        if os.fstat(descriptor).st_nlink == 0:
            raise StoreError(
                "The certificate cannot be locked",
                path=path,
                why="another process removed the certificate meanwhile",
                remedy="Run again.",
            )
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, path: str, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise _held(descriptor, path, timeout) from None
            time.sleep(_PAUSE)
        except OSError as error:
            raise from_os_error("The certificate cannot be locked", path, error) from error
    try:
        # The process id is only for error messages, so a full disk must not stop the run.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    except OSError:
        return


def _held(descriptor: int, path: str, timeout: float) -> StoreError:
    holder = os.pread(descriptor, 20, 0).decode("ascii", errors="replace").strip() or "unknown"
    return StoreError(
        "Another process is changing the certificate",
        path=path,
        why=f"process {holder} has held the lock for {timeout:g} seconds",
        remedy="Wait until it is done, then run again. If the process hangs, end it: that releases the lock.",
    )
