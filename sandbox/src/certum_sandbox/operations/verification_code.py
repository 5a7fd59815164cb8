# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read ``SANApprover`` of a request, and build ``SANVerification`` with the verification code."""

from __future__ import annotations

import secrets

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.model import Approver, Method, Order
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.render import Node, node, nodes
from certum_sandbox.validation.notifications import approver_address


def new_code() -> str:
    """Return 63 random hexadecimal digits, the form of codes in public examples."""
    return secrets.token_hex(32)[:63]


def read_approver(message: Message) -> Approver | None:
    """Return the approver block of a request that passed the rules, or None if it has none."""
    if not message.has("SANApprover"):
        return None
    return Approver(
        method=Method(message.value("SANApprover/approverMethod") or ""),
        email=message.value("SANApprover/approverEmail"),
        prefix=message.value("SANApprover/approverEmailPrefix"),
        notify=message.is_true("SANApprover/verificationNotificationEnabled"),
    )


def shown_name(backend: Backend, name: str) -> str:
    """Return a name in the form of responses."""
    return without_wildcard(name) if backend.dialect[Switch.WILDCARD_FQDN] == "base" else name


def _approver_email(backend: Backend, order: Order, approver: Approver) -> str | None:
    if approver.method is Method.ADMIN:
        return approver_address(approver.prefix or "admin", order.names[0].name)
    return (approver.email or "") if backend.dialect[Switch.APPROVER_EMAIL] == "present" else None


def san_verification(backend: Backend, order: Order, name: str = "SANVerification") -> Node:
    """Return the element with the code of an order and the names that still need validation."""
    approver = order.approver
    if approver is None:
        msg = f"order {order.order_id} has no names to validate"
        raise ValueError(msg)
    listed = dict.fromkeys(shown_name(backend, name) for name in order.unvalidated)
    return node(
        name,
        nodes(
            approverMethod=approver.method.value,
            code=order.code,
            approverEmail=_approver_email(backend, order, approver),
            FQDNs=[node("FQDN", name) for name in listed],
        ),
    )
