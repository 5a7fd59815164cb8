# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moves the directory of a certificate to the new name of its declaration, and leaves a link at the former path.

Services keep working if their configuration names the former path. A process that dies leaves a marker, with which the
next run finishes.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .atomic_files import open_directory
from .change import Change
from .layout import is_safe_name
from .lock import certificate_directory

if TYPE_CHECKING:
    from pathlib import Path

    from .atomic_files import Directory
    from .layout import Layout

_MARKER = ".{}.renamed"


def unfinished_renames(base: Path) -> dict[str, str]:
    """Return the former name by new name, for moves that have started and not finished."""
    prefix, suffix = _MARKER.split("{}")
    markers = [path for path in base.glob(_MARKER.format("*")) if path.is_symlink()]
    found = {str(path.readlink()): path.name[len(prefix) : -len(suffix)] for path in markers}
    return {
        name: former
        for name, former in found.items()
        if is_safe_name(name) and is_safe_name(former)
        if _is_directory(base / name) or _is_directory(base / former)
    }


def target_of_link(base: Path, name: str) -> str | None:
    """Return the new name of a renamed certificate, None if no link of ours is in its place.

    A link to any other place belongs to the administrator.
    """
    path = base / name
    target = str(path.readlink()) if path.is_symlink() else ""
    return target if is_safe_name(target) else None


def is_link(layout: Layout, name: str) -> bool:
    """Return whether the name is the former one of a certificate."""
    return target_of_link(layout.base, name) is not None


def remove_link(layout: Layout, name: str, *, check_mode: bool = False) -> Change:
    """Remove the link of a former name. Its target, the certificate, stays. Raises StoreError."""
    target = target_of_link(layout.base, name)
    base = None if check_mode else open_directory(layout.base)
    if base is not None:
        with base:
            base.remove(name)
            base.sync()
    reason = Reason(ReasonCode.REMOVED, f"the link to {target} was removed")
    return Change(True, reason, {"link": target}, {"link": None})


def _is_directory(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def move(layout: Layout, name: str, *, former: str) -> bool:
    """Move the directory ``former`` to ``name``, and return whether there was anything to do. Raises StoreError."""
    for each in (former, name):
        layout.certificate(each)  # raises for an unusable name
    base = open_directory(layout.base)
    if base is None:
        return False
    with base:
        if _is_directory(layout.base / former):
            with certificate_directory(layout, former):
                _move(base, name, former)
            return True
        if base.link_target(_MARKER.format(former)) != name:
            return False
        base.rename(_MARKER.format(former), former)
        return True


def _move(base: Directory, name: str, former: str) -> None:
    marker = _MARKER.format(former)
    if base.link_target(marker) != name:
        base.remove(marker)
        base.make_link(marker, name)
    if base.link_target(name) is not None:
        base.remove(name)
    base.rename(former, name)
    base.rename(marker, former)
