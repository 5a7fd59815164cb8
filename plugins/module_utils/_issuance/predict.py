# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an order would lead to, asked of the CA itself without ordering.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._lifecycle.operation import Operation
from .._partner_api.errors import ApiError, AuthenticationError, CertumError, SoapFaultError, TransportError
from .outcome import Outcome, State, problem_of
from .place import adopt, look_before_following, may_be_there

if TYPE_CHECKING:
    from .._partner_api.client import PartnerApi
    from .order import Order


def predict(api: PartnerApi, order: Order) -> Outcome:
    """The outcome as check mode tells it. Raises AuthenticationError."""
    outcome = Outcome(name=order.name, order_id=order.order_id, state=State.NOT_ORDERED, reason="", changed=True)
    if order.placed:
        return replace(outcome, state=State.PENDING, placed=True, reason=f"order {order.order_id} would be carried on")
    try:
        would = _would_order if order.operation is Operation.ORDER else _would_follow
        return replace(outcome, reason=would(api, order))
    except AuthenticationError:
        raise
    except CertumError as error:
        unanswered = isinstance(error, (TransportError, SoapFaultError))
        reason = "the CA could not be asked" if unanswered else "nothing would be ordered"
        return replace(outcome, changed=False, reason=reason, problem=problem_of(order, error))


def _would_order(api: PartnerApi, order: Order) -> str:
    try:
        api.validate_order_parameters(order.message())
    except ApiError as error:
        if not may_be_there(order, error):
            raise
        adopt(api, order, error)
        return f"order {order.order_id} exists and would be carried on"
    return f"would order {order.product.title} as {order.order_id}; the CA accepts the order"


def _would_follow(api: PartnerApi, order: Order) -> str:
    """There is no call that asks the CA about these, but what it refuses can be seen beforehand."""
    found = look_before_following(api, order)
    if isinstance(found, Outcome):
        return f"{found.reason}, and would be carried on"
    if order.operation is Operation.REISSUE:
        return f"would reissue {found.words} in order {order.order_id}, which is free"
    return f"would renew {found.words}"
