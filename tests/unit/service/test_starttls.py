# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that begin without TLS, each over a real connection in its protocol, are verified by their certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import StartTls
from ansible_collections.certops.certum.plugins.module_utils._service import handshake, starttls
from ansible_collections.certops.certum.plugins.module_utils._service.handshake import PlainTextError, shake_hands
from ansible_collections.certops.certum.plugins.module_utils._service.starttls import StartTlsError
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import to_pem
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, Authority, der_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Turns = Sequence[tuple[bytes, bytes]]

LDAP_YES = bytes.fromhex("300c02010178070a010004000400")
LDAP_NO = bytes.fromhex("300c02010178070a013404000400")
MAIL = b"220-mx.example.com\r\n220 mx.example.com ESMTP\r\n"
EHLO = (b"EHLO [127.0.0.1]\r\n", b"250-mx.example.com\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
DIALOGUES: dict[StartTls, Turns] = {
    StartTls.SMTP: [(b"", MAIL), EHLO, (b"STARTTLS\r\n", b"220 2.0.0 Ready\r\n")],
    StartTls.IMAP: [
        (b"", b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"),
        (b"a STARTTLS\r\n", b"* x\r\na OK go\r\n"),
    ],
    StartTls.POP3: [(b"", b"+OK ready\r\n"), (b"STLS\r\n", b"+OK begin\r\n")],
    StartTls.FTP: [(b"", b"220 (vsFTPd 3.0.3)\r\n"), (b"AUTH TLS\r\n", b"234 Proceed\r\n")],
    StartTls.LDAP: [(b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037", LDAP_YES)],
    StartTls.POSTGRES: [(b"\x00\x00\x00\x08\x04\xd2\x16\x2f", b"S")],
}
GREETS = (StartTls.SMTP, StartTls.IMAP, StartTls.POP3, StartTls.FTP)
REFUSALS: dict[StartTls, bytes] = {
    StartTls.SMTP: b"454 TLS not available\r\n",
    StartTls.IMAP: b"a BAD unknown\r\n",
    StartTls.POP3: b"-ERR unknown\r\n",
    StartTls.FTP: b"530 Please login\r\n",
    StartTls.LDAP: LDAP_NO,
    StartTls.POSTGRES: b"N",
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """Return a file with a key and its certificate, and the certificate in DER."""
    key = keys.generate(EC256)
    certificate = Authority.make("Mail CA").sign(key.public_key(), "mx.example.com", names=("mx.example.com",))
    path = tmp_path_factory.mktemp("pair") / "pair.pem"
    path.write_bytes(to_pem(key) + certificate.encode())
    return path, der_of(certificate)


@contextmanager
def service(turns: Turns, pair: Path | None) -> Iterator[int]:
    """Run a service on its own port that sends and reads its turns, and then starts TLS if it has a *pair*."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, turns, pair), daemon=True).start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, turns: Turns, pair: Path | None) -> None:
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            _take_turns(connection, turns, pair)


def _take_turns(connection: socket.socket, turns: Turns, pair: Path | None) -> None:
    for request, answer in turns:
        if request and connection.recv(len(request), socket.MSG_WAITALL) != request:
            return
        for byte in answer:
            connection.sendall(bytes((byte,)))
    if pair is None:
        while connection.recv(4096):
            pass
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    with context.wrap_socket(connection, server_side=True) as tls:
        tls.recv(1)


@pytest.mark.parametrize("protocol", StartTls)
def test_declared_protocol_is_spoken(protocol: StartTls, pair: tuple[Path, bytes]) -> None:
    with service(DIALOGUES[protocol], pair[0]) as port:
        verified = shake_hands("127.0.0.1", port, server_name="mx.example.com", protocol=protocol)
    assert verified.certificates == (pair[1],)


@pytest.mark.parametrize("protocol", StartTls)
def test_port_determines_the_protocol(
    protocol: StartTls, pair: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with service(DIALOGUES[protocol], pair[0]) as port:
        monkeypatch.setitem(starttls.PORTS, port, protocol)
        assert shake_hands("127.0.0.1", port, server_name="mx.example.com").certificates == (pair[1],)


@pytest.mark.parametrize("protocol", GREETS)
def test_greeting_determines_the_protocol(protocol: StartTls, pair: tuple[Path, bytes]) -> None:
    with service(DIALOGUES[protocol], pair[0]) as port:
        assert shake_hands("127.0.0.1", port, server_name="mx.example.com").certificates == (pair[1],)


@pytest.mark.parametrize("protocol", StartTls)
def test_implicit_tls_on_a_starttls_port_is_detected(
    protocol: StartTls, pair: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshake, "HANDSHAKE_TIMEOUT", 0.5)
    with service([], pair[0]) as port:
        monkeypatch.setitem(starttls.PORTS, port, protocol)
        assert shake_hands("127.0.0.1", port, server_name="mx.example.com").certificates == (pair[1],)


@pytest.mark.parametrize("protocol", StartTls)
def test_service_that_offers_no_tls_is_quoted(protocol: StartTls) -> None:
    *before, (request, _yes) = DIALOGUES[protocol]
    with (
        service([*before, (request, REFUSALS[protocol])], None) as port,
        pytest.raises(StartTlsError, match=f"offers no TLS over {protocol}: it answers '"),
    ):
        shake_hands("127.0.0.1", port, server_name="mx.example.com", protocol=protocol)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "HTTP/1.1 400 Bad Request"),
        (b"SSH-2.0-OpenSSH_9.2\x1b[2J\r\n", r"SSH-2.0-OpenSSH_9.2\x1b[2J"),
        (b"J\x00\x00\x00\xff8.0\r\n", "8.0"),
    ],
)
def test_service_that_answers_without_tls_is_quoted(words: bytes, shown: str) -> None:
    with service([(b"", words)], None) as port, pytest.raises(PlainTextError) as caught:
        shake_hands("127.0.0.1", port, server_name="mx.example.com")
    assert "it answers without TLS: '" in str(caught.value)
    assert shown in str(caught.value)
