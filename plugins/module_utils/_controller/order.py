# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placement of one order, or its validation without ordering, for certum_order.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import State
from .._issuance.order_conversion import read_orders, result_of
from .._issuance.outcome import Outcome
from .._issuance.placing import may_exist, place, resume
from .._lifecycle.declaration import only_set
from .._partner_api.api_errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._handover.order_items import OrderItem
    from .._issuance.ordered_certificate import Order
    from .._partner_api.client import PartnerApi

SHOWN = ("order_id", "order_placed", "changed", "reason", "validation")


def order_or_validate(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Place the order of ``params`` and return the result of the module. Raises CertumError if the CA refuses it."""
    (order,) = read_orders([cast("OrderItem", only_set(params))])
    if not (check_mode or params["validate_only"]):
        return _shown(order, place(api, order))
    return _validate(api, order, would_change=not params["validate_only"])


def _validate(api: PartnerApi, order: Order, *, would_change: bool) -> dict[str, Any]:
    outcome = Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.NOT_ORDERED,
        changed=would_change,
        reason=Reason(ReasonCode.ACCEPTED, f"the CA accepts an order of {order.product.title} as {order.order_id}"),
    )
    try:
        parsed = api.validate_order_parameters(order.message())
    except ApiError as error:
        if not would_change or not may_exist(order, error):
            raise
        return _shown(order, resume(api, order, error))
    return {**_shown(order, outcome), "parsed_csr": parsed.model_dump() if parsed else None}


def _shown(order: Order, outcome: Outcome) -> dict[str, Any]:
    result = {key: value for key, value in result_of(outcome).items() if key in SHOWN}
    after = {"order_id": order.order_id, "product": order.product.title, "names": list(order.names)}
    diff = {"before": {}, "after": after if outcome.changed else {}}
    return {**result, "diff": diff}
