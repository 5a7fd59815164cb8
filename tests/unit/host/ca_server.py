# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A web server on loopback with prepared answers about certificates."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.support.loopback_server import LoopbackServer, SilentHandler

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler


class CaServer(LoopbackServer):
    """Answers with the bytes in ``content``, else 404. Paths in ``moved`` redirect, paths in ``silent`` wait."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self._over = threading.Event()
        server = self

        class Handler(SilentHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def do_GET(self) -> None:
                server._answer(self)

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.asked.append(f"{handler.command} {path}")
        if path in self.silent:
            self._over.wait()
            return
        content = self.content.get(path, b"")
        handler.send_response(302 if path in self.moved else 200 if path in self.content else 404)
        if path in self.moved:
            handler.send_header("Location", self.moved[path])
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def __exit__(self, *error: object) -> None:
        self._over.set()
        super().__exit__(*error)
