# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The FILE method: fetch ``certum.txt`` over plain HTTP (lifecycle.md 4.1)."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import httpx

from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.hostnames import as_address
from certum_sandbox.settings import Resolutions
from certum_sandbox.validation.instructions import FILE_PATH, file_body

_SECONDS = 10.0
_LONGEST_BODY = 4096
_REDIRECTS = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS = 3


def _shown(body: bytes) -> str:
    text = body[:80].decode("utf-8", "replace")
    return repr(text) + ("..." if len(body) > 80 else "")


class FileFetcher:
    """An HTTP client for validation files. Names without an entry in ``resolutions`` are fetched from their port 80."""

    def __init__(self, resolutions: Resolutions, dialect: Dialect) -> None:
        self._resolutions = resolutions
        self._dialect = dialect
        # The client uses plain HTTP only, so it need not read a certificate store.
        self._client = httpx.AsyncClient(
            timeout=_SECONDS, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def check(self, *, name: str, code: str) -> str | None:
        """Return None if the file validates ``name``, else the problem with the URL."""
        host = f"[{name}]" if ":" in name and as_address(name) else name
        url = f"http://{host}{FILE_PATH}"
        try:
            status, body = await self._fetch(url, _MOST_REDIRECTS)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return f"{url} cannot be fetched: {str(error) or type(error).__name__}"
        if status != 200:
            return f"{url} answered HTTP {status}, expected 200 with {file_body(code)}"
        if self._dialect[Switch.FILE_NEWLINE] == "tolerated":
            body = body.rstrip(b"\r\n")
        if body == file_body(code).encode():
            return None
        return f"{url} holds {_shown(body)}, expected exactly {file_body(code)!r}"

    async def _fetch(self, url: str, redirects_left: int) -> tuple[int, bytes]:
        parts = urlsplit(url)
        name = parts.hostname or ""
        address = self._resolutions.find(name)
        asked = url if address is None else f"http://{address}{parts.path}"
        async with self._client.stream("GET", asked, headers={"Host": parts.netloc}) as response:
            target = response.headers.get("location", "")
            follow = self._dialect[Switch.REDIRECTS] == "followed" and response.status_code in _REDIRECTS
            if not follow or not redirects_left or not target.startswith("http://"):
                return response.status_code, await self._read(response)
        return await self._fetch(target, redirects_left - 1)

    @staticmethod
    async def _read(response: httpx.Response) -> bytes:
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > _LONGEST_BODY:
                break
        return body
