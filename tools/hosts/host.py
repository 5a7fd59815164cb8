# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host: a layer over the base tree, booted by systemd-nspawn."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import control_group
from .base_tree import USER, base_tree
from .bridge import BRIDGE, NETWORK
from .ground import HostsError, run, wait_until
from .process import Process

BOOT_SECONDS = 120
STOP_SECONDS = 5  # nothing on a host is worth a wait
LONGEST_NAME = 12  # the kernel allows 15 characters for `vb-NAME`


@dataclass(frozen=True)
class Host:
    """A test host. ``directory`` has its layer, its pid file and the log of its console."""

    name: str
    address: str
    suite: str
    directory: Path

    @property
    def root(self) -> Path:
        """The file tree that the host sees."""
        return self.directory / "root"

    @property
    def process(self) -> Process:
        """The systemd-nspawn of this host."""
        return Process(self.directory)

    def start(self, public_key: str, hosts_file: str) -> None:
        """Mount the layer, write what differs between hosts, and boot."""
        layer = {name: self.directory / name for name in ("up", "work", "root")}
        for path in layer.values():
            path.mkdir(parents=True)
        options = f"lowerdir={base_tree(self.suite)},upperdir={layer['up']},workdir={layer['work']}"
        run(["mount", "-t", "overlay", "overlay", "-o", options, self.root])
        self._write_own_files(public_key, hosts_file)
        command = ["systemd-nspawn", "--quiet", "--boot", "--directory", str(self.root), "--machine", self.name]
        command += ["--register=no", "--keep-unit", "--settings=no", "--link-journal=no", "--resolv-conf=off"]
        self.process.start([*control_group.entering(self.name), *command, f"--network-bridge={BRIDGE}"])

    def _write_own_files(self, public_key: str, hosts_file: str) -> None:
        (self.root / "etc/hostname").write_text(f"{self.name}\n")
        (self.root / "etc/hosts").write_text(f"127.0.0.1 localhost\n{hosts_file}")
        network = f"[Match]\nName=host0\n\n[Network]\nAddress={self.address}/{NETWORK.prefixlen}\n"
        (self.root / "etc/systemd/network/10-host0.network").write_text(network)
        home = self.root / "home" / USER
        keys = home / ".ssh/authorized_keys"
        keys.write_text(public_key)
        keys.chmod(0o600)
        owner = home.stat()
        os.chown(keys, owner.st_uid, owner.st_gid)

    def wait_for_login(self, key: Path, known_hosts: Path) -> None:
        """Wait until the user can log in and become root. Raise HostsError after the deadline."""
        options = ("BatchMode=yes", "ConnectTimeout=5", "IdentitiesOnly=yes", f"UserKnownHostsFile={known_hosts}")
        ssh = ["ssh", "-i", str(key), *(f"-o{option}" for option in options), f"{USER}@{self.address}"]

        def answers() -> bool:
            if not self.process.is_running():
                return True
            try:
                run([*ssh, "sudo", "-n", "true"])
            except HostsError:
                return False
            return True

        in_time = wait_until(answers, BOOT_SECONDS)
        if not in_time or not self.process.is_running():
            what = f"does not answer over SSH after {BOOT_SECONDS} s" if not in_time else "ended while it booted"
            console = "\n".join(self.process.log.read_text(errors="replace").splitlines()[-20:])
            msg = f"The host {self.name} ({self.address}) {what}. The end of its console:\n{console}"
            raise HostsError(msg)

    def _kill_inside(self) -> bool:
        """Kill the processes of a host whose systemd-nspawn was killed, which they survive. Return if there are any."""
        inside = [path.parent for path in Path("/proc").glob("[0-9]*/mountinfo") if self._has_root(path)]
        for path in inside:
            with suppress(ProcessLookupError):
                os.kill(int(path.name), signal.SIGKILL)
        return bool(inside)

    def _has_root(self, mountinfo: Path) -> bool:
        with suppress(OSError):
            own = f"upperdir={self.directory}/up,"
            return any(line.split()[4] == "/" and own in line for line in mountinfo.read_text().splitlines())
        return False

    def remove(self) -> None:
        """Wait for the end of the process, unmount the layer and delete it. All of it may have happened already."""
        self.process.wait_for_end(STOP_SECONDS)
        wait_until(lambda: not self._kill_inside(), STOP_SECONDS)
        control_group.remove(self.name)
        if os.path.ismount(self.root):
            run(["umount", "--recursive", self.root])
        if os.path.ismount(self.root):
            msg = f"{self.root} is still mounted. Unmount it, then run the command again."
            raise HostsError(msg)
        shutil.rmtree(self.directory, ignore_errors=True)
