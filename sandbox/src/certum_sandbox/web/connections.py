# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses that break the connection on purpose, which needs more than ASGI."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORTS: dict[tuple[str, int], asyncio.Transport] = {}


class TrackedProtocol(H11Protocol):
    """An HTTP protocol that registers the transport of each open connection by its peer's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is not None:
            _TRANSPORTS[self.client] = transport

    def shutdown(self) -> None:
        """Close an idle connection at once. An orderly TLS shutdown would wait for an idle peer."""
        super().shutdown()
        cycle: Any = self.cycle  # None before the first request, against its annotation
        if cycle is None or cycle.response_complete:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            _TRANSPORTS.pop(self.client, None)
        super().connection_lost(exc)


def _transport(scope: Scope) -> asyncio.Transport | None:
    client: Any = scope.get("client")
    return None if client is None else _TRANSPORTS.get((client[0], client[1]))


async def _wait_for_end(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class DroppedResponse(Response):
    """A response that closes the connection and sends no byte."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        transport = _transport(scope)
        if transport is not None:
            transport.abort()
            await _wait_for_end(receive)


class TruncatedResponse(Response):
    """A response that declares the length of the whole body, sends half of it and closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self.body)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        transport = _transport(scope)
        if transport is not None:
            transport.close()
            await _wait_for_end(receive)
