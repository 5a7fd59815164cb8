# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listening sockets of a unit are found as the kernel shows them."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._service.listening_addresses import (
    CONTROL_GROUPS,
    listening_addresses,
)
from ansible_collections.certops.certum.plugins.module_utils._service.systemd_units import Unit

if TYPE_CHECKING:
    from pathlib import Path

LISTEN, ESTABLISHED = "0A", "01"
SERVICE = Unit("web.service", "loaded", "active", "/system.slice/web.service")


def line(address: str, port: int, inode: int, state: str = LISTEN) -> str:
    """Return a line of /proc/net/tcp or tcp6 for this address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    data = socket.inet_pton(family, address)
    words = [int.from_bytes(data[at : at + 4], sys.byteorder) for at in range(0, len(data), 4)]
    local = "".join(f"{word:08X}" for word in words)
    return (
        f"   0: {local}:{port:04X} {local}:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 {inode} 1"
    )


class Machine:
    """A tree with the files of the kernel for two units."""

    def __init__(self, root: Path, groups: str) -> None:
        self.root = root
        self.lines: dict[str, list[str]] = {"tcp": ["  sl  local_address"], "tcp6": ["  sl  local_address"]}
        for unit, process in (("web.service", "10"), ("web.service/worker", "11"), ("mail.service", "20")):
            group = root / groups.lstrip("/") / "system.slice" / unit
            group.mkdir(parents=True)
            (group / "cgroup.procs").write_text(f"{process}\n")
            (root / "proc" / process / "fd").mkdir(parents=True)
            (root / "proc" / process / "fd" / "0").symlink_to("/dev/null")

    def listen(self, process: str, address: str, port: int, inode: int, state: str = LISTEN) -> None:
        table = "tcp6" if ":" in address else "tcp"
        self.lines[table].append(line(address, port, inode, state))
        descriptors = self.root / "proc" / process / "fd"
        (descriptors / str(inode)).symlink_to(f"socket:[{inode}]")

    def found(self, *units: Unit) -> tuple[str, ...]:
        for process in ("10", "11", "20"):
            net = self.root / "proc" / process / "net"
            net.mkdir(exist_ok=True)
            for table, lines in self.lines.items():
                (net / table).write_text("\n".join(lines))
        return listening_addresses(units, root=self.root)


@pytest.mark.parametrize("groups", CONTROL_GROUPS)
def test_addresses_of_the_unit_are_found(tmp_path: Path, groups: str) -> None:
    machine = Machine(tmp_path, groups)
    machine.listen("10", "0.0.0.0", 443, 1)
    machine.listen("11", "::", 443, 2)
    machine.listen("10", "192.0.2.7", 8443, 3)
    machine.listen("10", "::ffff:192.0.2.8", 8443, 4)
    machine.listen("10", "127.0.0.1", 51000, 5, state=ESTABLISHED)
    machine.listen("20", "0.0.0.0", 25, 6)
    assert machine.found(SERVICE) == ("127.0.0.1:443", "[::1]:443", "192.0.2.7:8443", "192.0.2.8:8443")


def test_nothing_is_found_where_nothing_can_be_seen(tmp_path: Path) -> None:
    assert listening_addresses([SERVICE], root=tmp_path) == ()
    assert listening_addresses([Unit("web.service", "loaded", "active", "")]) == ()
    assert listening_addresses([]) == ()
