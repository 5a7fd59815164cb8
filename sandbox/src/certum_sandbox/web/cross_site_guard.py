# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A guard that refuses requests which another web page in a browser on this machine may have sent.

Such a page can send requests to any address that the browser reaches. It can read the responses if its own name
resolves to that address (DNS rebinding). The browser sends the name in Host, and the page in Origin and Sec-Fetch-Site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from certum_sandbox.hostnames import as_address

_AUTHORITY = re.compile(r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]+)\]|(?P<plain>[A-Za-z0-9._-]+))(?::(?P<port>\d{1,5}))?")
_PORTS = {"http": 80, "https": 443}
_OWN_PAGES = ("same-origin", "none")


class Guard:
    """A guard that knows the allowed host names of the control API and the status page.

    These are loopback addresses, ``localhost``, the host of ``--listen``, the local address of the connection, and
    ``--allowed-host``. The guard does not compare ports, because an SSH tunnel may start at another one.
    """

    def __init__(self, listen_host: str, allowed_hosts: Iterable[str] = ()) -> None:
        self._names = frozenset(map(_canonical, ("localhost", listen_host, *allowed_hosts)))

    def refusal(self, headers: Headers, scheme: str, local_address: str | None) -> str | None:
        """Return the reason and the remedy if the request is refused, else None."""
        host = headers.get("host", "")
        if not self._is_ours(_name(host), local_address):
            return (
                f"This sandbox does not accept the host name in the Host header of this request: {host!r}. "
                "Use localhost or the address of --listen, or start certum-sandbox with --allowed-host NAME."
            )
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if site not in _OWN_PAGES or (origin is not None and _origin(origin) != _origin(f"{scheme}://{host}")):
            return (
                f"This request comes from another web page (Origin: {origin}, Sec-Fetch-Site: {site}). "
                "Type the address of this page into the address bar of the browser, or use a command such as curl."
            )
        return None

    def _is_ours(self, name: str | None, local_address: str | None) -> bool:
        if name is None:
            return False
        address = as_address(name)
        if address is not None and address.is_loopback:
            return True
        return name in self._names or (local_address is not None and name == _canonical(local_address))


class GuardedApp:
    """An ASGI application behind a guard. A refused request gets HTTP 403."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        local = scope.get("server")
        words = self._guard.refusal(Headers(scope=scope), scope["scheme"], local[0] if local else None)
        answer = self._app if words is None else _forbidden(words, scope["path"])
        await answer(scope, receive, send)


def guarded(routes: Iterable[Route], guard: Guard) -> list[BaseRoute]:
    """Return the routes behind a guard."""
    found: list[BaseRoute] = []
    for route in routes:
        route.app = GuardedApp(route.app, guard)
        found.append(route)
    return found


def _forbidden(words: str, path: str) -> Response:
    return JSONResponse({"error": words}, 403) if path.startswith("/sandbox/") else PlainTextResponse(words, 403)


def _canonical(name: str) -> str:
    """Return the canonical form of a name or an address. An IPv4-mapped IPv6 address becomes the IPv4 address."""
    address = as_address(name)
    if address is None:
        return name.lower().rstrip(".")
    return str(getattr(address, "ipv4_mapped", None) or address)


def _name(authority: str) -> str | None:
    """Return the canonical host of ``HOST`` or ``HOST:PORT``, or None for anything else."""
    found = _AUTHORITY.fullmatch(authority)
    return _canonical(found["bracketed"] or found["plain"]) if found else None


def _origin(text: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an origin (RFC 6454 4), or None for anything else, such as ``null``."""
    scheme, dummy, authority = text.lower().partition("://")
    found, name = _AUTHORITY.fullmatch(authority), _name(authority)
    if scheme not in _PORTS or found is None or name is None:
        return None
    return scheme, name, int(found["port"] or _PORTS[scheme])
