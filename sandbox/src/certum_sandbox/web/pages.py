# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML pages: the status page, and the confirmation page of a link in a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from certum_sandbox.backend import Backend
from certum_sandbox.iso8601 import parse_moment
from certum_sandbox.model import Order, VerificationState
from certum_sandbox.store.outbox import Confirmation
from certum_sandbox.transitions import PENDING, accept_if_verified, confirm_mailbox, record_validations
from certum_sandbox.validation.instructions import expectation
from certum_sandbox.validation.notifications import CONFIRM_PATH, MAILBOX_PATH
from certum_sandbox.web.body import read_body
from certum_sandbox.web.endpoint import SERVICE_PATH

_SHOWN = 200
_LONGEST_FORM = 64 * 1024
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;"
    "border-bottom:1px solid #ddd}code{overflow-wrap:anywhere}pre{white-space:pre-wrap}"
    "button{font:inherit;padding:.4rem 1rem}"
)


def _html(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}',
        status,
        {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"},
    )


def _readable(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _invalid_link(result: str) -> HTMLResponse:
    reason = "The order is finished, the link was used or has expired, or a newer mail has another link."
    return _html("This link is no longer valid", f"<p>{escape(result)}{reason}</p>", 410)


def _pending_checks(order: Order) -> str:
    if order.state not in PENDING:
        return ""
    open_states = {VerificationState.REQUIRED, VerificationState.FAILED}
    lines = [f"{v.type} {v.state}" for v in order.verifications if v.state in open_states]
    for name in order.names:
        if name.state is not VerificationState.VERIFIED:
            lines.append(f"{name.name}: {expectation(order, name.name)}{f' ({name.info})' if name.info else ''}")
        lines += [f"{name.name}: {method}: {info}" for method, info in name.failing.items()]
    return "<br>".join(f"<code>{escape(line)}</code>" for line in lines)


@dataclass(frozen=True)
class _Link:
    """A link in a mail, its order, and the function that confirms it."""

    order: Order
    confirmation: Confirmation
    confirm: Callable[[Order, datetime], Order]


class Pages:
    """The handlers of the HTML pages. Tests read the control API instead."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def home_routes(self) -> list[Route]:
        """Return the route of the status page."""
        return [Route("/", self._home, methods=["GET"])]

    def link_routes(self) -> list[Route]:
        """Return the routes of the links in mails. As at the real CA, a link works from anywhere."""
        return [
            *(Route(path, self._show_confirmation, methods=["GET"]) for path in (CONFIRM_PATH, MAILBOX_PATH)),
            *(Route(path, self._confirm, methods=["POST"]) for path in (CONFIRM_PATH, MAILBOX_PATH)),
        ]

    def _certificates(self, order: Order, now: datetime) -> str:
        issued = [each.certificate for each in self._backend.orders.entries(order.order_id) if each.certificate]
        lines = [f"{c.serial_number} {c.status(now)} until {_readable(c.not_after)}" for c in issued]
        lines += [
            f"{document.type}: {document.description} ({', '.join(file.name for file in document.files)})"
            for document in self._backend.documents.of_order(order.order_id)
        ]
        return "<br>".join(f"<code>{escape(line)}</code>" for line in lines)

    def _order_row(self, order: Order, now: datetime) -> str:
        product = self._backend.catalogue.get(order.product_code)
        texts = [order.order_id, order.customer, product.title, order.state, _readable(order.created)]
        cells = [*map(escape, texts), _pending_checks(order), self._certificates(order, now)]
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"

    def _mail_row(self, mail: dict[str, Any]) -> str:
        links = " ".join(f'<a href="{escape(link)}">open the link</a>' for link in mail["links"])
        return (
            f"<tr><td>{_readable(parse_moment(mail['sent']))}</td><td>{escape(mail['to'])}</td>"
            f"<td>{escape(mail['subject'])}<pre>{escape(mail['body'])}</pre>{links}</td></tr>"
        )

    async def _home(self, _request: Request) -> Response:
        now = self._backend.clock.now()
        orders = (self._order_row(order, now) for order in self._backend.orders.all(limit=_SHOWN, newest_first=True))
        mails = map(self._mail_row, reversed(list(self._backend.outbox.all(limit=_SHOWN))))
        wsdl = self._backend.base_url + SERVICE_PATH
        return _html(
            "certum-sandbox",
            f"<p>A local copy of Certum's Partner API, for tests. Its WSDL: <code>{escape(wsdl)}</code>. "
            f"Its clock: {_readable(now)} UTC.</p><h2>Orders</h2>"
            "<table><tr><th>order<th>customer<th>product<th>state<th>placed (UTC)<th>pending checks"
            "<th>certificates and documents</tr>"
            f"{''.join(orders)}</table><h2>Mails</h2>"
            f"<table><tr><th>sent (UTC)<th>to<th>mail</tr>{''.join(mails)}</table>",
        )

    def _find_link(self, token: str) -> _Link | None:
        """Return the link with this token if it is still valid, else None."""
        confirmation = self._backend.outbox.find_confirmation(token)
        order = self._backend.orders.find(confirmation.order_id) if confirmation else None
        if confirmation is None or order is None or order.state not in PENDING:
            return None
        mailbox = order.mailbox
        if mailbox is not None and mailbox.token == token:
            is_valid = mailbox.verified is None and self._backend.clock.now() < mailbox.link_expires
            return _Link(order, confirmation, confirm_mailbox) if is_valid else None
        return (
            _Link(order, confirmation, self._confirm_name(confirmation.name))
            if order.code == confirmation.code
            else None
        )

    def _confirm_name(self, name: str) -> Callable[[Order, datetime], Order]:
        return lambda order, now: record_validations(order, {name: None}, now, self._backend.validation_reuse)

    async def _show_confirmation(self, request: Request) -> Response:
        """Show the button of a link. Opening the link confirms nothing, because mail scanners open links too."""
        link = self._find_link(request.query_params.get("verificationId", ""))
        if link is None:
            return _invalid_link("")
        name, order_id = link.confirmation.name, link.order.order_id
        return _html(
            f"Confirm {name}",
            f"<p>Order {escape(order_id)} requests a certificate for {escape(name)}.</p>"
            f'<form method="post"><input type="hidden" name="verificationId" value="{escape(link.confirmation.token)}">'
            "<button>Confirm</button></form>",
        )

    async def _confirm(self, request: Request) -> Response:
        form = parse_qs((await read_body(request, _LONGEST_FORM)).decode("utf-8", "replace"))
        token = form.get("verificationId", [request.query_params.get("verificationId", "")])[0]
        backend = self._backend
        with backend.database.transaction():
            link = self._find_link(token)
            if link is None:
                return _invalid_link("Nothing was confirmed. ")
            now = backend.clock.now()
            backend.orders.save(accept_if_verified(link.confirm(link.order, now), now))
        backend.work.put(link.order.order_id)
        return _html(f"{link.confirmation.name} is confirmed", "<p>You can close this page.</p>")
