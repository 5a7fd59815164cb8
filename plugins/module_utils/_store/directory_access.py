# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds and repairs wrong modes and owners of the store's own directories.

Private to the collection. If others cannot enter a directory, a service cannot read its certificate. If another user
owns a directory, that user can replace a key. Both come from a process that died half way, or from a manual change.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from .atomic_files import Ownership
from .layout import SET_ASIDE, STAGED, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .atomic_files import Directory
    from .layout import Layout

OPEN = Ownership(0o755)
CLOSED = Ownership(0o700)
EXPECTED = {VERSIONS: OPEN, STAGED: CLOSED, SET_ASIDE: CLOSED}
_FOR_OTHERS = 0o077
_ROOT = 0
_NOBODY_KNOWS = 65534
"""The owner that the kernel shows for an unknown one (NFS with root_squash, user namespaces). It cannot be changed."""


def drifted_base(layout: Layout) -> tuple[str, ...]:
    """Return the directory of all certificates with its wrong mode, empty if it is right.

    The administrator chooses its mode and owner. Only a mode that is closed to all others is wrong.
    """
    found = _status(layout.base)
    words = _wrong_mode(found, _mode_of_base(found)) if found else ""
    return (f"{layout.base} ({words})",) if words else ()


def drifted_directories(layout: Layout, name: str) -> tuple[str, ...]:
    """Return the directories of one certificate with a wrong mode or owner, and the differences. Opens none of them."""
    top = str(layout.certificate(name))
    if _status(top) is None:
        return ()
    places = [(top, OPEN), *((f"{top}/{part}", expected) for part, expected in EXPECTED.items())]
    places += [(each, OPEN) for each in _versions(f"{top}/{VERSIONS}")]
    seen = ((path, _status(path), expected) for path, expected in places)
    words = ((path, _difference(found, expected)) for path, found, expected in seen if found)
    return tuple(f"{os.path.relpath(path, layout.base)} ({each})" for path, each in words if each)


def repair_base(base: Directory) -> None:
    """Repair the open directory of all certificates. Raises StoreError."""
    found = os.fstat(base.descriptor)
    if _wrong_mode(found, _mode_of_base(found)):
        base.own(OPEN)


def repair_directories(directory: Directory) -> None:
    """Repair the open directory of one certificate, and those inside. The caller holds the lock. Raises StoreError."""
    _repair(directory, OPEN)
    for part, expected in EXPECTED.items():
        below = directory.enter(part)
        if below is not None:
            with below:
                _repair(below, expected)
                if part == VERSIONS:
                    _repair_versions(below)


def _repair_versions(versions: Directory) -> None:
    for name in versions.names():
        path = Path(versions.path) / name
        version = versions.enter(name) if not name.startswith(".") and _status(path) else None
        if version is not None:
            with version:
                _repair(version, OPEN)


def _repair(directory: Directory, expected: Ownership) -> None:
    found = os.fstat(directory.descriptor)
    if _difference(found, expected):
        directory.own(Ownership(expected.mode, _owner(found)))


def _mode_of_base(found: os.stat_result) -> int:
    mode = stat.S_IMODE(found.st_mode)
    return mode if mode & _FOR_OTHERS else OPEN.mode


def _versions(path: str) -> Iterator[str]:
    try:
        with os.scandir(path) as entries:
            yield from [each.path for each in entries if not each.name.startswith(".")]
    except OSError:
        return


def _status(path: str | Path) -> os.stat_result | None:
    """Return the status of a directory, None for anything else, which is reported when it is read."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found if stat.S_ISDIR(found.st_mode) else None


def _owner(found: os.stat_result) -> int | None:
    """Return the expected owner, None for no change: only root can change it, and only if the owner is known."""
    return None if os.geteuid() != _ROOT or found.st_uid in (_ROOT, _NOBODY_KNOWS) else _ROOT


def _difference(found: os.stat_result, expected: Ownership) -> str:
    owner = _owner(found)
    wrong_owner = "" if owner is None else f"owner {found.st_uid}, expected {owner}"
    return "; ".join(filter(None, [_wrong_mode(found, expected.mode), wrong_owner]))


def _wrong_mode(found: os.stat_result, expected: int) -> str:
    mode, may_change = stat.S_IMODE(found.st_mode), os.geteuid() in (_ROOT, found.st_uid)
    return f"mode {mode:04o}, expected {expected:04o}" if may_change and mode != expected else ""
