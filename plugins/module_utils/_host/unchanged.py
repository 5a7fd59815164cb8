# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the last plan without work, if nothing that it depends on has changed since.

This file is also a program, which certum_plan sends to the host before it sends a module (``_module/last_plan.py``). So
it imports no other file of the collection. Private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD = ".plan.json"
FORMAT = 1
MAX_BYTES = 16 * 1024 * 1024
MAX_FILES = 500_000
MAX_DEPTH = 16
"""A directory with more files, or with deeper ones, is not one of ours, and is not worth a look."""
TICK = 2.0
"""A file that is younger, in seconds, could change again without another time stamp."""
WRITABLE_BY_OTHERS = 0o022
USERS = ("/etc/passwd", "/etc/group")
BOOT = "/proc/sys/kernel/random/boot_id"


def seen_files(path: str, *, now: float) -> str:
    """Return a digest of the names and the status of everything in the store, empty if a change could stay unseen.

    The status has mode, owner, size, inode and the times of the last change, and it changes with the content. The times
    of the directory *path* do not count, because the record is written there. Users, groups and the boot count too: a
    group may get another number, and after a boot nothing is taken for granted.
    """
    found = hashlib.sha256()
    try:
        base = Path(path).stat()
        facts: list[object] = [os.geteuid(), base.st_mode, base.st_uid, base.st_gid, base.st_ino, base.st_dev]
        facts += [_status(each) for each in map(Path.stat, map(Path, USERS))]
        found.update(json.dumps([*facts, _boot()]).encode())
        for number, (name, status) in enumerate(_entries(path)):
            if number > MAX_FILES or status.st_ctime > now - TICK:
                return ""
            found.update(json.dumps([name, _status(status)]).encode())
    except OSError:
        return ""
    return found.hexdigest()


def planned_before(path: str, digest: str, *, now: float) -> dict[str, Any] | None:
    """Return the recorded result if it has the same digest, no file has changed, and its time has not passed."""
    try:
        kept = json.loads(_own_record(path))
        is_same = (kept["format"], kept["digest"]) == (FORMAT, digest) and kept["from"] <= now < kept["until"]
        result = kept["result"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not is_same or not isinstance(result, dict):
        return None
    return result if kept.get("files") == (seen_files(path, now=now) or None) else None


def _own_record(path: str) -> bytes:
    """Return the content of the record. Raises OSError if anybody else could have written it.

    The administrator may give the directory to another user, and the result of a plan leads to commands of root.
    """
    descriptor = os.open(f"{path}/{RECORD}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        is_own = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & WRITABLE_BY_OTHERS
        if not is_own or found.st_size > MAX_BYTES:
            raise PermissionError(RECORD)
        return file.read()


def _entries(path: str, depth: int = 0) -> Iterator[tuple[str, os.stat_result]]:
    """Yield everything below a directory in a fixed order. Follows no link. Raises OSError if it is too deep."""
    if depth > MAX_DEPTH:
        raise NotADirectoryError(path)
    with os.scandir(path) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name == RECORD:
            continue
        yield entry.path, entry.stat(follow_symlinks=False)
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, depth + 1)


def _status(status: os.stat_result) -> tuple[int, ...]:
    owner, times = (status.st_uid, status.st_gid), (status.st_mtime_ns, status.st_ctime_ns)
    return (status.st_mode, *owner, status.st_size, *times, status.st_ino, status.st_dev)


def _boot() -> str:
    try:
        return Path(BOOT).read_text(encoding="ascii")
    except OSError:
        return ""


def main(path: str, digest: str) -> None:
    """Print the recorded result as JSON, null if a new plan is needed."""
    expanded = Path(os.path.expandvars(path)).expanduser()
    sys.stdout.write(json.dumps(planned_before(str(expanded), digest, now=time.time())))


if __name__ == "__main__":
    main(*sys.argv[1:])
