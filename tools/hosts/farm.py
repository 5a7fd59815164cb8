# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All hosts of a scenario and its CA. A machine has one set of them at a time, because it has one bridge."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bridge
from .base_tree import USER, base_tree
from .ground import CACHE, CHECKOUT, HostsError, run
from .host import LONGEST_NAME, Host
from .lock import changing, is_held, is_inside_run
from .sandbox import STOP_SECONDS, Sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = CACHE / "hosts"
_OWNER = HERE / "owner.json"
_SANDBOX = HERE / "sandbox"
_KEY = HERE / "key"
_KNOWN_HOSTS = HERE / "known_hosts"


@dataclass(frozen=True)
class Scenario:
    """What a scenario declares in its molecule.yml: its hosts, and further options of certum-sandbox.

    ``names`` are the DNS names of a host by the name of the host. The CA finds their web server there.
    """

    name: str
    hosts: tuple[Host, ...]
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sandbox_options: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Scenario:
        """Return the scenario from JSON: ``name``, ``platforms`` (``name``, ``suite``, ``names``) and ``sandbox``."""
        given = json.loads(text)
        hosts = [
            Host(each["name"], bridge.address_of(place), each.get("suite", "bookworm"), HERE / each["name"])
            for place, each in enumerate(given["platforms"])
        ]
        for host in hosts:
            if len(host.name) > LONGEST_NAME or not host.name.isalnum():
                msg = f"{host.name!r} is no name of a test host: use at most {LONGEST_NAME} letters and digits."
                raise HostsError(msg)
        names = {each["name"]: each.get("names", []) for each in given["platforms"]}
        return cls(given["name"], tuple(hosts), names, tuple(given.get("sandbox", ())))


def start(scenario: Scenario, into: Path) -> None:
    """Start the hosts and the CA, after the remains of earlier runs are removed. Write how to reach them into files."""
    check_that_free()
    for suite in {host.suite for host in scenario.hosts}:
        base_tree(suite)  # first, because it can take minutes
    with changing():
        check_that_free()
        _stop()
        HERE.mkdir(parents=True)
        owner = {"checkout": str(CHECKOUT), "scenario": scenario.name, "by_hand": not is_inside_run()}
        _OWNER.write_text(json.dumps(owner))
        try:
            _start(scenario, into)
        except BaseException:
            _stop()
            raise


def _start(scenario: Scenario, into: Path) -> None:
    bridge.add_bridge()
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test-hosts", "-f", _KEY])
    hosts_file = "".join(
        f"{host.address} {' '.join([host.name, *scenario.names.get(host.name, ())])}\n" for host in scenario.hosts
    )
    for host in scenario.hosts:
        host.start(_KEY.with_suffix(".pub").read_text(), hosts_file)
    known_hosts = "".join(map(_known, scenario.hosts))
    _KNOWN_HOSTS.write_text(known_hosts)
    addresses = {name: host.address for host in scenario.hosts for name in scenario.names.get(host.name, ())}
    sandbox = Sandbox(_SANDBOX).start(addresses, scenario.sandbox_options)
    for host in scenario.hosts:
        host.wait_for_login(_KEY, _KNOWN_HOSTS)
    connection = {"user": USER, "port": 22, "identity_file": str(_KEY)}
    hosts = [{"instance": host.name, "address": host.address, **connection} for host in scenario.hosts]
    _write(into / "instance_config.yml", json.dumps(hosts))  # the name that molecule gives it
    _write(into / "known_hosts", known_hosts)
    _write(into / "ca.json", json.dumps(sandbox))


def _write(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(0o600)
    path.write_text(content)


def _known(host: Host) -> str:
    key = (host.root / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()
    return f"{host.address} {key[0]} {key[1]}\n"


def check_that_free() -> None:
    """Raise HostsError if this is not root, or if somebody else uses the test hosts of this machine."""
    if os.geteuid() != 0:
        msg = "The test hosts need root, for systemd-nspawn and for a bridge. Run the command as root."
        raise HostsError(msg)
    if obstacle := obstacle_for(CHECKOUT, _owner(), run_elsewhere=not is_inside_run() and is_held()):
        raise HostsError(obstacle)


def obstacle_for(checkout: Path, owner: Mapping[str, Any], *, run_elsewhere: bool) -> str | None:
    """Return why a checkout may not touch the hosts of ``owner``. The remains of a run that ended belong to nobody."""
    if run_elsewhere:
        return f"`make hosts` runs in {owner.get('checkout', 'another checkout')}. Wait until it ends."
    other = Path(owner.get("checkout", checkout))
    if not owner.get("by_hand") or other == checkout or not other.exists():
        return None
    return (
        f"The scenario {owner['scenario']} of {other} is running, started by hand."
        " If nobody needs it, stop it with `python -m tools.hosts down --force`."
    )


def _owner() -> dict[str, Any]:
    with suppress(OSError, ValueError):
        owner: dict[str, Any] = json.loads(_OWNER.read_text())
        return owner
    return {}


def stop() -> None:
    """Stop and remove all hosts, the CA and the bridge. Harmless if there are none."""
    with changing():
        _stop()


def _stop() -> None:
    hosts = [_found(path) for path in sorted(HERE.glob("*/")) if path != _SANDBOX]
    sandbox = Sandbox(_SANDBOX).process
    for process in (sandbox, *(host.process for host in hosts)):
        process.ask_to_stop()
    for host in hosts:
        host.remove()
    sandbox.wait_for_end(STOP_SECONDS)
    bridge.remove_bridge()
    shutil.rmtree(HERE, ignore_errors=True)


def _found(directory: Path) -> Host:
    return Host(directory.name, "", "", directory)
