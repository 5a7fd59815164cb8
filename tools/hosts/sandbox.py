# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA of a scenario: certum-sandbox on loopback of the controller."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ground import HostsError, wait_until
from .process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Sandbox:
    """A certum-sandbox. ``directory`` has its data, its pid file and its log."""

    directory: Path

    @property
    def process(self) -> Process:
        """The process of the sandbox."""
        return Process(self.directory)

    def start(self, addresses: Mapping[str, str], options: Sequence[str]) -> dict[str, str]:
        """Start it, with the addresses of the web servers by name. Return url, control, ca, root, user and so on."""
        self.directory.mkdir(parents=True)
        user, password = "partner", f"canary-{secrets.token_hex(12)}"  # a unique password is found in any output
        words = [sys.executable, "-m", "certum_sandbox", "serve", "--data", str(self.directory / "data")]
        words += ["--listen=127.0.0.1:0", f"--user={user}", f"--password={password}", *options]
        self.process.start([*words, *(f"--resolve={name}={address}:80" for name, address in addresses.items())])
        wait_until(lambda: self._ready_line() is not None or not self.process.is_running(), START_SECONDS)
        ready = self._ready_line()
        if ready is None:
            msg = f"certum-sandbox did not start:\n{self.process.log.read_text()}"
            raise HostsError(msg)
        reach: dict[str, str] = json.loads(ready)
        control = reach["url"].partition("/service/")[0] + "/sandbox"
        return {**reach, "control": control, "user": user, "password": password}

    def _ready_line(self) -> str | None:
        lines = self.process.log.read_text(errors="replace").splitlines(keepends=True)
        return next((line for line in lines if line.startswith('{"ready"') and line.endswith("\n")), None)
