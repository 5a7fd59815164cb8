# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport with real sockets: time, size, TLS, proxies, and whether a request may have arrived."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import re
import socket
import ssl
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api import api_errors
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.connection_settings import Endpoint
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import MAX_ANSWER_BYTES
from ansible_collections.certops.certum.tests.support.ports import ReservedPort
from ansible_collections.certops.certum.tests.unit.partner_api.api_calls import CALLS
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import (
    PASSWORD,
    USERNAME,
    Behaviour,
    Service,
    answer,
    hang_up,
    http,
    replying,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

buy = CALLS[ApiOperation.QUICK_ORDER]
BOUGHT = answer(ApiOperation.QUICK_ORDER, "<orderID>o-1</orderID>")


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def failure_of(api: PartnerApi) -> api_errors.CertumError:
    with pytest.raises(api_errors.CertumError) as caught:
        buy(api)
    return caught.value


# The address


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://gs.certum.pl/service/PartnerApi.wsdl", "gs.certum.pl"),
        ("https://gs.certum.pl:8443/service/PartnerApi?wsdl", "gs.certum.pl:8443"),
        ("http://127.8.9.1:80/x", "127.8.9.1:80"),
        ("http://[::1]:8080/x", "[::1]:8080"),
        ("http://localhost/x", "localhost"),
    ],
)
def test_address_fit_for_a_password_is_accepted(url: str, host: str) -> None:
    assert Endpoint.parse(url).host == host


@pytest.mark.parametrize(
    "url",
    [
        "http://gs.certum.pl/service/PartnerApi.wsdl",
        "http://127.0.0.1.example.org/x",
        "http://10.0.0.1/x",
        "https://ops:secret@gs.certum.pl/x",
        "http://secret@127.0.0.1/x",
        "ftp://gs.certum.pl/x",
        "https:///secret",
        "https://gs.certum.pl:secret/x",
        "gs.certum.pl",
        "",
    ],
)
def test_address_unfit_for_a_password_is_refused(url: str) -> None:
    with pytest.raises(api_errors.SettingsError, match=r"^api_url: .*api_environment") as caught:
        PartnerApi.from_options(url=url, username=USERNAME, password=PASSWORD)
    assert "secret" not in str(caught.value)


def test_unusable_settings_are_refused(tmp_path: Path) -> None:
    url = "https://gs.example.net/x"
    (tmp_path / "empty.pem").write_text("")
    for ca_path in ("/nowhere/ca.pem", str(tmp_path / "empty.pem")):
        with pytest.raises(api_errors.SettingsError, match=rf"^ca_path: {ca_path} cannot be loaded"):
            PartnerApi.from_options(url=url, username="u", password="p", ca_path=ca_path)
    with pytest.raises(api_errors.SettingsError, match=r"^soap_action: "):
        PartnerApi.from_options(url=url, username="u", password="p", soap_action="a\r\nX-Injected: b")


# Time


def dripping(document: bytes, *, at_once: int, pause: float = 0.02) -> Behaviour:
    """Send so many bytes, then one at a time until the peer closes."""

    def behave(connection: socket.socket, _body: bytes) -> None:
        connection.sendall(document[:at_once])
        for byte in document[at_once:]:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return behave


@pytest.mark.parametrize("at_once", [0, 40, 200], ids=["status line", "headers", "body"])
def test_slow_peer_cannot_exceed_the_timeout(at_once: int) -> None:
    with Service(dripping(http(BOUGHT), at_once=at_once)) as service, service.api(request_timeout=0.3) as api:
        began = time.monotonic()
        error = failure_of(api)
        assert time.monotonic() - began < 0.6
    assert error.__class__ is api_errors.OutcomeUnknownError
    assert "no complete answer within 0.3 s (request_timeout)" in str(error)


def test_failed_handshake_means_nothing_was_sent(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/x"
        options = {"connect_timeout": 0.2, "ca_path": str(authority.ca_path)}
        with PartnerApi.from_options(url=url, username="u", password="p", **options) as api:  # type: ignore[arg-type]
            error = failure_of(api)
    assert error.__class__ is api_errors.NotReceivedError
    assert "no connection within 0.2 s (connect_timeout)" in str(error)


# Size


def test_endless_answer_is_cut_off() -> None:
    sent = 0

    def flood(connection: socket.socket, _body: bytes) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while sent < 4 * MAX_ANSWER_BYTES:
            connection.sendall(bytes(2**20))
            sent += 2**20

    with Service(flood) as service, service.api() as api:
        error = failure_of(api)
    assert error.__class__ is api_errors.UnparsableAnswerError
    assert "the answer is larger than 16 MiB" in str(error)
    assert sent < 2 * MAX_ANSWER_BYTES


# Whether it arrived


def reset(connection: socket.socket, _body: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionAbortedError


def breaking_off_after(document: bytes) -> Behaviour:
    def behave(connection: socket.socket, body: bytes) -> None:
        connection.sendall(document)
        hang_up(connection, body)

    return behave


def echo_credentials(connection: socket.socket, body: bytes) -> None:
    breaking_off_after(body[body.index(b"<password>") :])(connection, body)


HTML = b"<!DOCTYPE html><title>Maintenance</title>"
LOST, FOREIGN = api_errors.OutcomeUnknownError, api_errors.UnparsableAnswerError
LOSSES: dict[str, tuple[Behaviour, type[api_errors.CertumError], str]] = {
    "hangs up": (hang_up, LOST, "the connection ended"),
    "resets": (reset, LOST, "the connection broke"),
    "breaks off in the body": (breaking_off_after(http(BOUGHT)[:-9]), LOST, "the connection ended"),
    "speaks no HTTP": (breaking_off_after(b"220 mail.example.net ESMTP\r\n\r\n"), LOST, "not HTTP"),
    "echoes the request": (echo_credentials, LOST, "not HTTP"),
    "answers 500": (replying(http(HTML, status=500)), LOST, "HTTP 500 with an HTML page"),
    "answers 503": (replying(http(b"", status=503)), LOST, "HTTP 503 with 0 bytes"),
    "answers garbage": (replying(http(b"\x17\x03garbage")), LOST, "HTTP 200 with 9 bytes"),
    "answers with a compressed bomb": (
        replying(http(gzip.compress(bytes(2**26)), extra="Content-Encoding: gzip\r\n")),
        LOST,
        "HTTP 200 with",
    ),
    "answers 200 HTML": (replying(http(HTML)), FOREIGN, '"Maintenance"'),
    "answers 404": (replying(http(b"no", status=404)), FOREIGN, "Check api_url"),
}


@pytest.mark.parametrize(("behave", "kind", "words"), LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize(
    "operation", [ApiOperation.QUICK_ORDER, ApiOperation.RENEW_CERTIFICATE, ApiOperation.REISSUE_CERTIFICATE], ids=str
)
def test_lost_purchase_is_posted_once_and_named(
    operation: ApiOperation, behave: Behaviour, kind: type[api_errors.CertumError], words: str
) -> None:
    with Service(behave) as service, service.api() as api:
        with pytest.raises(api_errors.CertumError) as caught:
            CALLS[operation](api)
        assert len(service.bodies) == 1
    assert caught.value.__class__ is kind
    assert caught.value.outcome_unknown
    assert words in str(caught.value)
    assert "look at the order" in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_refused_connection_means_nothing_was_sent() -> None:
    closed = ReservedPort()
    with PartnerApi.from_options(url=f"http://{closed.address}/x", username="u", password="p") as api:
        error = failure_of(api)
    assert error.__class__ is api_errors.NotReceivedError
    assert not error.outcome_unknown
    assert "Connection refused" in str(error)
    assert "Nothing was sent" in str(error)


def test_unresolvable_name_means_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with PartnerApi.from_options(url="https://gs.example.invalid/x", username="u", password="p") as api:
        error = failure_of(api)
    assert error.__class__ is api_errors.NotReceivedError
    assert "quickOrder at gs.example.invalid: no connection: [Errno -2] Name or service not known" in str(error)


def test_redirect_is_not_followed() -> None:
    with Service(replying(http(BOUGHT))) as elsewhere:
        location = f"Location: http://127.0.0.1:{elsewhere.port}/\r\n"
        for status in (301, 307, 308):
            with Service(replying(http(b"", status=status, extra=location))) as service, service.api() as api:
                assert f"HTTP {status}, a redirect to 127.0.0.1, which is not followed" in str(failure_of(api))
        assert elsewhere.connections == 0


# Connections


def test_connection_is_reused_and_replaced_when_lost() -> None:
    with Service(replying(http(BOUGHT))) as service, service.api() as api:
        for _call in range(3):
            buy(api)
        assert service.connections == 1
        service.behave = replying(http(BOUGHT, extra="Connection: close\r\n"))
        buy(api)
        buy(api)
        assert service.connections == 2


def test_threads_share_one_client() -> None:
    def echo(connection: socket.socket, body: bytes) -> None:
        order_id = body.partition(b"<orderID>")[2].partition(b"</orderID>")[0].decode()
        state = f"<orderStatus>{order_id}</orderStatus>"
        connection.sendall(http(answer(ApiOperation.GET_ORDER_STATE, state)))

    names = [f"order-{number}" for number in range(40)]
    with Service(echo) as service, service.api() as api, ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda name: api.get_order_state(order_id=name).order_state, names))
        assert states == names
        assert service.connections <= 8


# TLS


class Authority:
    """A throw-away CA and a server context for 127.0.0.1."""

    def __init__(self, directory: Path, *, beginning: int = -1) -> None:
        """*beginning* is in how many days its two days begin."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "throw-away")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=beginning))
            .not_valid_after(now + datetime.timedelta(days=beginning + 2))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.ca_path = directory / "ca.pem"
        self.ca_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._pair = directory / "pair.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._pair.write_bytes(private + self.ca_path.read_bytes())

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._pair)
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_tls_with_a_trusted_peer_works(authority: Authority) -> None:
    with Service(replying(http(BOUGHT)), tls=authority.context()) as service:
        for options in ({"ca_path": str(authority.ca_path)}, {"validate_certs": False}):
            with service.api(**options) as api:
                assert buy(api).order_id == "o-1"


def test_tls_with_an_untrusted_peer_sends_nothing(authority: Authority) -> None:
    with Service(replying(http(BOUGHT)), tls=authority.context()) as service:
        with service.api() as api:
            error = failure_of(api)
        assert isinstance(error, api_errors.NotReceivedError)
        assert not error.worth_retrying
        assert "is not trusted" in str(error)
        assert "ca_path" in str(error)
        url = f"https://localhost:{service.port}/x"  # the certificate names the address alone
        with PartnerApi.from_options(url=url, username="u", password="p", ca_path=str(authority.ca_path)) as api:
            assert "mismatch" in str(failure_of(api))
        assert service.bodies == []


@pytest.mark.parametrize("beginning", [-9, 9])
def test_expired_peer_certificate_leads_to_the_clock(tmp_path: Path, beginning: int) -> None:
    """The certificate of a CA in use rarely expires. The clock of a controller is often wrong."""
    authority = Authority(tmp_path, beginning=beginning)
    with Service(replying(http(BOUGHT)), tls=authority.context()) as service:
        with service.api(ca_path=str(authority.ca_path)) as api:
            error = failure_of(api)
        assert isinstance(error, api_errors.NotReceivedError)
        assert re.search(
            r"Nothing was sent\. The clock of the controller shows \d{4}-\d\d-\d\d \d\d:\d\d UTC\. If it is wrong, "
            r"correct the clock and run again",
            str(error),
        )
        assert "ca_path" not in str(error)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_older_than_1_2_is_refused(authority: Authority) -> None:
    old = authority.context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with Service(replying(http(BOUGHT)), tls=old) as service, service.api(validate_certs=False) as api:
        assert failure_of(api).__class__ is api_errors.NotReceivedError
        assert service.bodies == []


# Proxies


class Proxy:
    """An HTTP proxy that opens a tunnel, or refuses to, and keeps the text that it could read."""

    def __init__(self, *, refuses: bool = False) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._refuses = refuses
        self.read = b""
        self.url = f"http://user:proxy-secret@127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        client, _address = self._listener.accept()
        with client:
            head = client.recv(65536)
            self.read += head
            if self._refuses:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            host, port = head.split()[1].decode().split(":")
            with socket.create_connection((host, int(port))) as server:
                back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
                back.start()
                self._copy(client, server)
                back.join(5)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):  # either side may be gone first
            for data in iter(lambda: source.recv(65536), b""):
                self.read += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


def test_proxy_of_the_environment_cannot_read_the_call(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with Service(replying(http(BOUGHT)), tls=authority.context()) as service, Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with service.api(ca_path=str(authority.ca_path)) as api:
            assert buy(api).order_id == "o-1"
    assert proxy.read.startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic" in proxy.read
    assert PASSWORD.encode() not in proxy.read


def test_proxy_that_refuses_gets_no_request(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with Service(replying(http(BOUGHT)), tls=authority.context()) as service, Proxy(refuses=True) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with service.api(ca_path=str(authority.ca_path)) as api:
            error = failure_of(api)
        assert error.__class__ is api_errors.NotReceivedError
        assert "403 Forbidden" in str(error)
        assert "proxy-secret" not in str(error)
        assert service.connections == 0


@pytest.mark.parametrize(
    "environment",
    [{"HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1"}, {"HTTP_PROXY": "http://127.0.0.1:1"}],
    ids=["excepted", "for plain HTTP"],
)
def test_proxy_for_other_calls_is_ignored(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    service = Service(replying(http(BOUGHT)), tls=authority.context())
    with service, service.api(ca_path=str(authority.ca_path)) as api:
        assert buy(api).order_id == "o-1"


def test_plain_http_to_localhost_uses_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Service(replying(http(BOUGHT))) as service, service.api() as api:
        assert buy(api).order_id == "o-1"


@pytest.mark.parametrize("proxy", ["socks5://secret@127.0.0.1:1", "gopher://secret", "http://secret:x:y"])
def test_invalid_proxy_is_named_without_its_address(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(api_errors.SettingsError, match="HTTPS_PROXY") as caught:
        PartnerApi.from_options(url="https://gs.example.net/x", username="u", password="p")
    assert "secret" not in str(caught.value)
