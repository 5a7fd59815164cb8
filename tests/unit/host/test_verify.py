# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares the certificate of a real TLS server with the installed one."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host.verify import verify_all
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import InvalidDeclarationError
from ansible_collections.certops.certum.plugins.module_utils._service import verification
from ansible_collections.certops.certum.plugins.module_utils._service.handshake import shake_hands
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import Host, declarations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class TlsServer:
    """Sends the certificates of a directory to each client, and closes the connection."""

    def __init__(
        self,
        listener: socket.socket,
        *directories: Path,
        file: str,
        oldest: ssl.TLSVersion,
        newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
        demands_certificate: bool = False,
    ) -> None:
        self._listener = listener
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version, self._context.maximum_version = oldest, newest
        if demands_certificate:
            self._context.verify_mode = ssl.CERT_REQUIRED
        for directory in directories:
            self._context.load_cert_chain(directory / file, directory / "privkey.pem")
        self.asked_for: list[str | None] = []
        self._context.sni_callback = lambda _socket, name, _context: self.asked_for.append(name)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
                with connection, self._context.wrap_socket(connection, server_side=True) as tls:
                    tls.recv(1)
            except ssl.SSLError:
                continue
            except OSError:
                if self._listener.fileno() < 0:
                    return


@contextmanager
def port() -> Iterator[socket.socket]:
    """Return a port that is reserved and not open yet."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        yield listener


def address(listener: socket.socket) -> str:
    return f"127.0.0.1:{listener.getsockname()[1]}"


def serve(
    listener: socket.socket,
    host: Host,
    *names: str,
    file: str = "fullchain.pem",
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    **more: Any,
) -> TlsServer:
    listener.listen()
    return TlsServer(listener, *(host.base / name / "current" for name in names), file=file, oldest=oldest, **more)


def verify(host: Host, *items: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
    return verify_all({"path": str(host.base), "certificates": declarations(items), "timeout": timeout}, False)


@pytest.mark.parametrize(
    ("serves", "file", "objection"),
    [
        ("shop", "fullchain.pem", None),
        (
            "mail",
            "fullchain.pem",
            "serves certificate {mail} for mail.example.com, not certificate {shop}, to a client that requests "
            "shop.example.com",
        ),
        ("shop", "cert.pem", "serves certificate {shop} without its whole chain; configure fullchain.pem"),
    ],
)
def test_served_certificate_decides_the_verdict(host: Host, serves: str, file: str, objection: str | None) -> None:
    host.have(host.declare("shop"), host.declare("mail"))
    serials = {name: current.serial_number for name in ("shop", "mail") if (current := host.read(name).current)}
    with port() as listener:
        server = serve(listener, host, serves, file=file)
        item = host.declare("shop", deploy={"service": "nginx", "verify": [address(listener)]})
        result = verify(host, item)
    said = objection.format(**serials) if objection else f"serves certificate {serials['shop']} with its chain"
    assert result["verified"][0]["reason"]["text"].endswith(said)
    assert result["failed"] is bool(objection)
    current = host.base / "shop/current"
    lines = f"ssl_certificate {current}/fullchain.pem; ssl_certificate_key {current}/privkey.pem"
    hint = f"nginx uses these files with the lines: {lines}. {verification.REMEDY}"
    assert texts(result["problems"]) == ([f"shop: {address_of(result)} {said}. {hint}"] if objection else [])
    assert set(server.asked_for) == {"shop.example.com"}, "for an address the handshake has a server name"


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(
    ("serves", "file", "objection"),
    [
        ("shop", "fullchain.pem", None),
        ("mail", "fullchain.pem", "for mail.example.com, not certificate"),
        ("shop", "cert.pem", "without its whole chain"),
    ],
)
def test_service_that_demands_client_certificates_is_verified(
    host: Host, newest: ssl.TLSVersion, serves: str, file: str, objection: str | None
) -> None:
    host.have(host.declare("shop"), host.declare("mail"))
    with port() as listener:
        serve(listener, host, serves, file=file, newest=newest, demands_certificate=True)
        item = host.declare("shop", deploy={"service": "haproxy", "verify": [address(listener)]})
        result = verify(host, item)
    assert [objection in text for text in texts(result["problems"])] == ([True] if objection else [])


def test_two_keys_and_client_certificates_are_verified(host: Host) -> None:
    """To see a certificate with the other kind of key, the handshake uses TLS 1.2."""
    items = {kind: host.declare(kind, common_name="shop.example.com", key={"type": kind}) for kind in ("ec", "rsa")}
    host.have(*items.values())
    with port() as listener:
        serve(listener, host, "ec", "rsa", demands_certificate=True)
        for item in items.values():
            assert not verify(host, {**item, "deploy": {"service": "haproxy", "verify": [address(listener)]}})["failed"]


def test_broken_handshake_is_not_verified(host: Host) -> None:
    """The server has shown its certificate, and no client can use it."""
    host.have(host.declare())
    with port() as listener:
        listener.listen()
        threading.Thread(target=break_off, args=(listener, host.base / "shop/current"), daemon=True).start()
        result = verify(host, host.declare(deploy={"service": "nginx", "verify": [address(listener)]}))
    assert "does not answer a TLS handshake" in result["problems"][0]["text"]


def break_off(listener: socket.socket, directory: Path) -> None:
    """Send the first flight of a TLS 1.2 server, with its certificate, and close the connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(directory / "fullchain.pem", directory / "privkey.pem")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_side=True)
    connection, _address = listener.accept()
    with connection:
        incoming.write(connection.recv(16384))
        with suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        connection.sendall(outgoing.read())
        connection.recv(16384)


WILDCARD = {
    "common_name": "*.żółw.example.com",
    "product": "commercial_wildcard_ssl",
    "validation": {"method": "dns_txt_prefix"},
}


@pytest.mark.parametrize(
    ("declared", "asked", "server_name"),
    [
        ({"www": True}, "WWW.shop.example.com", "www.shop.example.com"),
        ({}, "other.example.com", "shop.example.com"),
        ({}, "localhost", "shop.example.com"),
        (WILDCARD, "Sklep.żółw.example.com.", "sklep.xn--w-uga1v8h.example.com"),
        (WILDCARD, "a.b.żółw.example.com", "verify.xn--w-uga1v8h.example.com"),
        (WILDCARD, "127.0.0.1", "verify.xn--w-uga1v8h.example.com"),
    ],
)
def test_host_in_the_certificate_is_the_server_name(
    host: Host, monkeypatch: pytest.MonkeyPatch, declared: dict[str, Any], asked: str, server_name: str
) -> None:
    """Of several sites behind one address, the right one has to answer."""
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda to, **more: connect(("127.0.0.1", to[1]), **more))
    item = host.declare(**declared)
    host.have(item)
    with port() as listener:
        server = serve(listener, host, "shop")
        deploy = {"service": "nginx", "verify": [f"{asked}:{listener.getsockname()[1]}"]}
        assert verify(host, {**item, "deploy": deploy})["problems"] == []
    assert set(server.asked_for) == {server_name}


def address_of(result: dict[str, Any]) -> str:
    return str(result["verified"][0]["address"])


@pytest.mark.parametrize(
    ("ours", "verified", "oldest", "objection"),
    [
        ("ec", ["ec", "rsa"], ssl.TLSVersion.TLSv1_2, None),
        ("rsa", ["ec", "rsa"], ssl.TLSVersion.TLSv1_2, None),
        ("ec", ["rsa"], ssl.TLSVersion.TLSv1_2, "it has none with an EC key over TLS 1.2"),
        ("rsa", ["ec"], ssl.TLSVersion.TLSv1_2, "it has none with an RSA key over TLS 1.2"),
        ("rsa", ["ec", "rsa"], ssl.TLSVersion.TLSv1_3, "it has none with an RSA key over TLS 1.2"),
    ],
)
def test_declared_one_of_ec_and_rsa_certificates_is_found(
    host: Host, ours: str, verified: list[str], oldest: ssl.TLSVersion, objection: str | None
) -> None:
    items = {kind: host.declare(kind, common_name="shop.example.com", key={"type": kind}) for kind in ("ec", "rsa")}
    host.have(*items.values())
    with port() as listener:
        serve(listener, host, *verified, oldest=oldest)
        result = verify(host, {**items[ours], "deploy": {"service": "nginx", "verify": [address(listener)]}})
    assert result["failed"] is bool(objection)
    assert objection is None or objection in result["problems"][0]["text"]


def test_closed_port_is_a_problem_and_others_are_still_asked(host: Host) -> None:
    host.have(host.declare())
    with port() as closed, port() as listener:
        serve(listener, host, "shop")
        probes = [address(closed), address(listener)]
        result = verify(host, host.declare(deploy={"service": "nginx", "verify": probes}))
    assert len(result["problems"]) == 1
    assert "does not answer a TLS handshake for shop.example.com" in result["problems"][0]["text"]
    assert result["reason"]["text"] == "1 of 2 addresses serve the installed certificate"
    closed_now = host.declare(deploy=[{"service": "nginx", "verify": probes[:1]}])
    assert verification.verify_addresses(Layout(host.base), [closed_now], timeout=0).unverified == {"shop"}


def test_slow_service_is_asked_again(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.have(host.declare())
    pauses = []
    with port() as listener:

        def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                serve(listener, host, "shop")

        monkeypatch.setattr(verification.time, "sleep", sleep)
        item = host.declare(deploy={"service": "nginx", "verify": [address(listener)]})
        assert verify(host, item, timeout=60)["problems"] == []
    assert len(pauses) == 3


def test_time_limit_is_for_all_addresses_together(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.have(host.declare())
    now = [0.0]

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return now[0]

        @staticmethod
        def sleep(seconds: float) -> None:
            now[0] += seconds

    monkeypatch.setattr(verification, "time", Clock)
    with port() as closed:
        probes = [address(closed)] * 40
        result = verify(host, host.declare(deploy={"service": "nginx", "verify": probes}), timeout=5)
    assert len(result["problems"]) == 40
    assert now[0] <= 5 + verification.PAUSE * verification.WORKERS


def test_missing_certificate_is_its_own_problem(host: Host) -> None:
    host.have(host.declare())
    with port() as listener:
        serve(listener, host, "shop")
        deploy = {"service": "nginx", "verify": [address(listener)]}
        items = declarations([host.declare("gone", deploy=deploy), host.declare(deploy=deploy)])
        result = verify(host, *items)
        assert verification.verify_addresses(Layout(host.base), iter(items), timeout=0).unverified == {"gone"}
    assert len(result["problems"]) == 1
    assert result["problems"][0]["text"].startswith("gone: The certificate cannot be verified")
    assert [found["name"] for found in result["verified"]] == ["shop"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("shop.example.com", "shop.example.com is not HOST:PORT"),
        ("shop.example.com:https", "shop.example.com:https is not HOST:PORT"),
        ("xmpp://im.example.com:5222", "does not begin with a known scheme: https, "),
        ("https://shop.example.com/index.html", "'shop.example.com/index.html' is neither an address nor a host name"),
        (":443", ":443 is not HOST:PORT"),
        ("shop.example.com:0", "shop.example.com:0 is not HOST:PORT"),
        ("shop..example.com:443", "'shop..example.com' is neither an address nor a host name"),
        (".example.com:443", "'.example.com' is neither an address nor a host name"),
        ("x" * 64 + ".example.com:443", ".example.com' is neither an address nor a host name"),
    ],
)
def test_invalid_address_is_reported(host: Host, wrong: str, said: str) -> None:
    item = host.declare(deploy={"service": "nginx", "verify": [wrong]})
    host.have(host.declare())
    for act in (verify, Host.deploy, Host.plan):
        with pytest.raises(InvalidDeclarationError, match=re.escape(said)):
            act(host, item)


@pytest.mark.parametrize(("name", "server_name"), [("a..b", "shop"), ("", ".shop"), ("", "a..b")])
def test_unencodable_name_counts_as_no_answer(name: str, server_name: str) -> None:
    with port() as listener:
        listener.listen()
        with pytest.raises(OSError, match=r"encod|dot"):
            shake_hands(name or "127.0.0.1", listener.getsockname()[1], server_name=server_name)
