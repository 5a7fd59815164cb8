# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the test hosts that need no root; the scenarios test the rest."""

from __future__ import annotations

import base64
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.certops.certum.tools.hosts.bridge import address_of, taken_by
from ansible_collections.certops.certum.tools.hosts.control_group import mounts
from ansible_collections.certops.certum.tools.hosts.farm import Scenario, obstacle_for
from ansible_collections.certops.certum.tools.hosts.ground import HostsError, wait_until
from ansible_collections.certops.certum.tools.hosts.process import Process
from ansible_collections.certops.certum.tools.hosts.scenarios import all_scenarios, chosen
from ansible_collections.certops.certum.tools.share import Share
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SEARCH = Path(__file__).resolve().parents[3] / "extensions/molecule/shared/files/key_search.py"
DEFAULT = {"dst": "default", "dev": "eth0"}
KEYS = {"rsa": rsa.generate_private_key(65537, 2048), "ec": ec.generate_private_key(ec.SECP256R1())}
FORMS = {
    "a copy": lambda pem: pem,
    "JSON": lambda pem: json.dumps({"key": pem.decode()}).encode(),
    "JSON in JSON": lambda pem: json.dumps(json.dumps({"key": pem.decode()})).encode(),
    "the result of slurp": lambda pem: json.dumps({"content": base64.b64encode(pem).decode()}).encode(),
    "in the middle of other text": lambda pem: b"x" * 100 + b"\n" + pem + b"y" * 100,
}


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ({"dst": "192.0.2.0/24", "dev": "eth0"}, None),
        ({"dst": "198.51.100.0/24", "dev": "eth1"}, "198.51.100.0/24 on eth1"),
        ({"dst": "198.51.0.0/16", "dev": "tun0"}, "198.51.0.0/16 on tun0"),
        ({"dst": "198.51.100.7", "dev": "eth1"}, "198.51.100.7 on eth1"),
        ({"dst": "fd00::/64", "dev": "eth0"}, None),
    ],
)
def test_a_network_in_use_is_refused(route: dict[str, object], taken: str | None) -> None:
    assert taken_by([DEFAULT, route]) == taken


@pytest.mark.parametrize(
    ("checkout", "by_hand", "run_elsewhere", "words"),
    [
        (None, False, False, None),
        (None, False, True, "`make hosts` runs in another checkout"),
        ("here", True, False, None),
        ("other", False, False, None),
        ("other", False, True, "`make hosts` runs in {}/other"),
        ("other", True, False, "of {}/other is running, started by hand"),
        ("deleted", True, False, None),
    ],
)
def test_hosts_that_somebody_uses_are_left_alone(
    tmp_path: Path, checkout: str | None, by_hand: bool, run_elsewhere: bool, words: str | None
) -> None:
    (tmp_path / "other").mkdir()
    owner = {"checkout": str(tmp_path / checkout), "scenario": "web", "by_hand": by_hand} if checkout else {}

    obstacle = obstacle_for(tmp_path / "here", owner, run_elsewhere=run_elsewhere)

    assert obstacle is None if words is None else words.format(tmp_path) in str(obstacle)


def test_shares_together_play_every_scenario_once() -> None:
    played = [chosen(None, Share(number, 4)) for number in range(1, 5)]
    assert sorted(name for each in played for name in each) == all_scenarios()
    assert max(map(len, played)) - min(map(len, played)) <= 1


def test_hosts_get_addresses_in_their_order() -> None:
    scenario = Scenario.read(json.dumps({"name": "s", "platforms": [{"name": "a", "suite": "trixie"}, {"name": "b"}]}))

    assert [(host.name, host.address, host.suite) for host in scenario.hosts] == [
        ("a", address_of(0), "trixie"),
        ("b", address_of(1), "bookworm"),
    ]


@pytest.mark.parametrize("name", ["", "../x", "a/b", "thirteenchars", "a.b"])
def test_a_name_that_is_no_host_name_is_refused(name: str) -> None:
    with pytest.raises(HostsError, match="no name of a test host"):
        Scenario.read(json.dumps({"name": "s", "platforms": [{"name": name}]}))


V1 = "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd"
OTHER = "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu"
UNIFIED = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate"
V2 = "30 23 0:26 /box /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([V1, OTHER, UNIFIED], {"name=systemd": ("/", "/sys/fs/cgroup/systemd"), "": ("/", "/sys/fs/cgroup/unified")}),
        ([V2], {"": ("/box", "/sys/fs/cgroup")}),
        ([OTHER], {}),
    ],
    ids=["both versions", "version 2", "without systemd"],
)
def test_hierarchies_of_systemd_are_found(lines: list[str], found: dict[str, tuple[str, str]]) -> None:
    assert mounts("\n".join(lines) + "\n") == found


def test_a_process_is_stopped_by_its_pid_file(tmp_path: Path) -> None:
    process = Process(tmp_path)
    process.start([sys.executable, "-c", "import time; time.sleep(600)", str(tmp_path / "x")])
    assert process.is_running()

    process.ask_to_stop()
    process.wait_for_end(20)

    assert not process.is_running()


def test_a_process_that_ignores_signals_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    process = Process(tmp_path)
    process.start([sys.executable, "-c", f"{deaf} pathlib.Path(sys.argv[1]).touch(); time.sleep(600)", str(ready)])
    assert wait_until(ready.exists, 20)

    process.ask_to_stop()
    process.wait_for_end(0.2)

    assert not process.is_running()


def test_a_reused_process_id_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text("1\n")

    assert not Process(tmp_path).is_running()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_private_key_is_found_in_every_form(tmp_path: Path, key: Any, form: Any) -> None:
    search = _load(SEARCH)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "log").write_bytes(form(pem))
    (tmp_path / "other").write_bytes(form(b"x" * 2000))

    assert search.files_with(search.hashes_of(pem), [tmp_path]) == [str(tmp_path / "log")]


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
