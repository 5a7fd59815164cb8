# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mode and owner of installed private keys, put right without touching a key or a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .change import Change
from .installed import Installed, read_inside
from .layout import PRIVATE_KEY, VERSIONS
from .lock import certificate_directory

if TYPE_CHECKING:
    from .files import Directory, Ownership
    from .layout import Layout
    from .versions import KeyFile


def drifted(key: KeyFile, ownership: Ownership) -> bool:
    """Tell whether a key on disk has another mode, owner or group than declared; None declares nothing."""
    return key.mode != ownership.mode or ownership.uid not in (None, key.uid) or ownership.gid not in (None, key.gid)


def repair_keys(layout: Layout, name: str, ownership: Ownership, *, check_mode: bool = False) -> Change:
    """Give the private key of every version the declared mode and owner. Raises StoreError."""
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        installed = read_inside(directory, name) if directory else Installed(name)
        wrong = [(version.serial_number, version.key) for version in installed.versions if version.key]
        wrong = [(serial_number, key) for serial_number, key in wrong if drifted(key, ownership)]
        if directory is not None and not check_mode:
            for serial_number, _key in wrong:
                _repair(directory, serial_number, ownership)
    if not wrong:
        return Change(changed=False, reason="mode and owner of the private keys are as declared")
    return Change(
        changed=True,
        reason=f"mode or owner of {len(wrong)} private key{'s' if len(wrong) > 1 else ''} was not as declared",
        before={serial_number: _text(key.mode, key.uid, key.gid) for serial_number, key in wrong},
        after={serial_number: _text(ownership.mode, ownership.uid, ownership.gid) for serial_number, _key in wrong},
    )


def _repair(directory: Directory, serial_number: str, ownership: Ownership) -> None:
    versions = directory.enter(VERSIONS)
    if versions is None:
        return
    with versions:
        version = versions.enter(serial_number)
    if version is not None:
        with version:
            version.repair(PRIVATE_KEY, ownership)


def _text(mode: int, uid: int | None, gid: int | None) -> str:
    owner = "any" if uid is None else str(uid)
    return f"mode {mode:04o}, uid {owner}, gid {'any' if gid is None else gid}"
