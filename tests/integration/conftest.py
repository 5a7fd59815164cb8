# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One CA, one web server and one project for each test."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.integration.machine import Machine, machine, port_443, why_not
from ansible_collections.certops.certum.tests.integration.project import ANSIBLE, Project
from ansible_collections.certops.certum.tests.integration.web_server import NGINX, WebServer
from ansible_collections.certops.certum.tests.integration.world import EXAMPLE_NAMES, World
from ansible_collections.certops.certum.tests.support.dns_server import DnsServer
from ansible_collections.certops.certum.tests.support.preloaded import Preloaded
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER = "partner"


@pytest.fixture(scope="session")
def ca_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data of a CA that has made its keys, which takes a while."""
    data = tmp_path_factory.mktemp("ca-keys")
    Sandbox.start(data).stop()
    return data


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebServer]:
    if NGINX is None:
        pytest.fail("nginx is missing: tools/need-debian nginx-light")
    server = WebServer.make(tmp_path / "nginx")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def password() -> str:
    """Return a unique password, so that it is found in any output."""
    return f"canary-{secrets.token_hex(12)}"


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    """Yield a DNS server with the zone of the examples."""
    with DnsServer() as server:
        server.add("example.com", "SOA", "ns.example.com. ops.example.com. 1 3600 600 86400 60")
        for name in EXAMPLE_NAMES:
            server.add(f"{name}.example.com", "A", "127.0.0.1")
        yield server


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    """Return further options of the CA; a test module may override this."""
    return ()


@pytest.fixture
def ca(
    tmp_path: Path, ca_keys: Path, web: WebServer, password: str, sandbox_options: tuple[str, ...]
) -> Iterator[Sandbox]:
    here = f"127.0.0.1:{web.http_port}"
    options = ("--user", USER, "--password", password, *sandbox_options)
    sandbox = Sandbox.start(
        tmp_path / "ca", resolve={"example.com": here, "*.example.com": here}, options=options, ca_from=ca_keys
    )
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preloaded]:
    """Yield Ansible, loaded once for all tests of this process."""
    started = Preloaded({**ANSIBLE, "HOME": str(tmp_path_factory.mktemp("preloaded"))})
    yield started
    started.stop()


@pytest.fixture
def world(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    ca: Sandbox,
    web: WebServer,
    password: str,
    sandbox_options: tuple[str, ...],
) -> Iterator[World]:
    environment = {
        "CERTUM_API_URL": ca.url,
        "CERTUM_API_USERNAME": USER,
        "CERTUM_API_PASSWORD": password,
        "CERTUM_API_CA_PATH": str(ca.ca),
    }
    temporary = tmp_path_factory.mktemp("t")
    project = Project.make(tmp_path / "project", environment, temporary=temporary, secrets=(password,))
    project.clocks_differ = any(option.startswith("--clock") for option in sandbox_options)
    if request.node.get_closest_marker("command") is None:
        project.preloaded = request.getfixturevalue("preloaded")
    yield World(project, ca, web)
    project.end()


@pytest.fixture
def own_machine(tmp_path: Path, world: World) -> Iterator[Machine]:
    """Return a world with its own /etc/certum and /var/www/shop."""
    if obstacle := why_not():
        pytest.skip(obstacle)
    with machine(tmp_path / "machine", home=world.project.path, webroot=world.web.webroot) as made:
        world.project.launcher = made.launcher
        world.project.environment["PATH"] = f"{made.home}/tools:{world.project.environment['PATH']}"
        yield made


@pytest.fixture
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Reserve port 443, which examples name."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    with port_443(shared / "port-443.lock") as free:
        if not free:
            pytest.skip("something else listens on 127.0.0.1:443")
        yield
