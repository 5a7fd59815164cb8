# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands before a server, writes down every exchange with it, and breaks one of them."""

from __future__ import annotations

import socketserver
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.chaos.points import LATER

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.chaos.points import ExchangePoint

POLL = 0.05
CHUNK = 65536


class Gate(ABC):
    """A server in front of another one. Each connection has one exchange: a request and its answer.

    ``calls`` are the requests since the last ``clear``, in their order.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._point: ExchangePoint | None = None
        self._lock = threading.Lock()
        self._met = threading.Event()
        self._server: socketserver.TCPServer | None = None

    def start(self, make: Callable[[type[socketserver.BaseRequestHandler]], socketserver.TCPServer]) -> None:
        """Serve with the server that is made, in threads of this process."""
        gate = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.settimeout(LATER)
                with suppress(OSError):
                    gate.serve(self.request)

        self._server = make(Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True).start()

    @property
    def address(self) -> Any:
        """Return the address at which it listens."""
        assert self._server is not None
        return self._server.socket.getsockname()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def clear(self) -> None:
        """Forget the calls."""
        self.calls = []

    def break_at(self, point: ExchangePoint) -> None:
        """Break the exchange of a point, counted from now."""
        self.clear()
        self._met.clear()
        self._point = point

    def is_met(self) -> bool:
        """Return whether the exchange was broken."""
        return self._met.is_set()

    def mend(self) -> bool:
        """Break nothing any more; return whether the exchange was broken."""
        self._point = None
        return self.is_met()

    def serve(self, client: socket.socket) -> None:
        """Serve one connection."""
        request = self._read(client)
        if not request:
            return
        point = self._count(self._words(request))
        answer = b"" if point and point.when == "before" else self._ask(request)
        if point is None:
            client.sendall(answer)
            return
        self._met.set()
        if point.waits:
            while client.recv(CHUNK):  # until the client gives up, or dies
                pass
        elif point.effect != "drop":
            client.sendall(self._bad_answer(request, point.effect))

    def _count(self, words: str) -> ExchangePoint | None:
        with self._lock:
            number = len(self.calls)
            self.calls.append(words)
        return self._point if self._point and self._point.at == number else None

    @abstractmethod
    def _read(self, client: socket.socket) -> bytes:
        """Return a whole request, empty if the client closes before."""

    @abstractmethod
    def _words(self, request: bytes) -> str:
        """Return the request in words, without secrets. The first word is the same for all that change something."""

    @abstractmethod
    def _ask(self, request: bytes) -> bytes:
        """Return the answer of the server."""

    @abstractmethod
    def _bad_answer(self, request: bytes, effect: str) -> bytes:
        """Return an answer that is no success."""
