# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API under ``/sandbox/``: read and change the state of the sandbox, as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from certum_sandbox.backend import Backend
from certum_sandbox.iso8601 import format_moment, parse_duration
from certum_sandbox.model import Entry, Order, OrderState, VerificationState, VerificationType
from certum_sandbox.transitions import (
    STAFF_REUSE,
    accept_if_verified,
    confirm_mailbox,
    record_validations,
    reject,
    set_verification,
)
from certum_sandbox.web.planned_faults import FaultPlan, PlannedFault

Handler = Callable[[Request], Awaitable[Response]]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else format_moment(moment)


def _show_entry(entry: Entry, now: datetime) -> dict[str, Any]:
    certificate = entry.certificate
    return {
        "serialNumber": certificate.serial_number if certificate else None,
        "publicKeySha256": entry.public_key_sha256,
        "reissue": entry.reissue,
        "status": certificate.status(now) if certificate else None,
        "notBefore": _moment(certificate.not_before if certificate else None),
        "notAfter": _moment(certificate.not_after if certificate else None),
    }


def show_order(order: Order, entries: Iterable[Entry], now: datetime) -> dict[str, Any]:
    """Return an order in the form of ``GET /sandbox/orders``."""
    return {
        "orderID": order.order_id,
        "customer": order.customer,
        "productCode": order.product_code,
        "state": order.state,
        "created": format_moment(order.created),
        "updated": format_moment(order.updated),
        "verifications": {v.type: v.state for v in order.verifications},
        "names": {n.name: n.state for n in order.names},
        "method": order.approver.method if order.approver else None,
        "code": order.code,
        "entries": [_show_entry(entry, now) for entry in entries],
    }


def _errors_as_json(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except UnknownOrder as error:
            return JSONResponse({"error": str(error)}, 404)
        except KeyError as error:
            return JSONResponse({"error": f"the key {error} is missing in the JSON of the request"}, 400)
        except (ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return guarded


class UnknownOrder(LookupError):  # noqa: N818 - the name of an event, not of an error class
    """No order has this id."""


class ControlApi:
    """The handlers of the control API."""

    def __init__(self, backend: Backend, faults: FaultPlan) -> None:
        self._backend = backend
        self._faults = faults

    def routes(self) -> list[Route]:
        """Return the routes."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/sandbox/orders", self._orders),
            ("GET", "/sandbox/calls", self._calls),
            ("DELETE", "/sandbox/calls", self._clear_calls),
            ("GET", "/sandbox/faults", self._faults_left),
            ("POST", "/sandbox/faults", self._add_fault),
            ("DELETE", "/sandbox/faults", self._clear_faults),
            ("POST", "/sandbox/orders/{order_id}/verifications", self._decide),
            ("POST", "/sandbox/orders/{order_id}/reject", self._reject),
            ("GET", "/sandbox/mails", self._mails),
            ("GET", "/sandbox/clock", self._clock),
            ("POST", "/sandbox/clock", self._advance),
        ]
        return [Route(path, _errors_as_json(handler), methods=[method]) for method, path, handler in table]

    async def _orders(self, request: Request) -> Response:
        """Return all orders, or the order that ``?orderID=`` names."""
        orders, wanted = self._backend.orders, request.query_params.get("orderID")
        now = self._backend.clock.now()
        if wanted is not None:
            order = orders.find(wanted)
            return JSONResponse([show_order(order, orders.entries(wanted), now)] if order else [])
        entries = orders.entries_by_order()
        return JSONResponse([show_order(order, entries.get(order.order_id, ()), now) for order in orders.all()])

    async def _calls(self, _request: Request) -> Response:
        return JSONResponse(list(self._backend.calls.all()))

    async def _clear_calls(self, _request: Request) -> Response:
        with self._backend.database.transaction():
            self._backend.calls.clear()
        return Response(status_code=204)

    async def _faults_left(self, _request: Request) -> Response:
        return JSONResponse([asdict(fault) for fault in self._faults.left()])

    async def _add_fault(self, request: Request) -> Response:
        self._faults.add(PlannedFault.parse(await request.json()))
        return Response(status_code=204)

    async def _clear_faults(self, _request: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    def _change(self, request: Request, change: Callable[[Order], Order]) -> Response:
        order_id = request.path_params["order_id"]
        with self._backend.database.transaction():
            order = self._backend.orders.find(order_id)
            if order is None:
                msg = f"no order {order_id}"
                raise UnknownOrder(msg)
            now = self._backend.clock.now()
            order = accept_if_verified(change(order), now)
            self._backend.orders.save(order)
            if order.state is OrderState.REJECTED:
                self._backend.orders.refuse_open_entries(order_id)
        self._backend.work.put(order_id)
        return JSONResponse(show_order(order, self._backend.orders.entries(order_id), now))

    async def _decide(self, request: Request) -> Response:
        """Set the state of one check, and accept the order if it was the last open check."""
        wanted = await request.json()
        kind = VerificationType("INTERNAL" if wanted["type"] == "SYSTEM" else wanted["type"])
        state = VerificationState(wanted["state"])
        now = self._backend.clock.now()
        expires = now + STAFF_REUSE if state is VerificationState.VERIFIED else None

        def decide(order: Order) -> Order:
            if kind is VerificationType.EMAIL and state is VerificationState.VERIFIED:
                return confirm_mailbox(order, now)
            if kind is VerificationType.DOMAIN and state is VerificationState.VERIFIED:
                return record_validations(order, dict.fromkeys(order.unvalidated), now, self._backend.validation_reuse)
            return set_verification(order, kind, state, expires)

        return self._change(request, decide)

    async def _reject(self, request: Request) -> Response:
        def refuse(order: Order) -> Order:
            if order.state is OrderState.ENROLLED:
                msg = f"order {order.order_id} already has its certificate; revoke it instead"
                raise ValueError(msg)
            return reject(order, self._backend.clock.now())

        return self._change(request, refuse)

    async def _mails(self, _request: Request) -> Response:
        return JSONResponse(list(self._backend.outbox.all()))

    async def _clock(self, _request: Request) -> Response:
        return JSONResponse({"now": format_moment(self._backend.clock.now())})

    async def _advance(self, request: Request) -> Response:
        wanted = await request.json()
        now = self._backend.clock.advance(parse_duration(str(wanted["advance"])))
        return JSONResponse({"now": format_moment(now)})
