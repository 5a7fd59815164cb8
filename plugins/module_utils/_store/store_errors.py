# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors about files on a host, each with a remedy."""

from __future__ import annotations

import errno
import os

from .._handover.foreign_text import quote
from .._handover.problems import KnownError

_KEPT = "Nothing was lost, and services use the same certificates as before."
_REMEDIES = {
    errno.ENOSPC: f"{_KEPT} Make room on this file system, then run again.",
    errno.EDQUOT: f"{_KEPT} Raise the disk quota or make room, then run again.",
    errno.EACCES: "Run with become, or as a user with permission to write there.",
    errno.EPERM: "Run with become, as a user who can change this. Also check for an immutable attribute (lsattr).",
    errno.EROFS: "Remount the file system read-write, or configure another directory.",
    errno.EIO: f"{_KEPT} Check the disk (dmesg), then run again.",
    errno.ELOOP: "A symbolic link is in the place of a directory or file. Find out who made the link, and remove it.",
    errno.ENOTDIR: "Something else is in the place of a directory. Find out what made it, and remove it.",
    errno.ENOENT: "Check that the directory exists, and that nothing else removes files there.",
}


class StoreError(KnownError):
    """A step failed because of something on disk.

    *what* is the step that failed, *path* its place, *why* the reason as a clause, *remedy* a sentence with full stop.
    """

    def __init__(self, what: str, *, path: object, why: str, remedy: str) -> None:
        super().__init__(f"{what}: {path}: {why}. {remedy}", remedy=remedy)
        self.what = what
        self.path = str(path)
        self.why = why

    def with_sentence(self, sentence: str) -> StoreError:
        """Return the same error with one more sentence at its end."""
        remedy = f"{self.remedy} {sentence}"
        return StoreError(self.what, path=self.path, why=self.why, remedy=remedy)


class AccessError(StoreError):
    """The state on disk is unknown, mostly because access is refused: decide nothing, and order nothing."""


class LinkError(AccessError):
    """A symbolic link is in the place of a directory. ``target`` is its target."""

    def __init__(self, path: str, target: str, *, remedy: str = "Find out who made the link, and remove it.") -> None:
        super().__init__(
            "The directory cannot be opened",
            path=path,
            why=f"it is a symbolic link to {quote(target)}, and links are not followed here",
            remedy=remedy,
        )
        self.target = target


class NewerFormatError(AccessError):
    """A newer version of the collection wrote the file at *path*, so its meaning is unknown."""

    def __init__(self, path: object, *, found: int, known: int) -> None:
        super().__init__(
            "The file was written by a newer version of certops.certum",
            path=path,
            why=f"its format is {found}, and this version reads format {known}, so nothing is changed or ordered",
            remedy="On the controller, run ansible-galaxy collection install --upgrade certops.certum. Then run again.",
        )


def from_os_error(what: str, path: object, error: OSError) -> AccessError:
    """Return the store error for an error of the operating system."""
    why = os.strerror(error.errno).lower() if error.errno else str(error)
    remedy = _REMEDIES.get(error.errno or 0, "Remove the cause, then run again.")
    return AccessError(what, path=path, why=why, remedy=remedy)
