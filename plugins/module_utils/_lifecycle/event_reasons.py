# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reasons of events: a code for rulebooks and a text for people.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .order_view import REJECTED

if TYPE_CHECKING:
    from .order_view import FailedCheck, OrderView

_OF_STATUS = {"REVOKED": ReasonCode.REVOKED, "REVOKING": ReasonCode.REVOKING}


def reason_of_change(former: OrderView | None, order: OrderView) -> Reason:
    """Return what the change of an order means. ``former`` is the order before, if it is known."""
    certificate = f"certificate {order.serial_number} ({order.common_name})"
    code = _OF_STATUS.get(order.certificate_status)
    if not order.is_open and code is not None:
        return Reason(code, f"{certificate} of order {order.order_id} is {order.certificate_status}")
    if order.state == REJECTED:
        return Reason(ReasonCode.REJECTED, f"order {order.order_id} was rejected or cancelled")
    if order.is_open:
        code = ReasonCode.WAITING_FOR_PEOPLE if order.waits_for_people else ReasonCode.WAITING
        waits = f" and waits for {order.waits_for}" if order.waits_for else ""
        return Reason(code, f"order {order.order_id} is in state {order.state}{waits}")
    if former is not None and former.is_open and former.serial_number == order.serial_number != "":
        text = f"the reissue in order {order.order_id} was rejected or cancelled, and {certificate} stays in use"
        return Reason(ReasonCode.REJECTED, text)
    until = f", valid until {order.not_after:%Y-%m-%d}" if order.not_after else ""
    return Reason(ReasonCode.ISSUED, f"order {order.order_id} is issued: {certificate}{until}")


def reason_of_failure(order: OrderView, failure: FailedCheck) -> Reason:
    """Return which check of the order failed, with the CA's own reason."""
    domain = failure.domain or "the domain"
    check = f"check {failure.check}" if failure.check else "check"
    what = {
        ReasonCode.DOMAIN_NOT_VALIDATED: f"the CA looked at {domain} and did not accept the validation",
        ReasonCode.AUTOMATIC_CHECK_FAILED: f"the CA's automatic {check} of {domain} fails",
    }.get(failure.code, f"the CA did not accept {failure.verification}")
    detail = f": {failure.detail}" if failure.detail else ""
    return Reason(failure.code, f"order {order.order_id}: {what}{detail}")
