# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A running sandbox with a real DNS server, a real web server and independent clients."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
import zeep

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from certum_sandbox.ca.hierarchy import open_hierarchy
from support.dns_server import DnsServer
from support.file_server import FileServer
from support.sandbox import Sandbox
from support.soap import read_answer, to_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree


@pytest.fixture(scope="session")
def dns_server() -> Iterator[DnsServer]:
    """Yield one DNS server for all tests; each test has its own names."""
    with DnsServer() as server:
        yield server


@pytest.fixture(scope="session")
def file_server() -> Iterator[FileServer]:
    """Yield one web server for all tests; each test has its own names."""
    with FileServer() as server:
        yield server


@pytest.fixture(scope="session")
def ca_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory with CA keys, for quick starts."""
    data = tmp_path_factory.mktemp("ca-keys")
    open_hierarchy(data)
    return data


@pytest.fixture(scope="session")
def sandbox(
    tmp_path_factory: pytest.TempPathFactory, ca_keys: Path, dns_server: DnsServer, file_server: FileServer
) -> Iterator[Sandbox]:
    """Yield one sandbox over HTTPS in the default dialect, for tests that add only orders and calls."""
    started = Sandbox.start(
        tmp_path_factory.mktemp("sandbox"),
        ca_from=ca_keys,
        resolve={"*": file_server.address},
        options=["--dns", dns_server.address],
    )
    with started:
        yield started


@pytest.fixture
def start_sandbox(
    tmp_path: Path, ca_keys: Path, dns_server: DnsServer, file_server: FileServer
) -> Iterator[Callable[..., Sandbox]]:
    """Return a function that starts sandboxes over plain HTTP: ``start_sandbox("--pace=1", prefix="none")``."""
    started: list[Sandbox] = []

    def start(*options: str, **dialect: str) -> Sandbox:
        sandbox = Sandbox.start(
            tmp_path / f"sandbox-{len(started)}",
            ca_from=ca_keys,
            resolve={"*": file_server.address},
            options=["--no-tls", "--dns", dns_server.address, *options],
            dialect={key.replace("_", "-"): value for key, value in dialect.items()},
        )
        started.append(sandbox)
        return sandbox

    yield start
    for sandbox in started:
        sandbox.stop()


class ZeepPartner:
    """The service as zeep builds it from the WSDL of the sandbox; credentials are filled in."""

    def __init__(self, sandbox: Sandbox) -> None:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(sandbox.ca) if sandbox.ca else False
        self.client = zeep.Client(sandbox.url, transport=zeep.Transport(session=session))
        self._header = {"authToken": {"password": sandbox.password, "userName": sandbox.user}}

    def call(self, operation: str, **parts: Any) -> Any:
        return getattr(self.client.service, operation)(requestHeader=self._header, **parts)


@pytest.fixture(scope="session")
def partner(sandbox: Sandbox) -> ZeepPartner:
    """Return zeep against the shared sandbox."""
    return ZeepPartner(sandbox)


class RawPartner:
    """Sends bytes over HTTP."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.url
        verify = sandbox.context or False
        self.http = httpx.Client(verify=verify, trust_env=False, timeout=30)

    def post(self, body: bytes, content_type: str = "text/xml; charset=utf-8", **headers: str) -> httpx.Response:
        return self.http.post(self.url, content=body, headers={"Content-Type": content_type, **headers})

    def send(self, element: etree._Element, **headers: str) -> etree._Element:
        return read_answer(self.post(to_envelope(element), **headers).content)


@pytest.fixture(scope="session")
def raw(sandbox: Sandbox) -> Iterator[RawPartner]:
    """Return raw HTTP against the shared sandbox."""
    partner = RawPartner(sandbox)
    with partner.http:
        yield partner
