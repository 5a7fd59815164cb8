# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the addresses at which the processes of a service listen. Linux with systemd. Private to the collection.

Only root sees the sockets of other users. Where nothing can be seen, the result is empty.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .systemd_units import Unit

LISTEN = "0A"
CONTROL_GROUPS = ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd")
MOST = 32
"""Addresses. A server with more has them from a template: the first ones show whether it uses a certificate."""


def listening_addresses(units: Iterable[Unit], *, root: Path = Path("/")) -> tuple[str, ...]:
    """Return the addresses of these units as ``HOST:PORT``, in the order of the ports."""
    processes = sorted({process for unit in units if unit.control_group for process in _processes(unit, root)})
    inodes = {inode for process in processes for inode in _sockets(root / "proc" / process / "fd")}
    tables = [root / "proc" / process / "net" / table for process in processes[:1] for table in ("tcp", "tcp6")]
    found = {address for table in tables for inode, address in _listening(table) if inode in inodes}
    return tuple(_shown(host, port) for port, host in sorted(found)[:MOST])


def _processes(unit: Unit, root: Path) -> Iterator[str]:
    for place in CONTROL_GROUPS:
        top = root / place.lstrip("/") / unit.control_group.lstrip("/")
        for directory, _names, _files in os.walk(top):
            with suppress(OSError):
                yield from (Path(directory) / "cgroup.procs").read_text().split()


def _sockets(descriptors: Path) -> Iterator[str]:
    """Yield the inode numbers of the open sockets of a process."""
    with suppress(OSError):
        for descriptor in descriptors.iterdir():
            with suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    yield target[len("socket:[") : -1]


def _listening(table: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yield the inode number, the port and the host of each listening socket in a table of /proc/net."""
    with suppress(OSError):
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if len(fields) > 9 and fields[3] == LISTEN:
                host, dummy, port = fields[1].partition(":")
                yield fields[9], (int(port, 16), _reachable(_address(host)))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an address as the kernel writes it: words of 32 bits in the order of the machine."""
    words = [int(text[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(text), 8)]
    return ipaddress.ip_address(b"".join(words))


def _reachable(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Return the address to connect to. A service that listens at all addresses listens at that of the host itself."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"
    return str(mapped or address)


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
