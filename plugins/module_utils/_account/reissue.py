# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certum_reissue does: another certificate within the same order, with a new key or more names.

Private to the collection. Source: partner-api.md 2.4, lifecycle.md 8, errors 1032, 2093, 2094, 2126, 2130, 2162, 2188.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._issuance.order import hash_algorithm_of
from .._lifecycle.names import InvalidNameError, wanted_names
from .._partner_api.enums import CertificateStatus
from .._partner_api.errors import CertumError
from .._partner_api.messages.certificate import ReissueRequest
from .._partner_api.messages.domain_control import SanEntry
from .reference import InvalidRequestError, find_certificate, read_csr, utc_now
from .successor import approver, buy_once, has_key, is_under_way, prediction, result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._partner_api.client import PartnerApi
    from .._x509.csr import RequestFacts
    from .reference import Reference

OLD_COPY_DAYS = 14


def reissue_certificate(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """The result of the module. Raises CertumError and InvalidRequestError."""
    request, proof = read_csr(params), approver(params)
    reference = find_certificate(api, params)
    found = _look(reference.entries, request)
    if found:
        words = f"order {params['order_id']} has a certificate for this key, or waits for it"
        return {**prediction(words, {}), "changed": False, "order_id": params["order_id"], "order_placed": True}
    added = _added_names(params["add_names"], reference)
    if added and proof is None:
        raise InvalidRequestError("Added names have to be proved: give validation (error 2162). Nothing was sent.")
    _refuse_unfit(reference)
    after = {"reissues": reference.serial_number, "adds": list(added)}
    words = f"; {reference.serial_number} will be revoked by the CA {OLD_COPY_DAYS} days after the new one is issued"
    if check_mode and any(map(is_under_way, reference.entries)):
        words = (
            f"order {params['order_id']} has a reissue under way; whether it is for this key the CA tells when asked"
        )
        return {**prediction(words, {}), "changed": False, "order_id": params["order_id"], "order_placed": True}
    if check_mode:
        return prediction(f"{reference.words} would be reissued{words}", after)
    message = ReissueRequest(
        serial_number=reference.serial_number,
        hash_algorithm=hash_algorithm_of(request),
        csr=request.pem,
        san_approver=proof,
        san_entries=tuple(SanEntry(dns_name=name) for name in added) or None,
        user_agent="certops.certum",
    )
    purchase = buy_once(
        lambda: api.reissue_certificate(message),
        lambda: _look_again(api, params, request),
        where=f"reissue of {reference.words}",
    )
    return result(
        purchase, params, reason=f"{reference.words} is reissued in order {purchase.order_id}{words}", after=after
    )


def _added_names(names: Sequence[str], reference: Reference) -> tuple[str, ...]:
    """The names that the certificate lacks, encoded: one that it has is refused (error 2130)."""
    try:
        wanted = wanted_names(common_name=names[0], subject_alt_name=names) if names else ()
    except InvalidNameError as error:
        raise InvalidRequestError(f"{error} Nothing was sent.") from None
    has = {name.lower() for name in reference.details.dns_names}
    return tuple(name for name in wanted if name not in has)


def _refuse_unfit(reference: Reference) -> None:
    """What the CA would refuse with 2093 or 2094, said before a key is used up."""
    if reference.has_expired(utc_now()):
        raise CertumError(
            where=reference.words,
            why=f"it expired on {reference.details.end_date:%Y-%m-%d}, and only a valid one is reissued (error 2093)",
            remedy="Renew it with certum_renew if the CA still takes that, or place a new order.",
        )
    if reference.details.certificate_status != CertificateStatus.VALID:
        raise CertumError(
            where=reference.words,
            why=f"it is {reference.details.certificate_status}, and only a valid one is reissued (error 2094)",
            remedy="Place a new order.",
        )


def _look(entries: Sequence[Any], request: RequestFacts) -> bool:
    return any(has_key(entry.certificate_details, request) for entry in entries)


def _look_again(api: PartnerApi, params: Mapping[str, Any], request: RequestFacts) -> str | None:
    """The order, if it has an entry for our key, or one under way; the order has to be known for that."""
    order_id: str | None = params["order_id"]
    if not order_id:
        return None
    entries = api.get_order_by_order_id(order_id=order_id)
    return order_id if _look(entries, request) or any(map(is_under_way, entries)) else None
