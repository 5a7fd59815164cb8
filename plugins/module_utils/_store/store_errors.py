# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What went wrong on a host's disk, in words that say what to do."""

from __future__ import annotations

import errno
import os

from .._handover.foreign_text import quote
from .._handover.problems import KnownError

_AGAIN = "then run again: nothing was lost, and what was served is still served"
_REMEDIES = {
    errno.ENOSPC: f"Make room on this file system, {_AGAIN}.",
    errno.EDQUOT: f"Raise the disk quota or make room, {_AGAIN}.",
    errno.EACCES: "Run with become, or as a user who may write there.",
    errno.EPERM: "Run with become, as a user who may change this; an immutable attribute (lsattr) also refuses it.",
    errno.EROFS: "Remount the file system read-write, or configure another directory.",
    errno.EIO: f"Check the disk (dmesg), {_AGAIN}.",
    errno.ELOOP: "A symbolic link stands where a directory or file belongs: find out who made it and remove it.",
    errno.ENOTDIR: "Something else stands where a directory belongs: find out what made it and remove it.",
    errno.ENOENT: "Check that the directory exists, and that nothing else removes files there.",
}


class StoreError(KnownError):
    """Something on disk is not as it must be.

    *what* was not done, *path* where, *why* as a clause, *remedy* as one sentence with its full stop.
    """

    def __init__(self, what: str, *, path: object, why: str, remedy: str) -> None:
        super().__init__(f"{what}: {path}: {why}. {remedy}", remedy=remedy)
        self.what = what
        self.path = str(path)
        self.why = why

    def with_sentence(self, sentence: str) -> StoreError:
        """Return the same with one more sentence at its end."""
        remedy = f"{self.remedy} {sentence}"
        return StoreError(self.what, path=self.path, why=self.why, remedy=remedy)


class AccessError(StoreError):
    """The operating system refused, so what is on disk is not known: nothing may be decided, least of all to buy."""


class LinkError(AccessError):
    """A symbolic link stands where a directory belongs. ``target`` is where it points."""

    def __init__(self, path: str, target: str, *, remedy: str = "Find out who made it and remove it.") -> None:
        super().__init__(
            "The directory cannot be opened",
            path=path,
            why=f"it is a symbolic link to {quote(target)}, and no link is followed here",
            remedy=remedy,
        )
        self.target = target


def from_os_error(what: str, path: object, error: OSError) -> AccessError:
    """Put an error of the operating system into words."""
    why = os.strerror(error.errno).lower() if error.errno else str(error)
    remedy = _REMEDIES.get(error.errno or 0, "Remove the cause, then run again.")
    return AccessError(what, path=path, why=why, remedy=remedy)
