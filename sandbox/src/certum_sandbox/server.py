# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP server process: sockets, TLS, the ready line, signals."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import sys
import warnings
from functools import partial

import uvicorn
from starlette.applications import Starlette

from certum_sandbox.backend import open_backend
from certum_sandbox.ca.https_certificate import server_context
from certum_sandbox.settings import Address, Settings
from certum_sandbox.web.app import make_app, make_repository
from certum_sandbox.web.connections import TrackedProtocol
from certum_sandbox.web.endpoint import SERVICE_PATH

_GRACE_SECONDS = 3


class _Server(uvicorn.Server):
    """A server that prints the ready line on stdout. ``plain`` maps sockets without TLS to their applications."""

    def __init__(self, config: uvicorn.Config, ready: dict[str, object], plain: dict[socket.socket, Starlette]) -> None:
        super().__init__(config)
        self._ready = ready
        self._plain = plain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener, app in self._plain.items():
            protocol = partial(TrackedProtocol, _configuration(app), self.server_state, {})
            self.servers.append(await asyncio.get_running_loop().create_server(protocol, sock=listener))
        if not self.should_exit:
            print(json.dumps(self._ready), flush=True)


def _bind(address: Address) -> socket.socket:
    """Return a socket bound to the address. The OSError of a failure names the address."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets whose protocol is given explicitly.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{address}: {error.strerror}") from error
    return listener


def _url(scheme: str, address: Address, listener: socket.socket) -> str:
    return f"{scheme}://{Address(address.host, listener.getsockname()[1])}"


def _configuration(app: Starlette) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
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
    return config


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raise OSError if the address is not available."""
    # After its shutdown uvicorn raises the signal again. These handlers keep it from ending the process too early.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # cryptography warns of overlong names in requests; the caller gets an error code for them.
    warnings.filterwarnings("ignore", message="Attribute's length", category=UserWarning)
    listener = _bind(settings.listen)
    plain = _bind(settings.repository_address) if settings.tls else None
    base_url = _url("https" if settings.tls else "http", settings.listen, listener)
    repository_url = _url("http", settings.repository_address, plain) if plain else base_url
    backend = open_backend(settings, base_url, repository_url=repository_url)
    config = _configuration(make_app(backend))
    if settings.tls:
        config.ssl = server_context(settings.data, (settings.listen.host, *settings.allowed_hosts))
    ready: dict[str, object] = {"ready": True, "url": base_url + SERVICE_PATH}
    if settings.tls:
        ready["ca"] = str(settings.data / "tls-ca.pem")
    ready |= {"root": str(settings.data / "root.pem"), "repository": repository_url}
    _Server(config, ready, {plain: make_repository(backend)} if plain else {}).run(sockets=[listener])
    backend.database.close()
