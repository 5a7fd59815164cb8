# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repairs the mode and owner of installed private keys. Does not touch keys or certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .change import Change
from .layout import PRIVATE_KEY, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .atomic_files import Directory, File, Ownership
    from .certificate_on_disk import Installed
    from .version_health import KeyFile


def differences(found: File | KeyFile, ownership: Ownership) -> Iterator[str]:
    """Yield each difference between a file and its declared mode, owner and group. None declares nothing."""
    if found.mode != ownership.mode:
        yield f"mode {found.mode:04o}, declared {ownership.mode:04o}"
    if ownership.uid not in (None, found.uid):
        yield f"owner {found.uid}, declared {ownership.uid}"
    if ownership.gid not in (None, found.gid):
        yield f"group {found.gid}, declared {ownership.gid}"


def drifted_keys(installed: Installed, ownership: Ownership) -> tuple[str, ...]:
    """Return the private keys of all versions that are not as declared, as SERIAL/FILE with the differences.

    This includes older versions: after a rollback the services of today use them. Reads no files.
    """
    return tuple(
        f"{version.serial_number}/{PRIVATE_KEY} ({'; '.join(found)})"
        for version in installed.versions
        if version.key and (found := list(differences(version.key, ownership)))
    )


def repair_keys(directory: Directory, installed: Installed, ownership: Ownership, *, check_mode: bool) -> Change:
    """Give the private key of every version the declared mode and owner. Raises StoreError."""
    keys = {version.serial_number: version.key for version in installed.versions if version.key}
    wrong = {number: key for number, key in keys.items() if list(differences(key, ownership))}
    if not check_mode:
        for serial_number in wrong:
            _repair(directory, serial_number, ownership)
    return Change(
        changed=bool(wrong),
        reason=Reason(
            ReasonCode.KEY_ACCESS_DIFFERS,
            f"mode or owner of {len(wrong)} private key{'s were' if len(wrong) > 1 else ' was'} not as declared",
        ),
        before={f"{number}/{PRIVATE_KEY}": _text(key.mode, key.uid, key.gid) for number, key in wrong.items()},
        after={
            f"{number}/{PRIVATE_KEY}": _text(
                ownership.mode,
                key.uid if ownership.uid is None else ownership.uid,
                key.gid if ownership.gid is None else ownership.gid,
            )
            for number, key in wrong.items()
        },
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


def _text(mode: int, uid: int, gid: int) -> str:
    return f"mode {mode:04o}, uid {uid}, gid {gid}"
