# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HAProxy gets certificates over its stats socket, and serves them without a reload and without a failure."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._service.handshake import shake_hands
from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_commands import command
from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_socket import (
    RuntimeSocket,
    RuntimeState,
    load,
    loaded_certificates,
)
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import to_pem
from ansible_collections.certops.certum.tests.integration.haproxy_server import HAPROXY, SECONDS, HaproxyServer
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, RSA2048, Authority, der_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.skipif(HAPROXY is None, reason="haproxy is missing: tools/need-debian haproxy")
NAME = "shop.example.com"
CHANGES = 50
HANDSHAKES_PER_CHANGE = 50
WORKERS = 2


@dataclass(frozen=True)
class Bundle:
    """The content of haproxy.pem, and the certificates in DER that a server sends with it."""

    data: bytes
    chain: tuple[bytes, ...]


def make(spec: keys.KeySpec = EC256, *, length: int = 1, name: str = NAME) -> Bundle:
    """Return a bundle whose chain has *length* issuers below the root."""
    issuer = Authority.make("Root")
    issuers: list[Authority] = []
    for number in range(length):
        issuer = Authority.make(f"Issuer {number}", parent=issuer)
        issuers.insert(0, issuer)
    key = keys.generate(spec)
    chain = [issuer.sign(key.public_key(), name, names=(name,)), *(each.pem for each in issuers)]
    return Bundle(to_pem(key) + "".join(chain).encode(), tuple(map(der_of, chain)))


@pytest.fixture
def haproxy(tmp_path: Path) -> Iterator[HaproxyServer]:
    server = HaproxyServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return the path of the bundle in a directory of versions, as on a host."""
    (tmp_path / "certum/versions").mkdir(parents=True)
    return tmp_path / "certum/current/haproxy.pem"


def install(shop: Path, bundle: Bundle, version: str) -> None:
    """Put a version on disk and switch to it."""
    directory = shop.parents[1] / "versions" / version
    directory.mkdir(exist_ok=True)
    (directory / shop.name).write_bytes(bundle.data)
    new = shop.parents[1] / "new"
    new.symlink_to(f"versions/{version}")
    new.replace(shop.parent)


def served(haproxy: HaproxyServer, name: str = NAME) -> tuple[bytes, ...]:
    handshake = shake_hands("127.0.0.1", haproxy.port.number, server_name=name)
    return handshake.certificates


def transaction(haproxy: HaproxyServer) -> bool:
    return "# transaction" in haproxy.runtime.ask("show ssl cert")


@pytest.mark.parametrize("spec", [RSA2048, EC256])
@pytest.mark.parametrize("length", [0, 3])
def test_new_certificate_goes_live_without_a_reload(
    spec: keys.KeySpec, length: int, haproxy: HaproxyServer, shop: Path
) -> None:
    former, new = make(), make(spec, length=length)
    (certs := haproxy.prefix / "certs").mkdir()
    (certs / "shop.pem").symlink_to(shop)
    install(shop, former, "1")
    haproxy.start([shop, certs])
    worker = haproxy.worker()
    install(shop, new, "2")
    result = load(haproxy.runtime, [str(shop)], new.data)
    assert (result.state, result.objection) == (RuntimeState.LOADED, None)
    assert sorted(result.names) == sorted([str(certs / "shop.pem"), str(shop)])
    assert served(haproxy) == new.chain
    assert haproxy.worker() == worker


def _has(answers: Sequence[object], wanted: int) -> bool:
    return len(answers) >= wanted


def test_no_handshake_fails_while_certificates_change(
    haproxy: HaproxyServer, shop: Path, record_property: Callable[[str, object], None]
) -> None:
    bundles = [make(spec, length=length) for spec in (RSA2048, EC256) for length in (0, 1, 3)]
    install(shop, bundles[0], "0")
    haproxy.start([shop])
    answers: list[tuple[bytes, ...]] = []
    errors: list[str] = []
    over, more = threading.Event(), threading.Condition()

    def look() -> None:
        while not over.is_set():
            try:
                answer = served(haproxy)
            except OSError as error:
                errors.append(str(error))
                answer = ()
            with more:
                answers.append(answer)
                more.notify_all()

    clients = [threading.Thread(target=look, daemon=True) for dummy in range(WORKERS)]
    for client in clients:
        client.start()
    try:
        for change in range(1, CHANGES + 1):
            bundle = bundles[change % len(bundles)]
            install(shop, bundle, str(change))
            assert load(haproxy.runtime, [str(shop)], bundle.data).state is RuntimeState.LOADED
            assert served(haproxy) == bundle.chain
            with more:
                wanted = len(answers) + HANDSHAKES_PER_CHANGE
                assert more.wait_for(partial(_has, answers, wanted), SECONDS)
    finally:
        over.set()
        for client in clients:
            client.join(SECONDS)
    record_property("handshakes while HAProxy got 50 certificates", f"{len(answers)}, {len(errors)} failed")
    assert errors == []
    assert set(answers) == {bundle.chain for bundle in bundles}
    assert len(answers) >= CHANGES * HANDSHAKES_PER_CHANGE


def test_rollback_and_reload_agree_with_the_disk(haproxy: HaproxyServer, shop: Path) -> None:
    former, new = make(), make(RSA2048)
    install(shop, former, "1")
    haproxy.start([shop])
    install(shop, new, "2")
    assert load(haproxy.runtime, [str(shop)], new.data).state is RuntimeState.LOADED
    install(shop, former, "1")
    assert load(haproxy.runtime, [str(shop)], former.data).state is RuntimeState.LOADED
    assert served(haproxy) == former.chain
    haproxy.reload()
    assert served(haproxy) == former.chain


def test_load_after_a_reload_reaches_the_new_worker(haproxy: HaproxyServer, shop: Path) -> None:
    former, new = make(), make()
    install(shop, former, "1")
    haproxy.start([shop])
    with socket.create_connection(("127.0.0.1", haproxy.port.number)):  # keeps the former worker alive
        haproxy.reload()
        install(shop, new, "2")
        assert load(haproxy.runtime, [str(shop)], new.data).state is RuntimeState.LOADED
        assert {served(haproxy) for dummy in range(20)} == {new.chain}


def test_crash_before_the_load_is_seen_by_the_next_run(haproxy: HaproxyServer, shop: Path) -> None:
    former, new = make(), make()
    install(shop, former, "1")
    haproxy.start([shop])
    install(shop, new, "2")
    (before,) = loaded_certificates(haproxy.runtime, [str(shop)])
    load(haproxy.runtime, [str(shop)], new.data)
    (after,) = loaded_certificates(haproxy.runtime, [str(shop)])
    assert (before.name, before.is_used) == (after.name, after.is_used) == (str(shop), True)
    assert before.fingerprint != after.fingerprint


def test_key_of_another_certificate_is_refused(haproxy: HaproxyServer, shop: Path) -> None:
    former, new = make(), make()
    install(shop, former, "1")
    haproxy.start([shop])
    mixed = make().data.partition(b"-----BEGIN CERTIFICATE")[0] + new.data.partition(b"-----END PRIVATE KEY-----\n")[2]
    result = load(haproxy.runtime, [str(shop)], mixed)
    assert result.state is RuntimeState.FAILED
    assert "inconsistencies between private key and certificate" in str(result.objection)
    assert served(haproxy) == former.chain
    assert not transaction(haproxy)


def test_bundle_larger_than_the_buffer_is_refused(haproxy: HaproxyServer, shop: Path) -> None:
    former, large, new = make(), make(length=40), make()
    install(shop, former, "1")
    haproxy.start([shop])
    assert len(large.data) > haproxy.bufsize
    result = load(haproxy.runtime, [str(shop)], large.data)
    assert result.state is RuntimeState.FAILED
    assert "tune.bufsize" in str(result.objection)
    assert served(haproxy) == former.chain
    assert load(haproxy.runtime, [str(shop)], new.data).state is RuntimeState.LOADED


def test_large_bundle_loads_into_a_large_buffer(haproxy: HaproxyServer, shop: Path) -> None:
    former, large = make(), make(length=40)
    haproxy.bufsize = 65536
    install(shop, former, "1")
    haproxy.start([shop])
    assert load(haproxy.runtime, [str(shop)], large.data).state is RuntimeState.LOADED
    assert served(haproxy) == large.chain


@pytest.mark.parametrize(
    "name",
    ["a b.pem", "a;disable frontend web.pem", "back\\slash.pem", "\\ ;.pem", "ünï.pem", "*.pem", "-h.pem", "@1.pem"],
)
def test_file_name_is_only_a_name(name: str, haproxy: HaproxyServer) -> None:
    former, new = make(), make()
    (certs := haproxy.prefix / "cer ts").mkdir()
    (certs / name).write_bytes(former.data)
    haproxy.start([certs])
    result = load(haproxy.runtime, [str(certs / name)], new.data)
    assert (result.state, result.names) == (RuntimeState.LOADED, (str(certs / name),))
    assert served(haproxy) == new.chain


@pytest.mark.parametrize(
    ("name", "state"),
    [("a\ndisable frontend web\n.pem", RuntimeState.UNKNOWN), ("a<<.pem", RuntimeState.FAILED)],
)
def test_name_that_haproxy_cannot_read_changes_nothing(name: str, state: RuntimeState, haproxy: HaproxyServer) -> None:
    former, new = make(), make()
    (certs := haproxy.prefix / "certs").mkdir()
    (certs / name).write_bytes(former.data)
    haproxy.start([certs])
    assert load(haproxy.runtime, [str(certs / name)], new.data).state is state
    assert served(haproxy) == former.chain


@dataclass(frozen=True)
class _Interrupted(RuntimeSocket):
    """A socket where another program begins a transaction just before ours."""

    other: str = ""
    payload: bytes = b""

    def ask(self, words: str, payload: bytes = b"") -> str:
        if words.startswith("set"):
            assert "created" in super().ask(command("set", self.other), self.payload)
        return super().ask(words, payload)


def test_transaction_for_another_file_never_gets_ours(haproxy: HaproxyServer, shop: Path) -> None:
    former, new, theirs = make(), make(), make(name="mail.example.com")
    (other := haproxy.prefix / "mail.pem").write_bytes(theirs.data)
    install(shop, former, "1")
    haproxy.start([shop, other])
    interrupted = _Interrupted(haproxy.runtime.path, SECONDS, other=str(other), payload=theirs.data)
    result = load(interrupted, [str(shop)], new.data)
    assert result.state is RuntimeState.FAILED
    assert str(other) in str(result.objection)
    haproxy.runtime.ask(command("commit", str(other)))
    assert served(haproxy, "mail.example.com") == theirs.chain
    assert served(haproxy) == former.chain


def test_open_transaction_of_another_program_is_kept(haproxy: HaproxyServer, shop: Path) -> None:
    former, new, theirs = make(), make(), make()
    install(shop, former, "1")
    haproxy.start([shop])
    haproxy.runtime.ask(command("set", str(shop)), theirs.data)
    result = load(haproxy.runtime, [str(shop)], new.data)
    assert result.state is RuntimeState.FAILED
    assert "Reload HAProxy" in str(result.objection)
    assert "Success!" in haproxy.runtime.ask(command("commit", str(shop)))
    assert served(haproxy) == theirs.chain


@dataclass(frozen=True)
class _Impatient(RuntimeSocket):
    """A socket whose connection ends while HAProxy commits."""

    def ask(self, words: str, payload: bytes = b"") -> str:
        if words.startswith("commit"):
            return RuntimeSocket(self.path, 0.02).ask(words, payload)
        return super().ask(words, payload)


def test_interrupted_commit_never_ends_the_worker(haproxy: HaproxyServer, shop: Path) -> None:
    """An abort after an interrupted commit would: HAProxy frees its transaction twice."""
    former, new = make(RSA2048), make(RSA2048)
    haproxy.more_listeners = 300
    install(shop, former, "1")
    haproxy.start([shop])
    worker = haproxy.worker()
    install(shop, new, "2")
    interrupted = load(_Impatient(haproxy.runtime.path, SECONDS), [str(shop)], new.data)
    again = load(haproxy.runtime, [str(shop)], new.data)
    assert {interrupted.state, again.state} in ({RuntimeState.FAILED}, {RuntimeState.LOADED})
    assert haproxy.worker() == worker
    haproxy.reload()
    assert served(haproxy) == new.chain
    assert load(haproxy.runtime, [str(shop)], former.data).state is RuntimeState.LOADED
    assert served(haproxy) == former.chain


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("operator.sock", "Add 'level admin'"), ("master.sock", "may be the socket of the master process")],
)
def test_socket_that_cannot_load_names_the_remedy(name: str, remedy: str, haproxy: HaproxyServer, shop: Path) -> None:
    former, new = make(), make()
    install(shop, former, "1")
    haproxy.start([shop])
    result = load(RuntimeSocket(str(haproxy.prefix / name), 1), [str(shop)], new.data)
    assert result.state is RuntimeState.FAILED
    assert remedy in str(result.objection)
    assert served(haproxy) == former.chain


def test_file_read_beside_the_bundle_needs_a_reload(haproxy: HaproxyServer, shop: Path) -> None:
    former, new = make(), make()
    install(shop, former, "1")
    haproxy.start([shop])
    install(shop, new, "2")
    (shop.parent / f"{shop.name}.sctl").touch()
    result = load(haproxy.runtime, [str(shop)], new.data)
    assert result.state is RuntimeState.FAILED
    assert f"{os.fspath(shop)}.sctl" in str(result.objection)
