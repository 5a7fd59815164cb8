# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host without a web server serves its validation files itself, only as long as there are any."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host import validation_listener
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import PROOF, Host, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 60


@pytest.fixture
def port() -> Iterator[int]:
    """Return a port that is free now."""
    with socket.create_server(("", 0)) as found:
        number: int = found.getsockname()[1]
    yield number
    wait_until(lambda: fetch(number) is None)


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation_listener, "GRACE", 0.2)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def fetch(port: int, path: str = f"/{PROOF}", method: str = "GET") -> tuple[int, str] | None:
    """Return the status and the body, None if nothing listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def pending(host: Host, item: dict[str, Any], code: str = "c0de") -> list[dict[str, Any]]:
    return [answer(order, "pending", code=code) for order in host.stage(item)["orders"]]


def ended(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**order, "state": "rejected"} for order in orders]


def test_file_is_served_until_it_is_removed(host: Host, port: int) -> None:
    item = host.declare(validation={"method": "file", "http_port": port})
    orders = pending(host, item)
    assert fetch(port) is None, "nothing listens before there is a file"
    assert host.challenge([item], orders)["problems"] == []
    assert fetch(port) == (200, "c0de-certum.pl")
    assert host.challenge([item], orders)["changed"] is False
    host.challenge([item], ended(orders))
    wait_until(lambda: fetch(port) is None)


def test_lock_that_cannot_be_opened_is_a_problem_of_the_certificate(host: Host, port: int) -> None:
    """As on a read-only file system, which the scenario fleet has."""
    item = host.declare(validation={"method": "file", "http_port": port})
    root = host.base / validation_listener.PLACE / str(port)
    root.mkdir(parents=True)
    (root / validation_listener.LOCK).symlink_to("elsewhere")

    orders = pending(host, item)

    (problem,) = texts(host.challenge([item], orders)["problems"])
    assert f"{root}/{validation_listener.LOCK}" in problem


def test_file_is_removed_after_the_declaration_has_changed(host: Host, port: int) -> None:
    item = host.declare(validation={"method": "file", "http_port": port})
    orders = pending(host, item)
    host.challenge([item], orders)
    host.challenge([host.declare()], ended(orders))
    wait_until(lambda: fetch(port) is None)


def test_file_of_an_absent_certificate_is_removed(host: Host, port: int) -> None:
    item = host.declare(validation={"method": "file", "http_port": port})
    host.challenge([item], pending(host, item))
    orders = [{"order_id": host.read().staged.order.order_id, "state": "REJECTED"}]  # type: ignore[union-attr]
    result = host.install({"name": "shop", "state": "absent"}, orders=orders, state="absent")
    assert result["problems"] == []
    wait_until(lambda: fetch(port) is None)


def test_listener_knows_nothing_of_the_environment(host: Host, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTUM_API_PASSWORD", "canary")
    item = host.declare(validation={"method": "file", "http_port": port})
    orders = pending(host, item)
    started: list[dict[str, Any]] = []
    start = subprocess.Popen

    def popen(*words: Any, **options: Any) -> Any:
        started.append(options)
        return start(*words, **options)

    monkeypatch.setattr(subprocess, "Popen", popen)
    host.challenge([item], orders)
    assert [options["env"] for options in started] == [{}]
    assert fetch(port) == (200, "c0de-certum.pl")
    host.challenge([item], ended(orders))


def test_one_listener_serves_the_files_of_two_runs(host: Host, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    item = host.declare(validation={"method": "file", "http_port": port})
    orders = pending(host, item)
    host.challenge([item], orders)
    monkeypatch.setattr(validation_listener, "_start", lambda *_: pytest.fail("a second listener"))
    assert host.stage(item)["problems"] == []
    host.challenge([item], pending(host, item, code="n3w"))
    assert fetch(port) == (200, "n3w-certum.pl")
    host.challenge([item], ended(pending(host, item, code="n3w")))


def test_port_in_use_is_refused_before_an_order(host: Host) -> None:
    with socket.create_server(("", 0)) as taken:
        item = host.declare(validation={"method": "file", "http_port": taken.getsockname()[1]})
        for check_mode in (True, False):
            result = host.stage(item, check_mode=check_mode)
            (problem,) = texts(result["problems"])
            assert f"port {taken.getsockname()[1]}: Address already in use" in problem
            assert "set validation.webroot to the document root of http://NAME/" in problem
            assert result["orders"] == []


def test_forgotten_file_is_not_served_for_ever(host: Host, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation_listener, "LIFETIME", 1)
    item = host.declare(validation={"method": "file", "http_port": port})
    host.challenge([item], pending(host, item))
    wait_until(lambda: fetch(port) is None)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/.well-known/pki-validation/",
        "/.well-known/pki-validation/../../.touched",
        "/.well-known/pki-validation/%2e%2e/.touched",
        "/.well-known/pki-validation/link.txt",
        "/.well-known/pki-validation/none.txt",
        "//etc/passwd",
        f"/{PROOF}/",
    ],
)
def test_nothing_else_is_served(host: Host, port: int, path: str) -> None:
    item = host.declare(validation={"method": "file", "http_port": port})
    orders = pending(host, item)
    host.challenge([item], orders)
    directory = (host.base / ".validation" / str(port) / PROOF).parent
    (directory / "link.txt").symlink_to("/etc/passwd")
    found = fetch(port, path)
    assert found is not None
    assert found[0] == 404
    refused = fetch(port, method="POST")
    assert refused is not None
    assert refused[0] == 501
    (directory / "link.txt").unlink()
    host.challenge([item], ended(orders))


def test_slow_clients_do_not_keep_the_ca_out(host: Host, port: int) -> None:
    item = host.declare(validation={"method": "file", "http_port": port})
    orders = pending(host, item)
    host.challenge([item], orders)
    slow = [socket.create_connection(("127.0.0.1", port)) for dummy in range(10)]
    assert fetch(port) == (200, "c0de-certum.pl")
    for connection in slow:
        connection.close()
    host.challenge([item], ended(orders))
