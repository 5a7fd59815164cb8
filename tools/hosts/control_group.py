# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A control group for each host.

systemd knows the processes of a service by their control group. systemd-nspawn makes the groups of a host below its own
one, so hosts that were started from one group would take each other's services for their own, and stop them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath

_PREFIX = "certum-test-host-"
_ENTER = 'for group in $0; do echo $$ > "$group/cgroup.procs" || exit; done; exec "$@"'


def entering(host: str) -> list[str]:
    """Make the groups of a host, and return the beginning of a command that runs the rest of it in them."""
    groups = _groups(host)
    for group in groups:
        group.mkdir(exist_ok=True)
    return ["/bin/sh", "-c", _ENTER, " ".join(map(str, groups))]


def remove(host: str) -> None:
    """Remove the groups of a host that has stopped."""
    for group in _groups(host):
        for directory, *_dummy in os.walk(group, topdown=False):
            with suppress(OSError):
                Path(directory).rmdir()


def _groups(host: str) -> list[Path]:
    """Return the groups of a host, below the one of this process, in each hierarchy that systemd uses."""
    mounted = mounts(Path("/proc/self/mountinfo").read_text())
    own = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    return [
        Path(point, PurePosixPath(own[hierarchy]).relative_to(root), f"{_PREFIX}{host}")
        for hierarchy, (root, point) in mounted.items()
        if PurePosixPath(own.get(hierarchy, "")).is_relative_to(root)
    ]


def mounts(mountinfo: str) -> dict[str, tuple[str, str]]:
    """Return the root and the mount point of each hierarchy of systemd by its name in /proc/PID/cgroup."""
    found = {}
    for line in mountinfo.splitlines():
        mount, _dash, system = line.partition(" - ")
        kind, _source, options = system.split(" ", 2)
        hierarchy = "" if kind == "cgroup2" else "name=systemd"
        if kind == "cgroup2" or (kind == "cgroup" and hierarchy in options.split(",")):
            root, point = mount.split()[3:5]
            found[hierarchy] = (root, point)
    return found
