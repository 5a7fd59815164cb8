# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What opening an order means, however it came about: kept, announced, taken up, answered."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time

from certum_sandbox.backend import Backend
from certum_sandbox.model import Entry, Order, VerificationState, VerificationType
from certum_sandbox.operations.approval import new_code, san_verification
from certum_sandbox.operations.operation import Answer
from certum_sandbox.progress import find_verification
from certum_sandbox.proof.announce import announce_code, announce_mailbox, new_mailbox
from certum_sandbox.soap.render import node


def new_order_id() -> str:
    """As the one that was seen in public (partner-api.md 2.1)."""
    return str(uuid.uuid4())


def end_of_day(day: date | None) -> datetime | None:
    """The last second of the last day of a certificate."""
    return None if day is None else datetime.combine(day, time(23, 59, 59), UTC)


def with_proofs_to_give(backend: Backend, order: Order, email: str | None) -> Order:
    """The order with a fresh code for its unproved names, or a fresh link for its unproved mailbox."""
    now = backend.clock.now()
    order = replace(order, code=None, code_created=None)
    if order.approver is not None and order.unproved:
        order = replace(order, code=new_code(), code_created=now)
    mailbox = find_verification(order, VerificationType.EMAIL)
    if mailbox is not None and mailbox.state is VerificationState.REQUIRED:
        order = replace(order, mailbox=new_mailbox(backend, email or ""))
    return order


def announce(backend: Backend, order: Order) -> None:
    """Mail what has to be proved, and have the CA begin."""
    if order.code is not None:
        announce_code(backend, order)
    announce_mailbox(backend, order)
    backend.work.put(order.order_id)


def open_order(backend: Backend, order: Order, entry: Entry) -> Order:
    """Keep a new order and its certificate entry; returns it as it is kept."""
    order = with_proofs_to_give(backend, order, entry.subject.get("email"))
    backend.orders.add(order)
    backend.orders.add_entry(entry)
    announce(backend, order)
    return order


def placed(backend: Backend, order: Order) -> Answer:
    """The answer to an order or a reissue: its identifier, and the code for its names if it has any."""
    verification = [] if order.code is None else [san_verification(backend, order)]
    return Answer([node("orderID", order.order_id), *verification], order.order_id)
