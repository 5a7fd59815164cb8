# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Telling people what to do: the mails that belong to a verification code."""

from __future__ import annotations

import secrets

from certum_sandbox.backend import Backend
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.model import Method, Order
from certum_sandbox.proof.instructions import expectation
from certum_sandbox.store.mails import Confirmation, Mail

CONFIRM_PATH = "/domainVerification"


def approver_address(prefix: str, name: str) -> str:
    """Where ADMIN writes for ``name``: the name itself, or its parent for ``www.`` and wildcards (lifecycle.md 4.1)."""
    return f"{prefix.lower()}@{without_wildcard(name).removeprefix('www.')}"


def _send_links(backend: Backend, order: Order) -> None:
    for proof in order.names:
        token = secrets.token_urlsafe(24)
        link = f"{backend.base_url}{CONFIRM_PATH}?verificationId={token}"
        backend.outbox.add_confirmation(Confirmation(token, order.order_id, order.code or "", proof.name))
        prefix = (order.approver.prefix if order.approver else None) or "admin"
        body = (
            f"Somebody ordered a certificate for {proof.name} (order {order.order_id}).\n"
            f"If that is right, open this page and confirm it:\n\n{link}\n"
        )
        mail = Mail(approver_address(prefix, proof.name), f"Confirm {proof.name}", body, (link,), backend.clock.now())
        backend.outbox.add(mail)


def _send_instructions(backend: Backend, order: Order, recipient: str) -> None:
    lines = [f"{proof.name}: {expectation(order, proof.name)}" for proof in order.names]
    body = f"To prove the names of order {order.order_id}, publish:\n\n" + "\n".join(lines) + "\n"
    mail = Mail(recipient, f"Prove the names of order {order.order_id}", body, (), backend.clock.now())
    backend.outbox.add(mail)


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
