# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""cancelOrder (partner-api.md 2.5, lifecycle.md 8)."""

from __future__ import annotations

from functools import cached_property

from certum_sandbox.model import Certificate, OrderState
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_state import known_order
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_reference_rules import order_reference
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import missing
from certum_sandbox.transitions import reject

_PATH = "cancelParameters/orderID"


class CancelInquiry(Inquiry):
    """A ``cancelOrder`` request."""

    order_path = _PATH

    @cached_property
    def certificates(self) -> list[Certificate]:
        """The certificates that were issued for the order."""
        if self.order is None:
            return []
        return [e.certificate for e in self.backend.orders.entries(self.order.order_id) if e.certificate is not None]


@rule(1136, _PATH)
def _has_valid_certificate(inquiry: CancelInquiry) -> Breach:
    return any(each.not_after > inquiry.now for each in inquiry.certificates)


@rule(1137, _PATH)
def _has_expired_certificate(inquiry: CancelInquiry) -> Breach:
    return bool(inquiry.certificates) and all(each.not_after <= inquiry.now for each in inquiry.certificates)


@rule(1139, _PATH)
def _is_being_issued(inquiry: CancelInquiry) -> Breach:
    return inquiry.order is not None and inquiry.order.state is OrderState.ACCEPTED and not inquiry.certificates


@rule(1151, _PATH)
def _was_cancelled(inquiry: CancelInquiry) -> Breach:
    return inquiry.order is not None and inquiry.order.state is OrderState.REJECTED and not inquiry.certificates


_RULES: tuple[Rule[CancelInquiry], ...] = (
    missing(2053, "cancelParameters"),
    *order_reference(_PATH),
    _has_valid_certificate,
    _has_expired_certificate,
    _is_being_issued,
    _was_cancelled,
)


def _cancel(inquiry: CancelInquiry) -> Answer:
    order = reject(known_order(inquiry), inquiry.now)
    inquiry.backend.orders.save(order)
    inquiry.backend.orders.refuse_open_entries(order.order_id)
    return Answer()


CANCEL_ORDER = Operation("cancelOrder", CancelInquiry, _RULES, _cancel, order_path=_PATH)
