# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HAProxy is deployed to over its stats socket, or by a reload where that is not possible."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._service.handshake import shake_hands
from ansible_collections.certops.certum.plugins.module_utils._x509.certificate_facts import read_certificate
from ansible_collections.certops.certum.tests.integration.haproxy_server import HAPROXY, HaproxyServer
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import Host
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(HAPROXY is None, reason="haproxy is missing: tools/need-debian haproxy")


class Bench:
    """A host with HAProxy and one certificate that HAProxy serves."""

    def __init__(self, directory: Path) -> None:
        (directory / "www").mkdir()
        (directory / "run").mkdir()
        self.host = Host(directory / "certum", directory / "www")
        self.haproxy = HaproxyServer(directory / "run")
        self.install(0)
        self.haproxy.start([self.host.base / "shop/current/haproxy.pem"])
        assert self.host.deploy(self.item())["problems"] == []

    def item(self, **deploy: Any) -> dict[str, Any]:
        assert self.haproxy.master is not None
        usual = {
            "service": "haproxy",
            "check_command": self.haproxy.check_command,
            "reload_command": ["kill", "-USR2", str(self.haproxy.master.pid)],
            "stats_socket": self.haproxy.runtime.path,
            "verify": [f"127.0.0.1:{self.haproxy.port.number}"],
        }
        return self.host.declare(deploy={**usual, **deploy})

    def install(self, day: int) -> str:
        """Install another certificate, as the role does before a deployment. Return its serial number."""
        item = self.host.declare(deploy={"service": "haproxy"}, www=bool(day))
        self.host.have(item, beginning=BEGINNING + timedelta(days=day))
        current = self.host.read().current
        assert current is not None
        return current.serial_number

    def shown(self) -> str:
        found = shake_hands("127.0.0.1", self.haproxy.port.number, server_name="shop.example.com").certificates[0]
        return read_certificate(ssl.DER_cert_to_PEM_cert(found)).serial_number


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.haproxy.stop()


def test_certificate_is_taken_without_a_reload(bench: Bench) -> None:
    worker, new = bench.haproxy.worker(), bench.install(1)
    result = bench.host.deploy(bench.item())
    assert (result["problems"], result["notes"], bench.shown()) == ([], [], new)
    assert bench.haproxy.worker() == worker
    assert result["services"][0]["verified"] == {"shop": [f"127.0.0.1:{bench.haproxy.port.number}"]}


@pytest.mark.parametrize(
    ("socket", "said"),
    [("operator.sock", "Permission denied"), ("nothing.sock", "No such file or directory")],
)
def test_reload_follows_if_the_socket_does_not_help(bench: Bench, socket: str, said: str) -> None:
    worker, new = bench.haproxy.worker(), bench.install(1)
    path = str(bench.haproxy.prefix / socket)
    result = bench.host.deploy(bench.item(stats_socket=path), verify_timeout=30)
    (note,) = result["notes"]
    assert note.startswith("haproxy was reloaded, because it did not take the certificate: ")
    assert said in note
    assert (result["problems"], bench.shown()) == ([], new)
    assert bench.haproxy.worker() != worker


def test_disk_and_memory_are_the_same_after_a_rollback(bench: Bench) -> None:
    verified = bench.host.read().verified
    bench.install(1)
    dead = f"127.0.0.1:{bench.haproxy.port.number}", "127.0.0.1:9"
    result = bench.host.deploy(bench.item(verify=list(dead)), verify_timeout=5)
    (problem,) = texts(result["problems"])
    assert "127.0.0.1:9 does not answer a TLS handshake" in problem
    found = bench.host.read()
    assert verified is not None
    assert found.current == found.verified == verified
    assert bench.shown() == verified.serial_number
