# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certificates point at: issuer certificates and revocation lists."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from certum_sandbox.backend import Backend
from certum_sandbox.ca.hierarchy import KeyType


class Repository:
    """The CA's public files."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/repository/{kind}-issuing.cer", self._issuer, methods=["GET"]),
            Route("/repository/{kind}.crl", self._crl, methods=["GET"]),
        ]

    async def _issuer(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in {each.value for each in KeyType}:
            return PlainTextResponse("no such authority", 404)
        return Response(self._backend.authority.issuer_der(KeyType(kind)), media_type="application/pkix-cert")

    async def _crl(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in {each.value for each in KeyType}:
            return PlainTextResponse("no such authority", 404)
        crl = self._backend.authority.crl(KeyType(kind), (), self._backend.clock.now())
        return Response(crl, media_type="application/pkix-crl")
