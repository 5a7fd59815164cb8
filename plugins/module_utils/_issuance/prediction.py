# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of an order in check mode, from the CA itself but without ordering.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import Operation, Sent, State, ValidationMethod
from .._partner_api.api_errors import ApiError, AuthenticationError, CertumError, SoapFaultError, TransportError
from .._partner_api.enums import OrderState
from .obtaining import ended_without_certificate, interrupted
from .order_in_progress import Pursuit
from .order_state import is_open, only_people_act, waiting_for, what_people_do
from .ordered_certificate import known_orders
from .outcome import Outcome, problem_with
from .placing import find_existing_order, look_before_following, may_exist, place, resume
from .purchase_policy import PurchaseNotAllowedError, cost, may_be_purchased, refuse_purchase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import OrderProgress
    from .ordered_certificate import Order

NOT_ASKED = Reason(ReasonCode.NOT_ASKED, "the CA gave no usable answer")


def predict_all(api: PartnerApi, orders: Sequence[Order]) -> list[Outcome]:
    """Return the outcomes in check mode, in the order of the orders. Raises AuthenticationError."""
    taken = known_orders(orders)
    return [predict(api, order, taken=taken) for order in orders]


def predict(api: PartnerApi, order: Order, *, taken: frozenset[str] = frozenset()) -> Outcome:
    """Return the outcome in check mode. ``taken`` are orders of other certificates. Raises AuthenticationError."""
    order_id = order.order_id if _has_final_id(order) else ""
    outcome = Outcome(name=order.name, order_id=order_id, state=State.NOT_ORDERED, reason=NOT_ASKED, changed=True)
    try:
        if order.order_id and not order.sent.may_be_sent:
            return _would_carry_on(api, order)
        if order.operation is Operation.ORDER:
            return replace(outcome, reason=_would_order(api, order))
        return _would_follow(api, order, outcome, taken)
    except AuthenticationError:
        raise
    except CertumError as error:
        return replace(outcome, changed=False, reason=_why_not(order, error), problem=problem_with(order, error))


def _why_not(order: Order, error: CertumError) -> Reason:
    if isinstance(error, PurchaseNotAllowedError):
        return error.reason
    unanswered = isinstance(error, (TransportError, SoapFaultError))
    return NOT_ASKED if unanswered else Reason(ReasonCode.NOT_ORDERED, f"nothing would be {order.operation.done}")


def _would_carry_on(api: PartnerApi, order: Order) -> Outcome:
    """Return the outcome of an existing order. Nothing would change if it is rejected or waits only for people."""
    pursuit = Pursuit(order, place(api, order))
    try:
        progress = api.get_order_state(order_id=order.order_id)
    except AuthenticationError:
        raise
    except CertumError as error:
        return interrupted(pursuit, error)
    if progress.order_state == OrderState.REJECTED:
        return ended_without_certificate(pursuit)
    if is_open(progress) and only_people_act(progress, by_mail=order.method is ValidationMethod.ADMIN):
        return replace(pursuit.outcome, reason=_waits(order, progress))
    reason = Reason(ReasonCode.WOULD_RESUME, f"order {order.order_id} would be resumed")
    return replace(pursuit.outcome, changed=True, reason=reason)


def _waits(order: Order, progress: OrderProgress) -> Reason:
    by_mail = order.method is ValidationMethod.ADMIN
    todo = what_people_do(progress, order_id=order.order_id, by_mail=by_mail)
    words = f"{order.operation.of_order(order.order_id)} waits for {waiting_for(progress)}. {todo}"
    return Reason(ReasonCode.WAITING_FOR_PEOPLE, words)


def _would_order(api: PartnerApi, order: Order) -> Reason:
    if not may_be_purchased(order):
        find_existing_order(api, order)
        return _would_resume(order)
    try:
        api.validate_order_parameters(order.message())
    except ApiError as error:
        if not may_exist(order, error):
            raise
        resume(api, order, error)
        return _would_resume(order)
    named = f"order {order.order_id}" if _has_final_id(order) else "a new order"
    words = f"would place {named}, which {cost(order)}; the CA accepts the order"
    return Reason(ReasonCode.WOULD_ORDER, words)


def _has_final_id(order: Order) -> bool:
    """Return whether a run would use the same order id. A host makes a key for check mode only, and it has the id."""
    return order.declared is None or order.sent is not Sent.NO or order.operation is not Operation.ORDER


def _would_resume(order: Order) -> Reason:
    return Reason(ReasonCode.WOULD_RESUME, f"order {order.order_id} exists and would be resumed")


def _would_follow(api: PartnerApi, order: Order, outcome: Outcome, taken: frozenset[str]) -> Outcome:
    """Return the outcome of a reissue or renewal. No call validates them, but some refusals are foreseeable."""
    found = look_before_following(api, order, taken=taken)
    if isinstance(found, Outcome) and not found.placed:
        return found
    if isinstance(found, Outcome):
        return replace(outcome, reason=Reason(ReasonCode.WOULD_RESUME, f"{found.reason}, and would be resumed"))
    if order.operation is Operation.REISSUE:
        words = f"would reissue {found.words} in order {order.order_id}, free of charge"
        return replace(outcome, reason=Reason(ReasonCode.WOULD_REISSUE, words))
    refuse_purchase(order)
    words = f"would renew {found.words}, which {cost(order)}"
    return replace(outcome, reason=Reason(ReasonCode.WOULD_RENEW, words))
