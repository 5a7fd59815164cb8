# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The public repository of the CA, whose addresses are in certificates: issuer certificates, CRL, OCSP."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from certum_sandbox.backend import Backend
from certum_sandbox.ca.hierarchy import KeyType
from certum_sandbox.ca.revocation_status import requested_serial_number
from certum_sandbox.web.body import BodyTooBig, read_body

_LONGEST_OCSP = 64 * 1024


class _KeyTypeConvertor(Convertor[KeyType]):
    regex = "|".join(KeyType)

    def convert(self, value: str) -> KeyType:
        return KeyType(value)

    def to_string(self, value: KeyType) -> str:
        return value


register_url_convertor("key_type", _KeyTypeConvertor())


class Repository:
    """The handlers of the repository. An unknown CA gets HTTP 404."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/repository/{kind:key_type}-issuing.cer", self._issuer, methods=["GET"]),
            Route("/repository/{kind:key_type}.crl", self._crl, methods=["GET"]),
            Route("/ocsp/{kind:key_type}", self._ocsp_by_post, methods=["POST"]),
            Route("/ocsp/{kind:key_type}/{request:path}", self._ocsp_by_get, methods=["GET"]),
        ]

    async def _issuer(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        return Response(self._backend.authority.issuer_der(kind), media_type="application/pkix-cert")

    async def _crl(self, request: Request) -> Response:
        now = self._backend.clock.now()
        revoked = [entry.certificate for entry in self._backend.orders.revoked_by(now) if entry.certificate]
        crl = self._backend.authority.crl(request.path_params["kind"], revoked, now)
        return Response(crl, media_type="application/pkix-crl")

    async def _ocsp_by_post(self, request: Request) -> Response:
        try:
            body = await read_body(request, _LONGEST_OCSP)
        except BodyTooBig:
            return PlainTextResponse(f"more than {_LONGEST_OCSP} bytes", 413, {"Connection": "close"})
        return self._ocsp(request.path_params["kind"], body)

    async def _ocsp_by_get(self, request: Request) -> Response:
        """Answer an OCSP request that is in base64 at the end of the path (RFC 6960 A.1)."""
        text = unquote(request.path_params["request"])
        try:
            asked = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            asked = b""
        return self._ocsp(request.path_params["kind"], asked)

    def _ocsp(self, kind: KeyType, asked: bytes) -> Response:
        serial_number = requested_serial_number(asked)
        entry = self._backend.orders.entry_by_serial(serial_number) if serial_number else None
        answer = self._backend.authority.ocsp(
            kind, asked, entry.certificate if entry else None, self._backend.clock.now()
        )
        return Response(answer, media_type="application/ocsp-response")
