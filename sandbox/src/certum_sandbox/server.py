# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serving: the socket, TLS, the ready line, signals."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import warnings

import uvicorn

from certum_sandbox.backend import open_backend
from certum_sandbox.ca.tls import server_context
from certum_sandbox.settings import Settings
from certum_sandbox.web.app import make_app
from certum_sandbox.web.connections import TrackedProtocol
from certum_sandbox.web.endpoint import SERVICE_PATH

_GRACE_SECONDS = 3


class _Server(uvicorn.Server):
    """Says on stdout when it serves."""

    def __init__(self, config: uvicorn.Config, ready: dict[str, object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            print(json.dumps(self._ready), flush=True)


def _bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.listen.host else socket.AF_INET
    # asyncio turns off the delay of small packets only where the protocol is named.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.listen.host, settings.listen.port))
    return listener


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. OSError if the address cannot be had."""
    # uvicorn raises the signal that stopped it once more; it has done its work by then.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # cryptography warns of overlong names in what callers send; they get an error code for it.
    warnings.filterwarnings("ignore", message="Attribute's length", category=UserWarning)
    listener = _bind(settings)
    host = f"[{settings.listen.host}]" if ":" in settings.listen.host else settings.listen.host
    base_url = f"{'https' if settings.tls else 'http'}://{host}:{listener.getsockname()[1]}"
    backend = open_backend(settings, base_url)
    config = uvicorn.Config(
        make_app(backend),
        http=TrackedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    config.load()
    if settings.tls:
        config.ssl = server_context(settings.data, settings.listen.host)
    ready: dict[str, object] = {"ready": True, "url": base_url + SERVICE_PATH}
    if settings.tls:
        ready["ca"] = str(settings.data / "tls-ca.pem")
    ready["root"] = str(settings.data / "root.pem")
    _Server(config, ready).run(sockets=[listener])
    backend.database.close()
