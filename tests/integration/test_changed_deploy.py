# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``deploy`` changes while the certificate stays: nginx and HAProxy use one certificate, and no order is placed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.haproxy_server import HAPROXY, HaproxyServer
from ansible_collections.certops.certum.tests.integration.project import tree
from ansible_collections.certops.certum.tests.integration.web_server import verified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World

pytestmark = pytest.mark.skipif(HAPROXY is None, reason="haproxy is missing: tools/need-debian haproxy")


@pytest.fixture
def haproxy(tmp_path: Path) -> Iterator[HaproxyServer]:
    (tmp_path / "haproxy").mkdir()
    server = HaproxyServer(tmp_path / "haproxy")
    yield server
    server.stop()


def deployment(haproxy: HaproxyServer) -> dict[str, Any]:
    assert haproxy.master is not None
    return {
        "service": "haproxy",
        "check_command": haproxy.check_command,
        "reload_command": ["kill", "-USR2", str(haproxy.master.pid)],
        "verify": [f"127.0.0.1:{haproxy.port.number}"],
    }


def recorded(world: World) -> list[str]:
    return [each["service"] for each in json.loads((world.store / "shop/deployed.json").read_text())["services"]]


def test_added_service_is_deployed_and_holds_the_files(world: World, haproxy: HaproxyServer) -> None:
    shop = world.deployed(formats=["haproxy"])
    world.project.run(world.role(shop)).succeeded()
    haproxy.start([world.store / "shop/current/haproxy.pem"])
    nginx, worker = shop["deploy"], haproxy.worker()
    both = {**shop, "deploy": [nginx, deployment(haproxy)]}
    play = world.role(both)
    before = tree(world.store)

    would = world.project.run(play, "--check", "--diff").succeeded()
    assert "shop: certificate" in would.output
    assert "is not deployed as declared yet: haproxy is not verified" in would.output
    assert (tree(world.store), haproxy.worker()) == (before, worker)
    did = world.project.run(play).succeeded()

    assert would.changed == did.changed > 0
    assert haproxy.worker() != worker
    assert recorded(world) == ["nginx", "haproxy"]
    assert len(world.ca.orders()) == 1
    world.is_quiet(play)
    serves = world.serves()

    part = {"name": "shop", "state": "absent", "deploy": nginx}
    run = world.project.run(world.role(part)).failed()
    assert "haproxy was verified with this certificate and may use its files" in run.failures[-1]
    assert "Add to deploy of the absent declaration: - {service: haproxy}." in run.failures[-1]
    assert world.project.run(world.role(part), "--check").failed().failures[-1] == run.failures[-1]
    assert world.serves() == serves == verified(haproxy.port.number, server_name="shop.example.com", root=world.ca.root)

    own = haproxy.prefix / "own.pem"
    own.write_bytes((world.store / "shop/current/haproxy.pem").read_bytes())
    configuration = haproxy.prefix / "haproxy.cfg"
    configuration.write_text(configuration.read_text().replace(f"{world.store}/shop/current/haproxy.pem", str(own)))
    gone = world.role({**part, "deploy": both["deploy"]})
    world.project.run(gone).succeeded()
    assert not (world.store / "shop").exists()
    world.is_quiet(gone)


def test_added_address_is_verified_without_an_order(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    addresses = [*shop["deploy"]["verify"], "127.0.0.1:9"]
    dead = world.role({**shop, "deploy": {**shop["deploy"], "verify": addresses}}, certum_deploy_verify_timeout=1)
    serves = world.serves()

    run = world.project.run(dead).failed()

    assert "127.0.0.1:9 of nginx is not verified" in run.output
    assert "127.0.0.1:9 does not answer a TLS handshake" in run.failures[-1]
    assert world.serves() == serves
    addresses[-1] = f"localhost:{world.web.https_port}"
    play = world.role({**shop, "deploy": {**shop["deploy"], "verify": addresses}})
    world.project.run(play).succeeded()
    assert len(world.ca.orders()) == 1
    world.is_quiet(play)
