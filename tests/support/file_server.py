# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HTTP server on loopback for validation files, by host name."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

VALIDATION_PATH = "/.well-known/pki-validation/certum.txt"


class FileServer:
    """Serves bodies at the validation path of each name; ``redirect`` sends a name elsewhere."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._redirects: dict[str, str] = {}
        self.requests: list[tuple[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.serve(self)

            def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the base class's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def address(self) -> str:
        """Return ``127.0.0.1:PORT``, for ``--resolve``."""
        return f"127.0.0.1:{self._server.server_port}"

    def put(self, name: str, body: str | bytes) -> None:
        """Set the body of ``name``."""
        self._bodies[name] = body.encode() if isinstance(body, str) else body

    def redirect(self, name: str, url: str) -> None:
        """Redirect ``name``."""
        self._redirects[name] = url

    def clear(self) -> None:
        """Remove all bodies and redirects."""
        self._bodies.clear()
        self._redirects.clear()
        self.requests.clear()

    def body(self, name: str) -> bytes | None:
        """Return the body of a name; the CA asks for all names of an order at once."""
        return self._bodies.get(name)

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        name = handler.headers.get("Host", "").rpartition(":")[0] or handler.headers.get("Host", "")
        self.requests.append((name, handler.path))
        body = self.body(name) if handler.path == VALIDATION_PATH else None
        if name in self._redirects:
            handler.send_response(302)
            handler.send_header("Location", self._redirects[name])
            body = b""
        else:
            handler.send_response(404 if body is None else 200)
        handler.send_header("Content-Length", str(len(body or b"")))
        handler.end_headers()
        handler.wfile.write(body or b"")

    def __enter__(self) -> FileServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
