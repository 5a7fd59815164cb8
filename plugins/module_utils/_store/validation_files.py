# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Publishes and removes validation files, in a web root that others may write to."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._lifecycle.publication import contents_in
from .atomic_files import Directory, File, Ownership, open_directory
from .change import Change
from .store_errors import LinkError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST = ".well-known"
_DIRECTORY = Ownership(0o755, lenient=True)
_FILE = Ownership(0o644, lenient=True)
SHARED = "; the validation file of another order is there, so another order uses the same web root"


def publish(web_root: Path, relative_path: str, content: str, *, check_mode: bool = False) -> Change:
    """Write *content* exactly, without a newline, to *relative_path* below an existing *web_root*.

    Makes missing directories (0755) and the file (0644). Below the web root no symbolic link is followed. Raises
    StoreError.
    """
    data, path = content.encode(), f"{web_root}/{relative_path}"
    *folders, name = _parts(web_root, relative_path)
    make = None if check_mode else _DIRECTORY
    directory = _walk(open_web_root(web_root), folders, make)
    file = found = None
    if directory is not None:
        with directory:
            file = directory.read(name)
            found = file.data if file else None
            if found != data and not check_mode:
                directory.write(name, data, _FILE)
    if found == data:
        return Change(changed=False, reason=Reason(ReasonCode.PUBLISHED, f"{path} is published"))
    return Change(
        True,
        Reason(ReasonCode.PUBLISHED, f"{path} must have the content that the CA expects{_remark(found)}"),
        _was(path, file),
        _shown(path, data),
    )


def require_publishable(web_root: Path, relative_path: str, *, check_mode: bool = False) -> None:
    """Publish an empty file beside *relative_path* and remove it again. Raises StoreError if that is not possible.

    Check mode only looks, and accepts a missing web root: the same run may make it.
    """
    *folders, name = _parts(web_root, relative_path)
    if check_mode:
        root = open_directory(web_root)
        directory = _walk(root, folders, None) if root else None
    else:
        directory = _walk(open_web_root(web_root), folders, _DIRECTORY)
    if directory is None:
        return
    with directory:
        if not check_mode:
            trial = f".{name}.trial"
            directory.write(trial, b"", _FILE)
            directory.remove(trial)


def remove(web_root: Path, relative_path: str, content: str, *, check_mode: bool = False) -> Change:
    """Remove the file if it holds *content*. Another file and all directories stay. Raises StoreError."""
    data, path = content.encode(), f"{web_root}/{relative_path}"
    *folders, name = _parts(web_root, relative_path)
    root = open_directory(web_root)
    directory = _walk(root, folders, None) if root else None
    if directory is None:
        return Change(changed=False, reason=Reason(ReasonCode.NOT_PUBLISHED, f"{path} is not there"))
    with directory:
        file = directory.read(name)
        if file is None:
            return Change(changed=False, reason=Reason(ReasonCode.NOT_PUBLISHED, f"{path} is not there"))
        if file.data != data:
            words = f"{path} stays: it is not the validation file of this order{_remark(file.data)}"
            return Change(changed=False, reason=Reason(ReasonCode.KEPT, words))
        if not check_mode:
            directory.remove(name)
            directory.sync(lenient=True)
    return Change(
        True, Reason(ReasonCode.WITHDRAWN, f"{path} is no longer needed"), _shown(path, data), _shown(path, None)
    )


def _remark(data: bytes | None) -> str:
    """Return the remark about a file with other content, if it is a validation file."""
    text = "" if data is None else data.decode("utf-8", errors="replace").strip()
    return SHARED if contents_in(text) == {text} else ""


def _parts(web_root: Path, relative_path: str) -> list[str]:
    parts = relative_path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise StoreError(
            "The validation file cannot be published",
            path=web_root,
            why=f"'{quote(relative_path)}' is not a plain path below it",
            remedy="Use .well-known/pki-validation/certum.txt.",
        )
    return parts


def open_web_root(path: Path) -> Directory:
    """Open a web root, which has to exist. Raises StoreError."""
    directory = open_directory(path)
    if directory is None:
        raise StoreError(
            "The validation file cannot be published",
            path=path,
            why="the web root does not exist",
            remedy="Create it and configure the web server to use it, or correct validation.webroot. Then run again.",
        )
    return directory


@contextmanager
def _naming_the_way_out(folder: str) -> Iterator[None]:
    """Add a remedy to LinkError. Deployments with shared directories have links that the web server follows."""
    try:
        yield
    except LinkError as error:
        target = (Path(error.path).parent / error.target).resolve()
        is_whole = target.name == folder == _FIRST
        instead = f"set validation.webroot to {target.parent}" if is_whole else "mount its target there instead"
        raise LinkError(
            error.path,
            error.target,
            remedy=f"If the web server follows the link, {instead}. Otherwise find out who made it, and remove it.",
        ) from error


def _walk(directory: Directory, folders: list[str], make: Ownership | None) -> Directory | None:
    """Open one directory after the other without following links, and return the last. Closes *directory*."""
    for folder in folders:
        with directory, _naming_the_way_out(folder):
            below = directory.enter(folder) if make is None else directory.enter_or_make(folder, make)
        if below is None:
            return None
        directory = below
    return directory


def _was(path: str, file: File | None) -> dict[str, object]:
    """Return the former content if every user may read it: somebody may have made a hard link to a secret."""
    if file is None or file.mode & 0o004:
        return _shown(path, file.data if file else None)
    return {"path": path, "content": "a file that not every user may read"}


def _shown(path: str, data: bytes | None) -> dict[str, object]:
    return {"path": path, "content": None if data is None else data.decode("utf-8", errors="replace")}
