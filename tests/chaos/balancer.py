# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HAProxy to which an operation deploys over its stats socket, through a gate that breaks the commands."""

from __future__ import annotations

import re
import socket
import socketserver
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._service import haproxy_commands
from ansible_collections.certops.certum.tests.chaos.gate import CHUNK, Gate
from ansible_collections.certops.certum.tests.integration.haproxy_server import HaproxyServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SECONDS = 30
GARBAGE = b"\x00\xff # filename\nFilename: \nSuccess?\n\n"
_DIRECTORY = re.compile(r"\S*/(?=\w+/c\d{4})")


class SocketGate(Gate):
    """A way to the stats socket. After the effect ``refuse`` it is closed until it is mended."""

    def __init__(self, path: Path, target: Path) -> None:
        super().__init__()
        self.path, self._target = path, target
        self._aside = path.with_name(f"{path.name}.aside")
        self.start(lambda handler: socketserver.ThreadingUnixStreamServer(str(path), handler))

    def mend(self) -> bool:
        if self._aside.exists():
            self._aside.rename(self.path)
        return super().mend()

    def _read(self, client: socket.socket) -> bytes:
        found = b""
        while not found.endswith(b"\n\n" if b"<<\n" in found else b"\n"):
            data = client.recv(CHUNK)
            if not data:
                return b""
            found += data
        return found

    def _words(self, request: bytes) -> str:
        return _DIRECTORY.sub("", request.partition(b"\n")[0].decode().removesuffix(" <<"))

    def _ask(self, request: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as server:
            server.settimeout(SECONDS)
            server.connect(str(self._target))
            server.sendall(request)
            return b"".join(iter(lambda: server.recv(CHUNK), b""))

    def _bad_answer(self, request: bytes, effect: str) -> bytes:
        if effect == "refuse":
            self.path.rename(self._aside)
            return b""
        return GARBAGE


class Balancer:
    """HAProxy, which has each certificate under two names: both lead to the bundle in use."""

    def __init__(self, path: Path) -> None:
        self.server = HaproxyServer(path)
        self.gate = SocketGate(path / "gate.sock", path / "admin.sock")
        self._directories = (path / "one", path / "two")
        for each in self._directories:
            each.mkdir()

    def start(self, directories: Mapping[str, Path]) -> None:
        """Start with the certificates, each with the directory that keeps it."""
        for name, kept in directories.items():
            for each in self._directories:
                (each / name).symlink_to(kept / "current/haproxy.pem")
        self.server.start(self._directories)

    @property
    def deployment(self) -> dict[str, Any]:
        assert self.server.master is not None
        return {
            "service": "haproxy",
            "check_command": self.server.check_command,
            "reload_command": ["kill", "-USR2", str(self.server.master.pid)],
            "stats_socket": str(self.gate.path),
            "verify": [f"127.0.0.1:{self.server.port.number}"],
        }

    def problem(self, name: str) -> str | None:
        """Return in what disk and memory differ, or the transaction that is open."""
        inventory = haproxy_commands.read_inventory(self.server.runtime.ask("show ssl cert"))
        if inventory is None or inventory.transaction is not None:
            return f"a transaction is open, or HAProxy does not answer: {inventory}"
        files = {each / name: (each / name).read_bytes() for each in self._directories}
        wanted = {str(path): haproxy_commands.read_bundle(data).fingerprint for path, data in files.items()}
        found = {path: self._fingerprint(path) for path in wanted}
        return None if found == wanted else f"on disk is {wanted}, in memory {found}"

    def _fingerprint(self, path: str) -> str | None:
        shown = haproxy_commands.read_shown(self.server.runtime.ask(haproxy_commands.command("show", path)))
        return shown.fingerprint if shown else None


@contextmanager
def balancer(path: Path) -> Iterator[Balancer]:
    """Make a HAProxy, which starts when it has certificates, and the gate before its socket."""
    path.mkdir()
    found = Balancer(path)
    try:
        yield found
    finally:
        found.server.stop()
        found.gate.stop()
