# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every wait ends in time and with a message, though the wall clock jumps a day forward or back meanwhile."""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._net import parallel, plain_http
from ansible_collections.certops.certum.plugins.module_utils._net.deadline import Deadline
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    CertumError,
    NotReceivedError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry, RetryPolicy
from ansible_collections.certops.certum.plugins.module_utils._preflight.resolver import LookUpFailedError, Resolver
from ansible_collections.certops.certum.plugins.module_utils._preflight.resolver_address import ResolverAddress
from ansible_collections.certops.certum.plugins.module_utils._service import command, handshake, verification
from ansible_collections.certops.certum.plugins.module_utils._store import keytool
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.plugins.module_utils._store.lock import certificate_directory
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 1.0
JUMP_AFTER = 0.3
FAR_TOO_LONG = 60.0
"""Much longer than any machine is slow, and much shorter than a day."""


@dataclass(frozen=True)
class Scene:
    """Servers to wait for in vain: they accept connections and packets, and send nothing."""

    path: Path
    silent: str
    patch: pytest.MonkeyPatch

    @property
    def address(self) -> tuple[str, int]:
        host, _colon, port = self.silent.rpartition(":")
        return host, int(port)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for dummy in range(100):
        with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                udp.bind(tcp.getsockname())
            except OSError:  # another program has it for packets
                continue
            yield Scene(tmp_path, "{}:{}".format(*tcp.getsockname()), monkeypatch)
            return
    pytest.fail("no port is free for connections and for packets")


def wait_for_looks(_scene: Scene) -> str:
    moments = list(Patience(timeout=SECONDS, longest_pause=0.2).looks())
    return f"the last look after {moments[-1]:.0f} s"


def wait_for_another_attempt(_scene: Scene) -> str:
    def fail() -> None:
        raise NotReceivedError(where="getOrderState", why="no connection", remedy="Run again.")

    policy = RetryPolicy(attempts=1_000, first_pause=0.1, max_pause=0.1, total=SECONDS + 0.1)
    with pytest.raises(CertumError) as told:
        Retry(policy).call(fail)
    return str(told.value)


def wait_for_the_ca(scene: Scene) -> str:
    once = Retry(RetryPolicy(attempts=1))
    url = f"http://{scene.silent}/service/PartnerApi.wsdl"
    options: dict[str, Any] = {"username": "demo", "password": "demo", "request_timeout": SECONDS, "retry": once}
    with PartnerApi.from_options(url=url, **options) as api, pytest.raises(CertumError) as told:
        api.get_order_state(order_id="shop")
    return str(told.value)


def wait_for_a_name_server(scene: Scene) -> str:
    host, port = scene.address
    with pytest.raises(LookUpFailedError) as told:
        Resolver([ResolverAddress(host, port)], Deadline.after(SECONDS)).ask("shop.example.com", "A")
    return str(told.value)


def wait_for_a_lock(scene: Scene) -> str:
    layout = Layout(scene.path / "certum")
    with (
        certificate_directory(layout, "shop"),
        pytest.raises(StoreError) as told,
        certificate_directory(layout, "shop", timeout=SECONDS),
    ):
        pass
    return str(told.value)


def wait_for_a_command(_scene: Scene) -> str:
    return str(command.run(["sleep", "600"], timeout=SECONDS).objection)


def wait_for_keytool(scene: Scene) -> str:
    (scene.path / "bin").mkdir()
    slow = scene.path / "bin" / "keytool"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    scene.patch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    scene.patch.setattr(keytool, "SECONDS", SECONDS)
    with pytest.raises(StoreError) as told:
        keytool.to_jks(b"", passphrase="changeit", directory=str(scene.path))
    return str(told.value)


def wait_for_the_service(scene: Scene) -> str:
    host, port = scene.address
    scene.patch.setattr(handshake, "HANDSHAKE_TIMEOUT", 0.2)
    target = verification.Target(scene.silent, host, port, "shop.example.com", "AB12", None, (b"",))
    expectation = verification.Expectation("shop", "nginx", (target,), declared=True, hint="")
    (result,) = verification._wait_until_verified(expectation, time.monotonic() + SECONDS + verification.PAUSE)
    return f"{target.address} {result.objection}"


def wait_for_a_revocation_server(scene: Scene) -> str:
    scene.patch.setattr(plain_http, "TIMEOUT", SECONDS)
    with pytest.raises(plain_http.FetchError) as told:
        plain_http.fetch(f"http://{scene.silent}/", longest=10)
    return str(told.value)


def wait_for_many_small_jobs(_scene: Scene) -> str:
    never = threading.Event()
    done = parallel.in_time({"shop": lambda: never.wait(FAR_TOO_LONG)}, seconds=SECONDS, workers=1)
    return f"done: {sorted(done)}"


WAITS: dict[Callable[[Scene], str], tuple[str, ...]] = {
    wait_for_looks: ("the last look after 1 s",),
    wait_for_another_attempt: ("getOrderState", "no connection", "Run again"),
    wait_for_the_ca: ("getOrderState at {silent}", "no complete answer within 1 s", "request_timeout"),
    wait_for_a_name_server: ("lifetime expired", "{host}"),
    wait_for_a_lock: ("certum/shop/.lock", "process {pid} has held the lock for 1 seconds", "run again"),
    wait_for_a_command: ("sleep did not finish within 1 seconds",),
    wait_for_keytool: ("keytool did not finish within 1", "Nothing was changed"),
    wait_for_the_service: ("{silent} does not answer a TLS handshake for shop.example.com",),
    wait_for_a_revocation_server: ("timed out",),
    wait_for_many_small_jobs: ("done: []",),
}
"""Each wait, and its last message: the object of the wait and, where possible, the remedy."""


@pytest.mark.parametrize("days", [1, -1])
@pytest.mark.parametrize("wait", WAITS)
def test_wait_ignores_changes_of_the_wall_clock(wait: Callable[[Scene], str], days: int, scene: Scene) -> None:
    said: list[str] = []
    with time_machine.travel(datetime.now(timezone.utc), tick=True) as traveller:
        waiting = threading.Thread(target=lambda: said.append(wait(scene)), daemon=True)
        began = time.monotonic()
        waiting.start()
        waiting.join(JUMP_AFTER)
        traveller.shift(timedelta(days=days))
        waiting.join(FAR_TOO_LONG)
        lasted = time.monotonic() - began
    assert said, "it did not stop"
    assert lasted > SECONDS * 0.9, "the jump ended it"
    place = {"silent": scene.silent, "host": scene.address[0], "pid": os.getpid()}
    for words in WAITS[wait]:
        assert words.format(**place) in said[0]
