# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One POST to the Partner API, within a time that holds, and a clear word on whether it may have arrived.

Private to the collection. HTTPS with TLS 1.2 or newer, plain HTTP to loopback addresses alone. Redirects are not followed:
they would carry the credentials elsewhere. Proxies are those of the environment (``HTTPS_PROXY``, ``ALL_PROXY``,
``NO_PROXY``), as for Ansible's own modules; behind one, its address is the one that the CA's allow list needs.
"""

from __future__ import annotations

import ssl
import time
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from .._third_party.controller import httpcore, httpx
from .errors import FateUnknownError, NotReceivedError, SettingsError, UnparsableAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_ANSWER_BYTES = 16 * 1024 * 1024
_KEEP_ALIVE_SECONDS = 3.0
"""Shorter than any server's own (5 s is common): no request shall be sent into a connection that is just closing."""

LOOK_FIRST = (
    "It may have been carried out: look at the order (certum_order_info, or run the same play again) "
    "before sending it anew."
)


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    content_type: str
    location: str
    body: bytes


@dataclass(frozen=True)
class Endpoint:
    """A checked address. ``host`` is what messages call it."""

    url: str
    host: str
    is_tls: bool

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Raises SettingsError, which never quotes the address: it may hold a password."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or parts.scheme not in {"https", "http"}:
            raise _bad_url("it is not an http(s) URL with a host")
        if parts.username is not None:
            raise _bad_url("it holds a user name")
        if parts.scheme == "http" and not _is_loopback(host):
            raise _bad_url(f"plain HTTP to {host} would show the credentials to everyone on the way")
        shown = f"[{host}]" if ":" in host else host
        return cls(url=url, host=f"{shown}:{port}" if port else shown, is_tls=parts.scheme == "https")


def _bad_url(why: str) -> SettingsError:
    return SettingsError(
        where="api_url",
        why=why,
        remedy="Give the whole https:// address with .wsdl at its end, or api_environment (production or test).",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def tls_context(*, ca_path: str | None, validate_certs: bool) -> ssl.SSLContext:
    """``ca_path``, a file or a directory of PEM certificates, takes the place of the system's. Raises SettingsError."""
    try:
        if ca_path is None:
            context = ssl.create_default_context()
        elif Path(ca_path).is_dir():
            context = ssl.create_default_context(capath=ca_path)
        else:
            context = ssl.create_default_context(cafile=ca_path)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            where="ca_path",
            why=f"{ca_path} cannot be loaded: {error}",
            remedy="Give a readable PEM file with the CA certificates that are trusted for the API.",
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True)
class TimeLimits:
    """Seconds for a connection to be made, and for a whole call: connecting, sending, waiting, receiving."""

    connect: float = 30.0
    total: float = 120.0


class Transport:
    """Keeps connections alive between calls; may be used by several threads at once."""

    def __init__(self, *, endpoint: Endpoint, context: ssl.SSLContext, limits: TimeLimits) -> None:
        self.endpoint = endpoint
        self._limits = limits
        self._client = httpx.Client(
            transport=_BoundedTransport(context=context, proxy=_proxy_for(endpoint)),
            timeout=None,  # the transport's streams hold the deadline of the whole call
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def post(self, body: bytes, *, headers: Mapping[str, str], where: str) -> HttpAnswer:
        """Send once. Raises NotReceivedError, FateUnknownError and, for more than 16 MiB, UnparsableAnswerError."""
        progress = _Progress()
        token = _deadline.set(_Deadline.after(self._limits))
        try:
            request = self._client.build_request(
                "POST", self.endpoint.url, content=body, headers=headers, extensions={"trace": progress.note}
            )
            response = self._client.send(request, stream=True)
            try:
                return _read(response, where=where)
            finally:
                response.close()
        except httpx.TransportError as error:
            raise self._explain(error, where=where, sent=progress.sent) from None
        finally:
            _deadline.reset(token)

    def _explain(self, error: httpx.TransportError, *, where: str, sent: bool) -> NotReceivedError | FateUnknownError:
        timed_out = isinstance(error, httpx.TimeoutException)
        if sent:
            seconds = f"{self._limits.total:g} s (request_timeout)"
            why = f"no complete answer within {seconds}" if timed_out else f"the connection broke: {error}"
            return FateUnknownError(where=where, why=why, remedy=LOOK_FIRST)
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return NotReceivedError(
                where=where,
                why=f"the server's TLS certificate is not trusted: {error}",
                remedy="Nothing was sent. Check that api_url is the CA's, and point ca_path at the CA certificates to trust.",
                worth_retrying=False,
            )
        why = (
            f"no connection within {self._limits.connect:g} s (connect_timeout)"
            if timed_out
            else f"no connection: {error}"
        )
        return NotReceivedError(
            where=where,
            why=why,
            remedy="Nothing was sent. Check api_url, name resolution, firewall and proxy (HTTPS_PROXY), then run again.",
        )


def _read(response: httpx.Response, *, where: str) -> HttpAnswer:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise UnparsableAnswerError(
                where=where, why=f"the answer is larger than {MAX_ANSWER_BYTES // 2**20} MiB", remedy=LOOK_FIRST
            )
    return HttpAnswer(
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        location=response.headers.get("location", ""),
        body=bytes(body),
    )


class _Progress:
    """Notes when the first byte of our request (not of a proxy's CONNECT) is about to leave."""

    def __init__(self) -> None:
        self.sent = False

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started") and info["request"].method == b"POST":
            self.sent = True


@dataclass(frozen=True)
class _Deadline:
    connect: float
    total: float

    @classmethod
    def after(cls, limits: TimeLimits) -> _Deadline:
        now = time.monotonic()
        return cls(connect=now + min(limits.connect, limits.total), total=now + limits.total)


_deadline: ContextVar[_Deadline] = ContextVar("_deadline")


def _seconds_until(moment: float, timeout: type[httpcore.TimeoutException]) -> float:
    seconds = moment - time.monotonic()
    if seconds <= 0:
        raise timeout("the time for the whole call is over")
    return seconds


class _BoundedStream(httpcore.NetworkStream):
    """Gives each read and write what is left of the call's time, so that no peer stretches it by sending slowly."""

    _PIECE = 64 * 1024

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _seconds_until(_deadline.get().total, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        for start in range(0, len(buffer), self._PIECE):
            piece = buffer[start : start + self._PIECE]
            self._stream.write(piece, _seconds_until(_deadline.get().total, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        seconds = _seconds_until(_deadline.get().connect, httpcore.ConnectTimeout)
        return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _BoundedBackend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _seconds_until(_deadline.get().connect, httpcore.ConnectTimeout)
        return _BoundedStream(self._backend.connect_tcp(host, port, seconds, local_address, socket_options))


class _BoundedTransport(httpx.HTTPTransport):
    """httpx's own, over a pool whose streams keep the deadline; httpx has no option for that."""

    def __init__(self, *, context: ssl.SSLContext, proxy: httpx.Proxy | None) -> None:
        options: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": None,
            "keepalive_expiry": _KEEP_ALIVE_SECONDS,
            "network_backend": _BoundedBackend(),
        }
        if proxy is None:
            self._pool = httpcore.ConnectionPool(**options)
        else:
            self._pool = httpcore.HTTPProxy(proxy_url=str(proxy.url), proxy_auth=proxy.raw_auth, **options)


def _proxy_for(endpoint: Endpoint) -> httpx.Proxy | None:
    if not endpoint.is_tls or proxy_bypass(endpoint.host):
        return None
    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all")
    if not url:
        return None
    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx.InvalidURL):
        proxy = None
    if proxy is None or proxy.url.scheme not in {"http", "https"}:
        raise SettingsError(
            where="proxy of the environment",
            why="HTTPS_PROXY (or ALL_PROXY) is not the address of an HTTP proxy",
            remedy="Correct it, or add the API's host to NO_PROXY.",
        )
    return proxy
