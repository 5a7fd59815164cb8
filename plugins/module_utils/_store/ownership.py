# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolves the declared mode, owner and group of private keys."""

from __future__ import annotations

import grp
import pwd
import re
from functools import lru_cache

from .._handover.foreign_text import quote
from .atomic_files import Ownership
from .store_errors import StoreError

_OCTAL = re.compile(r"0[0-7]{3}")
_WRITABLE_BY_ALL = 0o002


@lru_cache(maxsize=64)
def ownership(*, mode: str, owner: str | None = None, group: str | None = None) -> Ownership:
    """Resolve names or numbers on this host. *mode* is octal, such as 0640. Raises StoreError for unknown values."""
    return Ownership(mode=_mode(mode), uid=_user(owner), gid=_group(group))


def _mode(text: str) -> int:
    """Return the mode. The leading zero is required: YAML reads 0640 without quotes as 416, also a valid octal mode."""
    if not _OCTAL.fullmatch(text):
        raise _unusable("mode", text, "is not octal with a leading zero; in YAML write it in quotes, such as '0640'")
    mode = int(text, 8)
    if mode & _WRITABLE_BY_ALL:
        raise _unusable("mode", text, "lets every user write to it")
    return mode


def _user(owner: str | None) -> int | None:
    if owner is None or owner.isdecimal():
        return None if owner is None else int(owner)
    try:
        return pwd.getpwnam(owner).pw_uid
    except KeyError:
        raise _unusable("owner", owner, "is not a user of this host") from None


def _group(group: str | None) -> int | None:
    if group is None or group.isdecimal():
        return None if group is None else int(group)
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise _unusable("group", group, "is not a group of this host") from None


def _unusable(option: str, value: str, why: str) -> StoreError:
    return StoreError(
        f"The {option} of the private key cannot be set",
        path=option,
        why=f"'{quote(value)}' {why}",
        remedy="Correct the declaration, or first install the package that creates it. Then run again.",
    )
