# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pending order of a staged key, and who must act before it is issued, as far as the host has recorded it.

Private to the collection. Pure. Only the CA knows the state of its checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import ValidationMethod, Waiting
from .._lifecycle.decision import is_order_pending
from .._lifecycle.products import UnknownProductError, find, issue_code
from .._store.json_record import moment_text
from .._store.metadata import OrderStage

if TYPE_CHECKING:
    from .._handover.estate import PendingOrderInfo
    from .._lifecycle.decision import OnDisk
    from .._store.certificate_on_disk import Installed
    from .._store.metadata import OrderRecord


def pending_order(installed: Installed, on_disk: OnDisk) -> PendingOrderInfo | None:
    """Return the order whose certificate is not on disk yet, None if there is none."""
    order = installed.staged.order if installed.staged else None
    if order is None or not is_order_pending(on_disk):
        return None
    waits_for, reason = _who_acts(installed.name, order)
    return {
        "order_id": order.order_id,
        "operation": order.operation,
        "created": moment_text(order.created),
        "waits_for": waits_for.value,
        "reason": reason.shown(),
    }


def _who_acts(name: str, order: OrderRecord) -> tuple[Waiting, Reason]:
    which = f"order {quote(order.words)}"
    if order.stage is OrderStage.REJECTED:
        words = f"{which} was cancelled, or refused by the CA. To order again, add {name} to certum_order_again"
        return Waiting.OPERATOR, Reason(ReasonCode.REJECTED, words)
    if order.stage is OrderStage.INTENDED:
        words = f"{which} may have been sent. The next run of the role asks the CA"
        return Waiting.NEXT_RUN, Reason(ReasonCode.OUTCOME_UNKNOWN, words)
    if (order.validation_method or "").lower() == ValidationMethod.ADMIN:
        words = f"{which} is placed. The mailbox holder has to follow the link in the CA's mail"
        return Waiting.MAILBOX_HOLDER, Reason(ReasonCode.WAITING_FOR_PEOPLE, words)
    if _people_decide(order.product):
        words = f"{which} is placed, and the CA's staff decide about it"
        return Waiting.CA_STAFF, Reason(ReasonCode.WAITING_FOR_PEOPLE, words)
    words = f"{which} is placed. The next run of the role continues it"
    return Waiting.NEXT_RUN, Reason(ReasonCode.WAITING, words)


def _people_decide(product: str) -> bool:
    try:
        return find(issue_code(product)).people_decide
    except UnknownProductError:
        return False
