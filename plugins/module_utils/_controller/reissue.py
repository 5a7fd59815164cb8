# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Another certificate within the same order, with a new key or more names, for certum_reissue.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._issuance.account_entries import is_pending_entry
from .._issuance.reissuing import Reissue, is_known, missing_names, refuse_unfit, reissue_once
from .._lifecycle.certificate_names import InvalidNameError, wanted_names
from .._lifecycle.former_certificate import FORMER_DAYS
from .requested_certificate import InvalidRequestError, find_certificate, read_csr
from .successor import approver, prediction, result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._partner_api.client import PartnerApi


def reissue_certificate(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Reissue the certificate and return the result of the module. Raises CertumError and InvalidRequestError."""
    request, san_approver, order_id = read_csr(params), approver(params), params["order_id"]
    former = find_certificate(api, params)
    if is_known(former.entries, request):
        return _nothing_to_do(order_id, f"order {order_id} has a certificate for this key, or waits for one")
    added = missing_names(_encoded(params["add_names"]), former)
    if added and san_approver is None:
        raise InvalidRequestError("Added names need validation (error 2162). Nothing was reissued. Give validation.")
    refuse_unfit(former, api.now())
    after = {"reissues": former.serial_number, "adds": list(added)}
    words = f"; the CA revokes {former.serial_number} {FORMER_DAYS} days after it issues the new one"
    if check_mode and any(map(is_pending_entry, former.entries)):
        return _nothing_to_do(
            order_id, f"order {order_id} has a pending reissue; check mode cannot show whether it is for this key"
        )
    if check_mode:
        return prediction(Reason(ReasonCode.WOULD_REISSUE, f"{former.words} would be reissued{words}"), after)
    purchase = reissue_once(api, Reissue(former, request, san_approver, added, order_id))
    code = ReasonCode.REISSUED if purchase.is_new else ReasonCode.RESUMED
    reason = Reason(code, f"{former.words} is reissued in order {purchase.order_id}{words}")
    return result(purchase, params, reason=reason, after=after)


def _nothing_to_do(order_id: str, words: str) -> dict[str, Any]:
    return {
        **prediction(Reason(ReasonCode.RESUMED, words), {}),
        "changed": False,
        "order_id": order_id,
        "order_placed": True,
    }


def _encoded(names: Sequence[str]) -> tuple[str, ...]:
    try:
        return wanted_names(common_name=names[0], subject_alt_name=names) if names else ()
    except InvalidNameError as error:
        raise InvalidRequestError(f"{error} Nothing was reissued.") from None
