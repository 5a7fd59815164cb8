# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HAProxy on loopback with a stats socket."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_socket import RuntimeSocket
from ansible_collections.certops.certum.tests.integration.project import descendants, runs
from ansible_collections.certops.certum.tests.support.ports import ReservedPort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

HAPROXY = os.environ.get("HAPROXY") or shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
"""The program; the environment variable HAPROXY is for tests with other versions."""
SECONDS = 20

CONFIGURATION = """\
global
  stats socket {prefix}/admin.sock mode 600 level admin expose-fd listeners
  stats socket {prefix}/operator.sock mode 600 level operator
  tune.bufsize {bufsize}
defaults
  mode http
  timeout client 60s
  timeout connect 5s
  timeout server 60s
frontend web
  bind 127.0.0.1:{port} ssl {certificates}
  http-request deny
"""


@dataclass
class HaproxyServer:
    """A master process with one worker. It owns its port while it lives."""

    prefix: Path
    bufsize: int = 16384
    more_listeners: int = 0
    port: ReservedPort = field(default_factory=ReservedPort)
    master: subprocess.Popen[bytes] | None = None

    @property
    def runtime(self) -> RuntimeSocket:
        return RuntimeSocket(str(self.prefix / "admin.sock"), SECONDS)

    @property
    def check_command(self) -> list[str]:
        assert HAPROXY is not None
        return [HAPROXY, "-c", "-f", str(self.prefix / "haproxy.cfg")]

    def start(self, crts: Iterable[Path]) -> None:
        """Start with the files or directories *crts*, and wait until the worker answers."""
        quoted = " ".join("crt '{}'".format(str(crt).replace("'", "'\\''")) for crt in crts)
        values = {"prefix": self.prefix, "port": self.port.number, "bufsize": self.bufsize, "certificates": quoted}
        more = [f"  bind {self.prefix}/{number}.sock ssl {quoted}\n" for number in range(self.more_listeners)]
        (self.prefix / "haproxy.cfg").write_text(CONFIGURATION.format(**values) + "".join(more))
        command = [*self.check_command, "-W", "-S", str(self.prefix / "master.sock")]
        command.remove("-c")
        with (self.prefix / "log").open("wb") as log:
            self.master = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_for_worker()
        self._wait_until(lambda: self._ask("master.sock", "show proc") != "")  # a signal that comes before is lost

    def reload(self) -> None:
        """Reload, and wait until another worker answers."""
        assert self.master is not None
        former = self.worker()
        self.master.send_signal(signal.SIGUSR2)
        self._wait_for_worker(former)

    def worker(self) -> str:
        """Return the process id of the worker that answers, an empty text if none answers."""
        lines = self._ask("admin.sock", "show info").splitlines()
        return next((line.partition(": ")[2] for line in lines if line.startswith("Pid: ")), "")

    def _ask(self, name: str, command: str) -> str:
        """Return the answer of a socket, an empty text if nothing answers."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(str(self.prefix / name))
            connection.sendall(f"{command}\n".encode())
            connection.shutdown(socket.SHUT_WR)  # a master process waits for it
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        return ""

    def stop(self) -> None:
        """Kill the master and its workers, and wait until they are gone."""
        if self.master is None:
            return
        processes = [*descendants(self.master.pid), self.master.pid]
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.master.wait(SECONDS)
        self._wait_until(lambda: not any(map(runs, processes)))

    def _wait_for_worker(self, former: str = "") -> None:
        self._wait_until(lambda: self.worker() not in ("", former))

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, (self.prefix / "log").read_text()
            time.sleep(0.02)
