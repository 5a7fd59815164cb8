# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces a directory by the link it was: backups that follow links (``rsync -L``, ``cp -rL``, zip) restore one."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .atomic_files import TEMPORARY
from .layout import VERSIONS
from .store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .atomic_files import Directory


@contextmanager
def without_copy(directory: Directory, link: str) -> Iterator[None]:
    """Move a copy of a version aside, and remove it after the link was made. Raises StoreError.

    Every file of the copy is also in the version, so nothing is lost. Services have loaded their files already.
    """
    if not _is_copy(directory, link):
        yield
        return
    aside = f".{link}.{secrets.token_hex(4)}{TEMPORARY}"
    directory.rename(link, aside)
    yield
    directory.remove(aside)


def _is_copy(directory: Directory, link: str) -> bool:
    if directory.link_target(link) is not None:
        return False
    found = directory.enter(link)
    if found is None:
        return False
    with found:
        files = _files(found)
    versions = directory.enter(VERSIONS)
    if versions is not None and files:
        with versions:
            if any(files.items() <= _files_of(versions, name).items() for name in versions.names()):
                return True
    raise StoreError(
        "The link cannot be switched",
        path=f"{directory.path}/{link}",
        why="a directory is in its place, and it is not a copy of one of the versions. A backup may have restored it",
        remedy="Look at its content. A service that uses this directory has no files until the next run. Then move the "
        "directory away and run again: the run makes the link.",
    )


def _files_of(versions: Directory, name: str) -> dict[str, bytes]:
    version = versions.enter(name)
    if version is None:
        return {}
    with version:
        return _files(version)


def _files(directory: Directory) -> dict[str, bytes]:
    found = {name: directory.read(name) for name in directory.names()}
    return {name: file.data for name, file in found.items() if file}
