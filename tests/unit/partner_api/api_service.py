# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A peer on a real socket that handles each POST as the test defines, and a peer without a socket."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Callable

from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.connection_settings import Endpoint
from ansible_collections.certops.certum.plugins.module_utils._partner_api.credentials import Credentials
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry
from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer

if TYPE_CHECKING:
    import ssl

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation

USERNAME, PASSWORD = "canary-login@example.net", 'canary-pa$$<w>&"ord'
NO_PAUSE = Retry(sleep=lambda seconds: None)
OK = "<responseHeader><successCode>0</successCode><timestamp>2026-11-22T10:15:02.113Z</timestamp></responseHeader>"


def refusal(*errors: tuple[int, str], success_code: int = 1) -> str:
    listed = "".join(f"<Error><errorCode>{code}</errorCode><value>{value}</value></Error>" for code, value in errors)
    block = f"<errors>{listed}</errors>" if errors else ""
    return f"<responseHeader>{block}<successCode>{success_code}</successCode></responseHeader>"


def soap(child: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<soap:Body>{child}</soap:Body></soap:Envelope>"
    ).encode()


def answer(operation: ApiOperation, content: str = "", *, header: str = OK) -> bytes:
    name = f"ns2:{operation}Response"
    return soap(f'<{name} xmlns:ns2="http://webservice.api.muc.unizeto.pl/">{header}{content}</{name}>')


def fault(code: str, text: str) -> bytes:
    return soap(f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></soap:Fault>")


class Script:
    """Replaces Transport: returns prepared answers in turn and keeps the requests."""

    def __init__(self, *answers: bytes | HttpAnswer) -> None:
        self.endpoint = Endpoint.parse("https://gs.example.net/service/PartnerApi.wsdl")
        self.posted: list[bytes] = []
        self._answers = list(answers)

    def post(self, body: bytes, **_details: object) -> HttpAnswer:
        self.posted.append(body)
        prepared = self._answers.pop(0)
        return prepared if isinstance(prepared, HttpAnswer) else http_answer(prepared)

    def close(self) -> None:
        """Close nothing."""

    def api(self, **options: object) -> PartnerApi:
        credentials = Credentials(username=USERNAME, password=PASSWORD)
        return PartnerApi(transport=self, credentials=credentials, retry=NO_PAUSE, **options)  # type: ignore[arg-type]


def http_answer(
    body: bytes, *, status: int = 200, content_type: str = "text/xml; charset=utf-8", location: str = ""
) -> HttpAnswer:
    return HttpAnswer(status=status, content_type=content_type, location=location, body=body)


def http(body: bytes, *, status: int = 200, content_type: str = "text/xml", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status} Because\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


Behaviour = Callable[[socket.socket, bytes], None]
"""Gets the connection and the body of one POST; the connection ends if it raises OSError or closes it."""


def replying(*parts: bytes) -> Behaviour:
    def behave(connection: socket.socket, _body: bytes) -> None:
        for part in parts:
            connection.sendall(part)

    return behave


def hang_up(connection: socket.socket, _body: bytes) -> None:
    raise ConnectionAbortedError


class Service:
    """Listens on loopback while the context lasts. Every wait ends with it."""

    def __init__(self, behave: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self.behave = behave
        self.bodies: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._tls = tls
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Service:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def api(self, **options: object) -> PartnerApi:
        scheme = "http" if self._tls is None else "https"
        url = f"{scheme}://127.0.0.1:{self.port}/service/PartnerApi.wsdl"
        settings = {"url": url, "retry": NO_PAUSE, "request_timeout": 10.0, **options}
        return PartnerApi.from_options(username=USERNAME, password=PASSWORD, **settings)  # type: ignore[arg-type]

    def _accept(self) -> None:
        with suppress(OSError):
            while not self.stopped.is_set():
                connection, _address = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            stream = connection if self._tls is None else self._tls.wrap_socket(connection, server_side=True)
            with stream, stream.makefile("rb") as reader:
                while (length := _read_head(reader)) is not None:
                    body = reader.read(length)
                    self.bodies.append(body)
                    self.behave(stream, body)


def _read_head(reader: BinaryIO) -> int | None:
    length = None
    for line in iter(reader.readline, b""):
        if line == b"\r\n":
            return length
        name, dummy, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return None
