# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identifies a directory that several hosts may share."""

from __future__ import annotations

import os
from pathlib import Path

BOOT_ID = "/proc/sys/kernel/random/boot_id"
MOUNTS = "/proc/self/mountinfo"


def directory_identity(path: Path) -> str | None:
    """Return a text that is the same on every host with this directory, at any path. None if that is unknown.

    For a network file system the text is the mounted source and the inode number. For any other directory it is the
    running kernel, which containers share, the device and the inode number.
    """
    try:
        found = path.stat()
    except OSError:
        return None
    source = _network_source(found.st_dev)
    if source:
        return f"{source} {found.st_ino}"
    kernel = _read(BOOT_ID).strip()
    return f"{kernel} {found.st_dev} {found.st_ino}" if kernel else None


def _network_source(device: int) -> str | None:
    """Return the source of a network file system, such as ``nfs.example.com:/web`` or ``//files/web``."""
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in _read(MOUNTS).splitlines():
        fields = line.split()
        source = fields[fields.index("-") + 2] if "-" in fields else ""
        if fields[2:3] == [number] and (":" in source or source.startswith("//")):
            return source
    return None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
