# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that all new orders share: store the order, send mails, start verification, respond."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time

from certum_sandbox.backend import Backend
from certum_sandbox.model import Entry, Order, VerificationState, VerificationType
from certum_sandbox.operations.operation import Answer
from certum_sandbox.operations.verification_code import new_code, san_verification
from certum_sandbox.soap.render import node
from certum_sandbox.transitions import find_verification
from certum_sandbox.validation.notifications import mail_mailbox_link, mail_validation_request, new_mailbox


def new_order_id() -> str:
    """Return a new order id, in the form of a public example (partner-api.md 2.1)."""
    return str(uuid.uuid4())


def end_of_day(day: date | None) -> datetime | None:
    """Return the last second of a day in UTC."""
    return None if day is None else datetime.combine(day, time(23, 59, 59), UTC)


def with_validation_request(backend: Backend, order: Order, email: str | None) -> Order:
    """Return the order with a new code if names need validation, and a new link if its mailbox does."""
    now = backend.clock.now()
    order = replace(order, code=None, code_created=None)
    if order.approver is not None and order.unvalidated:
        order = replace(order, code=new_code(), code_created=now)
    mailbox = find_verification(order, VerificationType.EMAIL)
    if mailbox is not None and mailbox.state is VerificationState.REQUIRED:
        order = replace(order, mailbox=new_mailbox(backend, email or ""))
    return order


def start_processing(backend: Backend, order: Order) -> None:
    """Send the mails of an order and queue it for the background worker."""
    if order.code is not None:
        mail_validation_request(backend, order)
    mail_mailbox_link(backend, order)
    backend.work.put(order.order_id)


def open_order(backend: Backend, order: Order, entry: Entry) -> Order:
    """Store a new order and its entry, start processing, and return the stored order."""
    order = with_validation_request(backend, order, entry.subject.get("email"))
    backend.orders.add(order)
    backend.orders.add_entry(entry)
    start_processing(backend, order)
    return order


def placement_answer(backend: Backend, order: Order) -> Answer:
    """Return the response to an order, a renewal or a reissue: the order id, and the code if names need validation."""
    verification = [] if order.code is None else [san_verification(backend, order)]
    return Answer([node("orderID", order.order_id), *verification], order.order_id)
