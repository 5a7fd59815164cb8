# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Telling people what to do: the mails that belong to a verification code."""

from __future__ import annotations

import secrets

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.iso8601 import parse_duration
from certum_sandbox.model import Mailbox, Method, Order
from certum_sandbox.proof.instructions import expectation
from certum_sandbox.store.mails import Confirmation, Mail

CONFIRM_PATH = "/domainVerification"
MAILBOX_PATH = "/emailVerification"
_PARTNER_ID = "1"


def approver_address(prefix: str, name: str) -> str:
    """Where ADMIN writes for ``name``: the name itself, or its parent for ``www.`` and wildcards (lifecycle.md 4.1)."""
    return f"{prefix.lower()}@{without_wildcard(name).removeprefix('www.')}"


def _send_link(backend: Backend, confirmation: Confirmation, *, recipient: str, link: str) -> None:
    backend.outbox.add_confirmation(confirmation)
    body = (
        f"Somebody ordered a certificate for {confirmation.name} (order {confirmation.order_id}).\n"
        f"If that is right, open this page and confirm it:\n\n{link}\n"
    )
    backend.outbox.add(Mail(recipient, f"Confirm {confirmation.name}", body, (link,), backend.clock.now()))


def _send_links(backend: Backend, order: Order) -> None:
    prefix = (order.approver.prefix if order.approver else None) or "admin"
    for name in order.unproved:
        token = secrets.token_urlsafe(24)
        confirmation = Confirmation(token, order.order_id, order.code or "", name)
        link = f"{backend.base_url}{CONFIRM_PATH}?verificationId={token}"
        _send_link(backend, confirmation, recipient=approver_address(prefix, name), link=link)


def _send_instructions(backend: Backend, order: Order, recipient: str) -> None:
    lines = [f"{name}: {expectation(order, name)}" for name in order.unproved]
    body = f"To prove the names of order {order.order_id}, publish:\n\n" + "\n".join(lines) + "\n"
    mail = Mail(recipient, f"Prove the names of order {order.order_id}", body, (), backend.clock.now())
    backend.outbox.add(mail)


def new_mailbox(backend: Backend, email: str) -> Mailbox:
    """A mailbox with a fresh link that nobody has confirmed."""
    now = backend.clock.now()
    life = parse_duration(backend.dialect[Switch.MAILBOX_LINK_LIFE])
    return Mailbox(email, secrets.token_urlsafe(24), now, now + life)


def announce_mailbox(backend: Backend, order: Order) -> None:
    """Mail the link that proves a mailbox (lifecycle.md 6); inside the transaction that stores it."""
    mailbox = order.mailbox
    if mailbox is None or mailbox.verified is not None:
        return
    confirmation = Confirmation(mailbox.token, order.order_id, mailbox.token, mailbox.email)
    link = f"{backend.base_url}{MAILBOX_PATH}?partnerId={_PARTNER_ID}&verificationId={mailbox.token}"
    _send_link(backend, confirmation, recipient=mailbox.email, link=link)


def announce_code(backend: Backend, order: Order) -> None:
    """Mail what a new code needs; inside the transaction that stores the code."""
    approver = order.approver
    if approver is None:
        return
    if approver.method is Method.ADMIN:
        _send_links(backend, order)
    elif approver.notify and approver.email is not None:
        _send_instructions(backend, order, approver.email)
    elif approver.notify and approver.prefix is not None and order.names:
        _send_instructions(backend, order, approver_address(approver.prefix, order.names[0].name))
