# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HTTP server on loopback for validation files, by host name."""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

from .loopback_server import LoopbackServer, SilentHandler

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

VALIDATION_PATH = "/.well-known/pki-validation/certum.txt"


class FileServer(LoopbackServer):
    """Serves bodies at the validation path of each name; ``redirect`` sends a name elsewhere."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._redirects: dict[str, str] = {}
        self.requests: list[tuple[str, str]] = []
        server = self

        class Handler(SilentHandler):
            def do_GET(self) -> None:
                server.serve(self)

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

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
