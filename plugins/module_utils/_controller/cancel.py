# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cancellation of an order that is not issued, for certum_cancel.

Private to the collection. Source: lifecycle.md 8, errors 1136, 1137, 1139, 1151.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._issuance.waiting import Patience
from .._partner_api.api_errors import ApiError, CertumError
from .._partner_api.enums import OrderState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi

BUSY = 1139
CANCELLED_BEFORE = 1151


def cancel_order(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Cancel the order and return the result of the module. Raises CertumError if the order cannot be cancelled."""
    order_id = params["order_id"]
    before = api.get_order_state(order_id=order_id).order_state
    if before == OrderState.REJECTED:
        return _result(
            order_id,
            changed=False,
            before=before,
            code=ReasonCode.REJECTED,
            words="was cancelled, or refused by the CA, before",
        )
    if before == OrderState.ENROLLED:
        raise CertumError(
            where=f"order {order_id}",
            why="it is issued, and an issued order cannot be cancelled",
            remedy="Revoke its certificate with certum_revoke if that is what you want.",
        )
    if check_mode:
        return _result(
            order_id,
            changed=True,
            before=before,
            code=ReasonCode.WOULD_CANCEL,
            words=f"is in state {before} and would be cancelled",
        )
    changed = _cancel(api, params)
    words = "is cancelled" if changed else "was cancelled before"
    return _result(order_id, changed=changed, before=before, code=ReasonCode.CANCELLED, words=words)


def _cancel(api: PartnerApi, params: Mapping[str, Any]) -> bool:
    """Return whether this call cancelled the order. While the CA works on the order, the call is repeated."""
    patience = Patience.of(params)
    for _attempt in patience.looks():
        try:
            return _cancel_once(api, params)
        except ApiError as error:
            if not error.has(BUSY):
                raise
    return _cancel_once(api, params)


def _cancel_once(api: PartnerApi, params: Mapping[str, Any]) -> bool:
    try:
        api.cancel_order(order_id=params["order_id"], note=params["note"])
    except ApiError as error:
        if not error.has(CANCELLED_BEFORE):
            raise
        return False
    except CertumError as error:
        if not error.outcome_unknown or not _is_cancelled(api, params["order_id"]):
            raise
    return True


def _is_cancelled(api: PartnerApi, order_id: str) -> bool:
    return api.get_order_state(order_id=order_id).order_state == OrderState.REJECTED


def _result(order_id: str, *, changed: bool, before: object, code: ReasonCode, words: str) -> dict[str, Any]:
    after = OrderState.REJECTED.value if changed else str(before)
    return {
        "changed": changed,
        "order_id": order_id,
        "state": after,
        "reason": Reason(code, f"order {order_id} {words}").shown(),
        "diff": {"before": {"state": str(before)}, "after": {"state": after}},
    }
