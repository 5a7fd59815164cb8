# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Place an order exactly once: send it, or adopt the one that is already there.

Private to the collection. Source: lifecycle.md 10.8, errors 1012 and 1033.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._partner_api.errors import ApiError, CertumError, FateUnknownError
from .outcome import Outcome, State, Validation

if TYPE_CHECKING:
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import SanVerification
    from .order import Order

ORDER_ID_TAKEN = 1012
ORDER_UNKNOWN = 1033

NOT_THERE_YET = "the CA has no such order so far"


def place(api: PartnerApi, order: Order) -> Outcome:
    """The order at the CA, new or adopted; raises CertumError when it was not placed.

    quickOrder is sent once. If its fate is unknown the CA is asked before anything is decided; FateUnknownError says
    that it did not help.
    """
    if order.placed:
        return _known(order, "was placed before")
    try:
        answer = api.quick_order(order.message())
    except ApiError as error:
        if not error.has(ORDER_ID_TAKEN):
            raise
        return _look(api, order, error)
    except CertumError as error:
        if not error.may_have_taken_effect:
            raise
        return _look(api, order, error)
    return replace(
        _known(order, f"was placed for product {order.product.code}"),
        changed=True,
        validation=validation_of(order, answer.san_verification),
    )


def validation_of(order: Order, answer: SanVerification | None) -> Validation | None:
    """What the CA wants proved; None where it sent no code."""
    if answer is None or not answer.code:
        return None
    return Validation(method=order.method, code=answer.code, names=answer.fqdns or order.names)


def _known(order: Order, words: str) -> Outcome:
    validation = None
    if order.validation_code:
        validation = Validation(method=order.method, code=order.validation_code, names=order.names)
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.PENDING,
        reason=f"order {order.order_id} {words}",
        placed=True,
        validation=validation,
    )


def _look(api: PartnerApi, order: Order, sent: CertumError) -> Outcome:
    """The order whose answer was lost, or whose id is taken.

    That the CA has it not does not prove that it never will: the request may still be on its way.
    """
    try:
        entries = api.get_order_by_order_id(order_id=order.order_id)
    except CertumError as error:
        missing = isinstance(error, ApiError) and error.has(ORDER_UNKNOWN)
        raise _unsettled(order, sent, NOT_THERE_YET if missing else f"looking for it failed: {error.why}") from sent
    if not entries and not isinstance(sent, ApiError):
        raise _unsettled(order, sent, NOT_THERE_YET) from sent
    customers = {entry.order_status.customer for entry in entries if entry.order_status}
    if customers - {order.customer, ""}:
        raise CertumError(
            where=f"order {order.order_id}",
            why=f"the CA has it for customer {', '.join(sorted(customers))}, and {order.customer} is declared",
            remedy=f"Declare that customer for {order.name} if the order is yours, or give it another name.",
        )
    return _known(order, "was placed by an earlier run")


def _unsettled(order: Order, sent: CertumError, found: str) -> FateUnknownError:
    return FateUnknownError(
        where=sent.where,
        why=f"{sent.why}. Whether order {order.order_id} was placed is not known: {found}",
        remedy="Run again: the same order id is used, so nothing is bought twice.",
    )
