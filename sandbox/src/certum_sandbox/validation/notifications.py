# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mails of a validation: links to confirm, and instructions for a verification code."""

from __future__ import annotations

import secrets

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.iso8601 import parse_duration
from certum_sandbox.model import Mailbox, Method, Order
from certum_sandbox.store.outbox import Confirmation, Mail
from certum_sandbox.validation.instructions import expectation

CONFIRM_PATH = "/domainVerification"
MAILBOX_PATH = "/emailVerification"
_PARTNER_ID = "1"


def approver_address(prefix: str, name: str) -> str:
    """Return the address to which ADMIN mails for ``name``, without ``www.`` and ``*.`` (lifecycle.md 4.1)."""
    return f"{prefix.lower()}@{without_wildcard(name).removeprefix('www.')}"


def _send_link(backend: Backend, confirmation: Confirmation, *, recipient: str, link: str) -> None:
    backend.outbox.add_confirmation(confirmation)
    body = (
        f"Order {confirmation.order_id} requests a certificate for {confirmation.name}.\n"
        f"If you approve it, open this page and press Confirm:\n\n{link}\n"
    )
    backend.outbox.add(Mail(recipient, f"Confirm {confirmation.name}", body, (link,), backend.clock.now()))


def _send_links(backend: Backend, order: Order) -> None:
    prefix = (order.approver.prefix if order.approver else None) or "admin"
    for name in order.unvalidated:
        token = secrets.token_urlsafe(24)
        confirmation = Confirmation(token, order.order_id, order.code or "", name)
        link = f"{backend.base_url}{CONFIRM_PATH}?verificationId={token}"
        _send_link(backend, confirmation, recipient=approver_address(prefix, name), link=link)


def _send_instructions(backend: Backend, order: Order, recipient: str) -> None:
    lines = [f"{name}: {expectation(order, name)}" for name in order.unvalidated]
    body = f"To validate the names of order {order.order_id}, publish:\n\n" + "\n".join(lines) + "\n"
    mail = Mail(recipient, f"Validate the names of order {order.order_id}", body, (), backend.clock.now())
    backend.outbox.add(mail)


def new_mailbox(backend: Backend, email: str) -> Mailbox:
    """Return a mailbox with a new link that is not confirmed."""
    now = backend.clock.now()
    life = parse_duration(backend.dialect[Switch.MAILBOX_LINK_LIFE])
    return Mailbox(email, secrets.token_urlsafe(24), now, now + life)


def mail_mailbox_link(backend: Backend, order: Order) -> None:
    """Mail the link that validates a mailbox (lifecycle.md 6). Call it in the transaction that stores the mailbox."""
    mailbox = order.mailbox
    if mailbox is None or mailbox.verified is not None:
        return
    confirmation = Confirmation(mailbox.token, order.order_id, mailbox.token, mailbox.email)
    link = f"{backend.base_url}{MAILBOX_PATH}?partnerId={_PARTNER_ID}&verificationId={mailbox.token}"
    _send_link(backend, confirmation, recipient=mailbox.email, link=link)


def mail_validation_request(backend: Backend, order: Order) -> None:
    """Mail the links or the instructions of a new code. Call it in the transaction that stores the code."""
    approver = order.approver
    if approver is None:
        return
    if approver.method is Method.ADMIN:
        _send_links(backend, order)
    elif approver.notify and approver.email is not None:
        _send_instructions(backend, order, approver.email)
    elif approver.notify and approver.prefix is not None and order.names:
        _send_instructions(backend, order, approver_address(approver.prefix, order.names[0].name))
