# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An HTTP proxy that opens tunnels (CONNECT), and counts them."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer

from .loopback_server import LoopbackServer, SilentHandler

SECONDS = 60


class TunnelProxy(LoopbackServer):
    """Listens on a port of loopback while the context lasts. ``targets`` are the addresses of all tunnels."""

    def __init__(self, port: int) -> None:
        self.targets: list[str] = []
        proxy = self

        class Handler(SilentHandler):
            def do_CONNECT(self) -> None:
                proxy.targets.append(self.path)
                host, _colon, number = self.path.rpartition(":")
                with socket.create_connection((host, int(number)), timeout=SECONDS) as server:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=_copy, args=(server, self.connection), daemon=True)
                    back.start()
                    _copy(self.connection, server)
                    back.join(SECONDS)
                self.close_connection = True

        super().__init__(ThreadingHTTPServer(("127.0.0.1", port), Handler))


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Pass on what one side sends, until it ends."""
    with suppress(OSError):  # either side may be gone first
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
