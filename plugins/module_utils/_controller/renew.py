# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Purchase of the next term of a certificate, for certum_renew.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._issuance.renewal import Renewal, UnsureError, look_for, refuse_unfit, renew_once
from .._lifecycle.products import UnknownProductError, renewal_code
from .requested_certificate import InvalidRequestError, find_certificate, read_csr
from .successor import approver, prediction, result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._issuance.account_entries import Reference
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import SanApprover
    from .._x509.csr import RequestFacts


def renew_certificate(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Renew the certificate and return the result of the module. Raises CertumError and InvalidRequestError."""
    request, san_approver = read_csr(params), approver(params)
    former = find_certificate(api, params)
    renewal = _renewal(params, former, request, san_approver)
    refuse_unfit(former, request)
    after = {"product_code": renewal.product_code, "customer": renewal.customer, "renews": former.serial_number}
    if check_mode:
        return _predict(api, renewal, after)
    purchase = renew_once(api, renewal)
    words = f"was renewed by order {purchase.order_id}" + ("" if purchase.is_new else " in an earlier run")
    code = ReasonCode.RENEWED if purchase.is_new else ReasonCode.RESUMED
    return result(purchase, params, reason=Reason(code, f"{former.words} {words}"), after=after)


def _predict(api: PartnerApi, renewal: Renewal, after: Mapping[str, Any]) -> dict[str, Any]:
    words = f"{renewal.former.words} would be renewed with product {renewal.product_code}"
    would = Reason(ReasonCode.WOULD_RENEW, words)
    try:
        found = look_for(api, renewal, key_was_used=False)
    except UnsureError as error:
        return prediction(would.and_then(f", unless it is renewed already: {error.why}"), after)
    if found is None:
        return prediction(would, after)
    resumed = prediction(Reason(ReasonCode.RESUMED, f"order {found} renews {renewal.former.words} already"), {})
    return {**resumed, "changed": False, "order_id": found}


def _renewal(
    params: Mapping[str, Any], former: Reference, request: RequestFacts, san_approver: SanApprover | None
) -> Renewal:
    """Return the renewal of the options; the old order, if it is named, supplies what they leave open."""
    status = next((entry.order_status for entry in former.entries if entry.order_status), None)
    customer = params["customer"] or (status.customer if status else None)
    product = params["product"] or (status.product_code if status else None)
    if not customer or not product:
        raise InvalidRequestError(
            "A renewal needs the customer and the product of the old order (errors 1166 to 1169). Nothing was renewed. "
            "Give order_id, or both customer and product."
        )
    try:
        return Renewal(former, request, san_approver, customer, renewal_code(product))
    except UnknownProductError as error:
        raise InvalidRequestError(f"{error} Nothing was renewed.") from None
