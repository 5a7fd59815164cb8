# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that keep the deadline of a whole call.

Private to the collection. httpx limits each single read, so a peer that sends a byte now and then can prolong a call
without end. Here each read and write gets the time that is left for the whole call.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._third_party.controller_packages import httpcore, httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

_KEEP_ALIVE_SECONDS = 3.0
"""Shorter than the keep-alive time of servers (5 s is common), so no request is sent into a closing connection."""
_PIECE = 64 * 1024


@dataclass(frozen=True)
class TimeLimits:
    """Seconds for the connection, and for a whole call: connecting, sending, waiting, receiving.

    Name resolution is the one part that cannot be limited here; the system's resolver has its own timeout.
    """

    connect: float = 30.0
    total: float = 120.0


@dataclass(frozen=True)
class _Deadline:
    connect: float
    total: float


_deadline: ContextVar[_Deadline] = ContextVar("_deadline")


@contextmanager
def time_limited(limits: TimeLimits) -> Iterator[None]:
    """Limit this thread's calls through a BoundedTransport; a call that exceeds it raises httpx.TimeoutException."""
    now = time.monotonic()
    token = _deadline.set(_Deadline(connect=now + min(limits.connect, limits.total), total=now + limits.total))
    try:
        yield
    finally:
        _deadline.reset(token)


class BoundedTransport(httpx.HTTPTransport):
    """The transport of httpx over a pool whose streams keep the deadline; httpx has no option for that."""

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


class _BoundedBackend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the call's deadline decides
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _seconds_until(_deadline.get().connect, httpcore.ConnectTimeout)
        return _BoundedStream(self._backend.connect_tcp(host, port, seconds, local_address, socket_options))


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _seconds_until(_deadline.get().total, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
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


def _seconds_until(moment: float, timeout: type[httpcore.TimeoutException]) -> float:
    seconds = moment - time.monotonic()
    if seconds <= 0:
        raise timeout("the time is over")
    return seconds
