# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page for people, and the page behind the link in a mail."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from certum_sandbox.backend import Backend
from certum_sandbox.iso8601 import format_moment
from certum_sandbox.model import Order, OrderState, VerificationState
from certum_sandbox.progress import PENDING, record_proofs, settle
from certum_sandbox.proof.announce import CONFIRM_PATH
from certum_sandbox.proof.instructions import expectation
from certum_sandbox.store.mails import Confirmation

_SHOWN = 200
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


def _waits_for(order: Order) -> str:
    if order.state not in PENDING:
        return ""
    open_states = {VerificationState.REQUIRED, VerificationState.FAILED}
    lines = [f"{v.type} {v.state}" for v in order.verifications if v.state in open_states]
    for proof in order.names:
        if proof.state is not VerificationState.VERIFIED:
            lines.append(f"{proof.name}: {expectation(order, proof.name)}{f' ({proof.info})' if proof.info else ''}")
        lines += [f"{proof.name}: {method}: {info}" for method, info in proof.failing.items()]
    return "<br>".join(f"<code>{escape(line)}</code>" for line in lines)


def _order_row(order: Order) -> str:
    cells = [order.order_id, order.customer, order.product_code, order.state, format_moment(order.created)]
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + f"<td>{_waits_for(order)}</td></tr>"


class Pages:
    """HTML, nothing that a test should read."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/", self._front, methods=["GET"]),
            Route(CONFIRM_PATH, self._ask, methods=["GET"]),
            Route(CONFIRM_PATH, self._confirm, methods=["POST"]),
        ]

    async def _front(self, _request: Request) -> Response:
        orders = "".join(map(_order_row, self._backend.orders.all(limit=_SHOWN, newest_first=True)))
        mails = ""
        for mail in reversed(list(self._backend.outbox.all(limit=_SHOWN))):
            links = " ".join(f'<a href="{escape(link)}">open the link</a>' for link in mail["links"])
            mails += (
                f"<tr><td>{escape(mail['sent'])}</td><td>{escape(mail['to'])}</td>"
                f"<td>{escape(mail['subject'])}<pre>{escape(mail['body'])}</pre>{links}</td></tr>"
            )
        return _html(
            "certum-sandbox",
            f"<p>A Partner API for tests. Its clock says {format_moment(self._backend.clock.now())}.</p>"
            "<h2>Orders</h2><table><tr><th>order<th>customer<th>product<th>state<th>placed<th>waits for</tr>"
            f"{orders}</table><h2>Mails</h2><table><tr><th>sent<th>to<th>mail</tr>{mails}</table>",
        )

    def _find(self, token: str) -> tuple[Confirmation | None, Order | None]:
        """What a link proves, and its order if the link still counts."""
        confirmation = self._backend.outbox.find_confirmation(token)
        order = self._backend.orders.find(confirmation.order_id) if confirmation else None
        if confirmation is None or order is None or order.code != confirmation.code or order.state not in PENDING:
            return confirmation, None
        return confirmation, order

    async def _ask(self, request: Request) -> Response:
        """Opening a link proves nothing yet: mail scanners open links too."""
        confirmation, order = self._find(request.query_params.get("verificationId", ""))
        if confirmation is None or order is None:
            return _html("This link does not count any more", "<p>The order is finished or uses a newer code.</p>", 410)
        return _html(
            f"Confirm {confirmation.name}",
            f"<p>Order {escape(order.order_id)} asks for a certificate for {escape(confirmation.name)}.</p>"
            f'<form method="post"><input type="hidden" name="verificationId" value="{escape(confirmation.token)}">'
            "<button>Confirm</button></form>",
        )

    async def _confirm(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        token = form.get("verificationId", [request.query_params.get("verificationId", "")])[0]
        backend = self._backend
        with backend.database.transaction():
            confirmation, order = self._find(token)
            if confirmation is None or order is None:
                return _html("This link does not count any more", "<p>Nothing was confirmed.</p>", 410)
            now = backend.clock.now()
            order = record_proofs(order, {confirmation.name: None}, now, backend.reuse)
            order = settle(order, now) if order.state is OrderState.VERIFICATION else order
            backend.orders.save(order)
        backend.work.put(order.order_id)
        return _html(f"{confirmation.name} is confirmed", "<p>You can close this page.</p>")
