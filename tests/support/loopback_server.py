# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the servers of tests on loopback share."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http.server import ThreadingHTTPServer
    from socketserver import ThreadingUDPServer
    from typing import Self

POLL_SECONDS = 0.01


class LoopbackServer:
    """Answers in threads of its own while the context lasts."""

    def __init__(self, server: ThreadingHTTPServer | ThreadingUDPServer) -> None:
        server.daemon_threads = True
        self._server = server

    @property
    def address(self) -> str:
        """Return ``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class SilentHandler(BaseHTTPRequestHandler):
    """Writes no log."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is http.server's
        pass
