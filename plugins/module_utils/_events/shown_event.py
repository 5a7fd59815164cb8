# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An event as rulebooks and playbooks get it: one flat dictionary of texts, and one number.

Private to the collection. Pure. docs/events.md documents it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from .._handover.foreign_text import quote, without_templates
from .._lifecycle.order_identity import declared_in
from .._store.json_record import moment_text

if TYPE_CHECKING:
    from .._lifecycle.account_events import AccountEvent


class ShownEvent(TypedDict):
    """The keys of an event. A text without a value is empty. ``days_left`` is None without a value."""

    event: str
    code: str
    text: str
    at: str
    environment: str
    order_id: str
    customer: str
    host: str
    name: str
    product: str
    state: str
    former_state: str
    common_name: str
    serial_number: str
    certificate_status: str
    expiry_date: str
    days_left: int | None
    verification: str
    domain: str
    check: str


def shown_event(event: AccountEvent, *, environment: str | None) -> ShownEvent:
    """Return the event with every text of the CA in a form that nothing evaluates."""
    order, failure = event.order, event.failure
    host, name = declared_in(order.customer) or ("", "")
    return {
        "event": event.kind.value,
        "code": event.reason.code.value,
        "text": _harmless(event.reason.text, longest=1000),
        "at": moment_text(event.at),
        "environment": environment or "",
        "order_id": _harmless(order.order_id),
        "customer": _harmless(order.customer),
        "host": host,
        "name": name,
        "product": _harmless(order.product),
        "state": _harmless(order.state),
        "former_state": _harmless(event.former_state),
        "common_name": _harmless(order.common_name),
        "serial_number": _harmless(order.serial_number),
        "certificate_status": _harmless(order.certificate_status),
        "expiry_date": moment_text(order.not_after) if order.not_after else "",
        "days_left": event.days_left,
        "verification": _harmless(failure.verification) if failure else "",
        "domain": _harmless(failure.domain) if failure else "",
        "check": _harmless(failure.check) if failure else "",
    }


def _harmless(text: str, longest: int = 300) -> str:
    return without_templates(quote(text, longest))
