# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes files whole or not at all, even if the process dies.

Every operation is relative to an open directory. So a symbolic link that another user puts into the path is refused,
not followed.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .store_errors import LinkError, StoreError, from_os_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 1024 * 1024
TEMPORARY = ".tmp"
_SELINUX = "security.selinux"
_REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""The errors of a file system without modes, without owners, or without sync."""


@dataclass(frozen=True)
class File:
    """The content of a regular file, its mode and owner, and its time of modification (seconds since the epoch)."""

    data: bytes
    mode: int
    uid: int
    gid: int
    modified: float

    def __repr__(self) -> str:
        return f"File({len(self.data)} bytes, mode {self.mode:04o}, uid {self.uid}, gid {self.gid})"


@dataclass(frozen=True)
class Ownership:
    """Mode, and the owner and group as numbers. None leaves the owner or group of the process.

    ``lenient`` is for public files on a share (CIFS, sshfs) whose mount options set mode and owner. It accepts that the
    file system refuses to set or to sync them, if every user can read the file.
    """

    mode: int
    uid: int | None = None
    gid: int | None = None
    lenient: bool = False


PUBLIC = Ownership(0o644)
PRIVATE = Ownership(0o600)


class Directory:
    """An open directory. Every method works on one entry, follows no symbolic link, and raises StoreError."""

    def __init__(self, descriptor: int, path: str) -> None:
        self.descriptor = descriptor
        self.path = path

    def __enter__(self) -> Directory:
        return self

    def __exit__(self, *_details: object) -> None:
        os.close(self.descriptor)

    @contextmanager
    def _reporting(self, what: str, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise from_os_error(what, f"{self.path}/{name}", error) from error

    def enter(self, name: str) -> Directory | None:
        """Open a directory inside this one. Return None if it does not exist."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            return Directory(os.open(name, flags, dir_fd=self.descriptor), f"{self.path}/{name}")
        except FileNotFoundError:
            return None
        except OSError as error:
            if (target := self.link_target(name)) is not None:
                raise LinkError(f"{self.path}/{name}", target) from error
            raise from_os_error("The directory cannot be opened", f"{self.path}/{name}", error) from error

    def enter_or_make(self, name: str, ownership: Ownership) -> Directory:
        """Open a directory inside this one. Make it with this mode and owner if it does not exist.

        It has its mode from the start, so a process that dies leaves no directory that is closed to others.
        """
        made = False
        with self._reporting("The directory cannot be made", name), suppress(FileExistsError), _no_umask():
            os.mkdir(name, ownership.mode, dir_fd=self.descriptor)
            made = True
        found = self.enter(name)
        if found is None:
            raise StoreError(
                "The directory cannot be made",
                path=f"{self.path}/{name}",
                why="another process removed it at once",
                remedy="Find out what removes it, then run again.",
            )
        if made:
            try:
                with self._reporting("The directory cannot be made", name):
                    _own(found.descriptor, ownership)
                self.sync(lenient=ownership.lenient)
            except BaseException:
                os.close(found.descriptor)
                raise
        return found

    def read(self, name: str, *, most: int = MAX_BYTES) -> File | None:
        """Read a regular file of at most this many bytes. Return None if it does not exist."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(name, flags, dir_fd=self.descriptor)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise from_os_error("The file cannot be read", f"{self.path}/{name}", error) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                raise StoreError(
                    "The file cannot be read",
                    path=f"{self.path}/{name}",
                    why=f"it is not a regular file of at most {most // (1024 * 1024)} MiB",
                    remedy="Find out what put it there, and remove it.",
                )
            data = os.read(descriptor, status.st_size + 1)
        except OSError as error:
            raise from_os_error("The file cannot be read", f"{self.path}/{name}", error) from error
        finally:
            os.close(descriptor)
        return File(data, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, status.st_mtime)

    def read_below(self, name: str, *below: str) -> File | None:
        """Read a file in directories below this one. Return None if it or a directory does not exist."""
        if not below:
            return self.read(name)
        inside = self.enter(name)
        if inside is None:
            return None
        with inside:
            return inside.read_below(*below)

    def names(self) -> list[str]:
        """Return the names of the entries, sorted."""
        with self._reporting("The directory cannot be read", ""):
            return sorted(entry.name for entry in os.scandir(self.descriptor))

    def link_target(self, name: str) -> str | None:
        """Return the target of a symbolic link, None if there is no such entry or it is not a link."""
        try:
            return os.readlink(name, dir_fd=self.descriptor)
        except OSError:
            return None

    def write(self, name: str, data: bytes, ownership: Ownership) -> None:
        """Write a file whole: write a new one beside it with its final mode and owner, sync it, and rename it."""
        temporary = f".{name}.{secrets.token_hex(4)}{TEMPORARY}"
        with self._reporting("The file cannot be written", name):
            try:
                self._write_new(temporary, data, ownership, like=name)
                os.rename(temporary, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=self.descriptor)
                raise
        self.sync(lenient=ownership.lenient)

    def _write_new(self, name: str, data: bytes, ownership: Ownership, *, like: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        mode = ownership.mode if ownership.lenient else ownership.mode & 0o600
        with _no_umask():
            descriptor = os.open(name, flags, mode, dir_fd=self.descriptor)
        try:
            _own(descriptor, ownership)
            self._keep_context(descriptor, like)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            _sync(descriptor, lenient=ownership.lenient)
        finally:
            os.close(descriptor)

    def _keep_context(self, descriptor: int, like: str) -> None:
        """Give the new file the SELinux context of the file that it replaces. Without one, the directory decides."""
        if not hasattr(os, "getxattr"):
            return
        with suppress(OSError):
            old = os.open(like, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self.descriptor)
            try:
                os.setxattr(descriptor, _SELINUX, os.getxattr(old, _SELINUX))
            finally:
                os.close(old)

    def link(self, name: str, target: str) -> None:
        """Point a symbolic link at *target* in one step. A link that existed before exists at every moment."""
        temporary = f".{name}.{secrets.token_hex(4)}{TEMPORARY}"
        with self._reporting("The link cannot be switched", name):
            try:
                os.symlink(target, temporary, dir_fd=self.descriptor)
                os.rename(temporary, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=self.descriptor)
                raise
        self.sync()

    def make_link(self, name: str, target: str) -> None:
        """Make a symbolic link. Nothing may be in its place."""
        with self._reporting("The link cannot be made", name):
            os.symlink(target, name, dir_fd=self.descriptor)
        self.sync()

    def rename(self, name: str, new_name: str, *, into: Directory | None = None) -> None:
        """Rename an entry, within this directory or *into* another, and sync."""
        destination = into or self
        with self._reporting("The entry cannot be renamed", name):
            os.rename(name, new_name, src_dir_fd=self.descriptor, dst_dir_fd=destination.descriptor)
        self.sync()
        if into is not None:
            into.sync()

    def own(self, ownership: Ownership) -> None:
        """Set the mode and owner of this directory itself."""
        with self._reporting("Mode and owner cannot be set", ""):
            _own(self.descriptor, ownership)

    def repair(self, name: str, ownership: Ownership) -> None:
        """Set the mode and owner of an existing regular file."""
        with self._reporting("Mode and owner cannot be set", name):
            descriptor = os.open(
                name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self.descriptor
            )
            try:
                _own(descriptor, ownership)
            finally:
                os.close(descriptor)

    def remove(self, name: str) -> None:
        """Remove an entry and everything below it. Follows no links."""
        with self._reporting("The entry cannot be removed", name):
            try:
                os.unlink(name, dir_fd=self.descriptor)
                return
            except FileNotFoundError:
                return
            except IsADirectoryError:
                below = self.enter(name)
            if below is not None:
                with below:
                    for entry in below.names():
                        below.remove(entry)
            os.rmdir(name, dir_fd=self.descriptor)

    def sweep(self) -> None:
        """Remove the temporary files of a process that died. The caller must hold the lock."""
        for name in self.names():
            if name.startswith(".") and name.endswith(TEMPORARY):
                self.remove(name)

    def sync(self, *, lenient: bool = False) -> None:
        """Sync the entries of this directory to disk. *lenient* as in Ownership."""
        with self._reporting("The directory cannot be synced", ""):
            _sync(self.descriptor, lenient=lenient)


@contextmanager
def _no_umask() -> Iterator[None]:
    """Turn the umask off, so that new files get exactly the given modes. A module has one thread."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def _sync(descriptor: int, *, lenient: bool) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not (lenient and error.errno in _REFUSALS):
            raise


def _own(descriptor: int, ownership: Ownership) -> None:
    try:
        _own_exactly(descriptor, ownership)
    except OSError as error:
        if not (ownership.lenient and error.errno in _REFUSALS and _is_public(descriptor)):
            raise


def _is_public(descriptor: int) -> bool:
    """Return whether every user may read a file, or enter a directory."""
    mode = os.fstat(descriptor).st_mode
    return bool(mode & (stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH))


def _own_exactly(descriptor: int, ownership: Ownership) -> None:
    """Set the owner, then the mode, so that the mode never admits the wrong group. The umask does not apply.

    A mode that is already right is not set again: some file systems refuse that.
    """
    if ownership.uid is not None or ownership.gid is not None:
        os.fchown(
            descriptor, -1 if ownership.uid is None else ownership.uid, -1 if ownership.gid is None else ownership.gid
        )
    if stat.S_IMODE(os.fstat(descriptor).st_mode) != ownership.mode:
        os.fchmod(descriptor, ownership.mode)


def open_directory(path: Path, *, make: Ownership | None = None) -> Directory | None:
    """Open a directory that the administrator chose. Follows links in the path.

    Returns None if it does not exist. With *make*, makes it and its missing parents with this mode and owner.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    try:
        return Directory(os.open(path, flags), str(path))
    except FileNotFoundError:
        if make is None:
            return None
    except OSError as error:
        raise from_os_error("The directory cannot be opened", path, error) from error
    parent = open_directory(path.parent, make=make)
    if parent is None:  # unreachable: with make, a directory is returned or an error raised
        return None
    with parent:
        return parent.enter_or_make(path.name, make)


def write_atomic(path: Path, data: bytes, ownership: Ownership) -> None:
    """Write one file whole. Its directory must exist. Raises StoreError."""
    with _parent(path) as directory:
        directory.write(path.name, data, ownership)


def replace_symlink(link: Path, target: str) -> None:
    """Point *link* at *target* in one step. Its directory must exist. Raises StoreError."""
    with _parent(link) as directory:
        directory.link(link.name, target)


def _parent(path: Path) -> Directory:
    directory = open_directory(path.parent)
    if directory is None:
        raise StoreError(
            "The file cannot be written",
            path=path,
            why="its directory does not exist",
            remedy=f"Create {path.parent}, or correct the path, then run again.",
        )
    return directory
