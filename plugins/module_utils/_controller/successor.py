# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""The options and results that certum_renew and certum_reissue share.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.terms import ValidationMethod
from .._issuance.order_conversion import show_validation
from .._issuance.ordered_certificate import approver_of
from .._issuance.outcome import Validation
from .requested_certificate import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._handover.reasons import Reason
    from .._issuance.sent_once import Purchase
    from .._partner_api.messages.domain_control import SanApprover


def approver(params: Mapping[str, Any]) -> SanApprover | None:
    """Return the validation method for the CA, None without one. Raises InvalidRequestError."""
    validation = params["validation"] or {}
    method, prefix = validation.get("method"), validation.get("admin_prefix")
    if not method:
        return None
    if method == ValidationMethod.ADMIN and not prefix:
        raise InvalidRequestError(
            "validation.method admin needs validation.admin_prefix (error 2159). Nothing was sent."
        )
    return approver_of(ValidationMethod(method), prefix)


def result(
    purchase: Purchase, params: Mapping[str, Any], *, reason: Reason, after: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the result of either module."""
    return {
        "changed": purchase.is_new,
        "order_id": purchase.order_id,
        "order_placed": True,
        "validation": show_validation(_validation(purchase, params)),
        "reason": reason.shown(),
        "diff": {"before": {}, "after": dict(after) if purchase.is_new else {}},
    }


def prediction(reason: Reason, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of either module in check mode."""
    return {
        "changed": True,
        "order_id": None,
        "order_placed": False,
        "validation": None,
        "reason": reason.shown(),
        "diff": {"before": {}, "after": dict(after)},
    }


def _validation(purchase: Purchase, params: Mapping[str, Any]) -> Validation | None:
    answer = purchase.placed.san_verification if purchase.placed else None
    method = (params["validation"] or {}).get("method")
    if answer is None or not answer.code or not method:
        return None
    return Validation(method=ValidationMethod(method), code=answer.code, names=answer.fqdns)
