# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The address of the Partner API: GET returns the WSDL, POST takes a request."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from email.message import Message

from lxml import etree
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from certum_sandbox.dialect import Switch
from certum_sandbox.service import Reply, Service, fault_reply
from certum_sandbox.soap.parse import UnknownCharset, parse_envelope
from certum_sandbox.soap.soap_fault import SoapFault
from certum_sandbox.soap.wsdl import render_wsdl
from certum_sandbox.web.body import LONGEST_BODY, BodyTooBig, read_body
from certum_sandbox.web.connections import DroppedResponse, TruncatedResponse
from certum_sandbox.web.planned_faults import Effect, FaultPlan, PlannedFault, When

SERVICE_PATH = "/service/PartnerApi.wsdl"
_XML = "text/xml; charset=utf-8"
_BIG = 1024 * 1024


def _respond(reply: Reply) -> Response:
    return Response(reply.body, reply.status, media_type=_XML)


def _content_type(header: str) -> tuple[str, str | None]:
    """Return the media type and the charset, in lower case."""
    message = Message()
    message["Content-Type"] = header
    return header.partition(";")[0].strip().lower(), message.get_content_charset() or None


def _unsupported(reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return HTTP 415. The connection closes, because the body may be unread."""
    return PlainTextResponse(reason, 415, {"Connection": "close", **(headers or {})})


def _broken_response(fault: PlannedFault, reply: Reply | None) -> Response:
    """Return the broken response that the effect of a fault produces."""
    match fault.effect:
        case Effect.DROP:
            return DroppedResponse()
        case Effect.HTTP_500:
            return PlainTextResponse("Internal Server Error", 500)
        case Effect.HTTP_503:
            return PlainTextResponse("Service Unavailable", 503)
        case Effect.TRUNCATE:
            whole = reply or fault_reply(SoapFault("cut short"))
            return TruncatedResponse(whole.body, whole.status, media_type=_XML)
        case _:
            return Response(b"<html><body>\x00 502 <b>Bad Gateway", 200, media_type=_XML)


async def _apply_fault(fault: PlannedFault | None, reply: Reply | None) -> Response | None:
    """Carry out a fault and return the broken response, or None if the call continues normally."""
    if fault is None:
        return None
    if fault.effect is Effect.EXIT:
        os.kill(os.getpid(), signal.SIGKILL)
    await asyncio.sleep(fault.seconds)
    return None if fault.effect is Effect.DELAY else _broken_response(fault, reply)


class Endpoint:
    """The handlers of the Partner API. ``url`` is its address for clients."""

    def __init__(self, service: Service, faults: FaultPlan, url: str) -> None:
        self._service = service
        self._faults = faults
        self._wsdl = render_wsdl(url, service.dialect)

    async def get(self, _request: Request) -> Response:
        """Return the WSDL."""
        return Response(self._wsdl, media_type=_XML)

    async def post(self, request: Request) -> Response:
        """Answer one request."""
        dialect = self._service.dialect
        content_type, charset = _content_type(request.headers.get("content-type", ""))
        if content_type != "text/xml":
            return _unsupported("SOAP 1.1 requires Content-Type: text/xml")
        coding = request.headers.get("content-encoding", "").strip().lower()
        if coding not in {"", "identity"} and dialect[Switch.COMPRESSED_REQUESTS] == "415":
            return _unsupported("requests must not be compressed", {"Accept-Encoding": "identity"})
        if dialect[Switch.HTTP_CHARSET] == "ignored":
            charset = None
        try:
            body = await read_body(request)
        except BodyTooBig:
            return PlainTextResponse(f"more than {LONGEST_BODY} bytes", 413, {"Connection": "close"})
        return await self._answer(body, charset, request.headers.get("soapaction"))

    async def _answer(self, body: bytes, charset: str | None, soap_action: str | None) -> Response:
        try:
            if len(body) > _BIG:
                element = await run_in_threadpool(parse_envelope, body, charset)
            else:
                element = parse_envelope(body, charset)
        except UnknownCharset as unknown:
            return _unsupported(str(unknown))
        except SoapFault as fault:
            self._service.log_fault("", str(fault))
            return _respond(fault_reply(fault))
        return await self._call(etree.QName(element).localname, element, soap_action)

    async def _call(self, operation: str, element: etree._Element, soap_action: str | None) -> Response:
        try:
            self._service.check_action(operation, soap_action)
        except SoapFault as fault:
            self._service.log_fault(operation, str(fault))
            return _respond(fault_reply(fault))
        fault_before = self._faults.take(operation, When.BEFORE)
        if fault_before is not None and fault_before.effect is Effect.ERROR:
            return _respond(self._service.refuse(operation, fault_before.code))
        spoiled = await _apply_fault(fault_before, None)
        if spoiled is not None and fault_before is not None:
            self._service.log_fault(operation, f"{fault_before.effect} before")
            return spoiled
        reply = self._service.answer(element)
        return await _apply_fault(self._faults.take(operation, When.AFTER), reply) or _respond(reply)
