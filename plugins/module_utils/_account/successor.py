# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certum_renew and certum_reissue share: a purchase without an order id of ours, sent once and looked for.

Private to the collection. The CA refuses a key that was used (error 1032), so a CSR stands for one purchase: the same
CSR again finds what it bought. Source: lifecycle.md 8 and 10.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._issuance.items import show_validation
from .._issuance.order import approver_of
from .._issuance.outcome import Validation
from .._lifecycle.validation import ValidationMethod
from .._partner_api.errors import ApiError, CertumError, FateUnknownError
from .._x509.errors import X509Error
from .._x509.facts import read_certificate
from .._x509.pem import one_certificate
from .reference import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.domain_control import SanApprover
    from .._partner_api.messages.lookup import Order
    from .._partner_api.messages.order import PlacedOrder
    from .._x509.csr import RequestFacts

KEY_WAS_USED = 1032


@dataclass(frozen=True)
class Purchase:
    """What the CA was asked for, or had: ``order_id``, and the code if it came with the answer."""

    order_id: str
    is_new: bool
    placed: PlacedOrder | None = None


def approver(params: Mapping[str, Any]) -> SanApprover | None:
    """How the names are proved. Raises InvalidRequestError."""
    validation = params["validation"] or {}
    method, prefix = validation.get("method"), validation.get("admin_prefix")
    if not method:
        return None
    if method == "admin" and not prefix:
        raise InvalidRequestError("validation by admin needs validation.admin_prefix (error 2159). Nothing was sent.")
    return approver_of(ValidationMethod(method), prefix)


def buy_once(send: Callable[[], PlacedOrder], look: Callable[[], str | None], *, where: str) -> Purchase:
    """Send, or find what an earlier run bought with the same key. Raises CertumError.

    ``look`` gives the order that the key went to, None if there is none.
    """
    try:
        placed = send()
    except ApiError as error:
        if not error.has(KEY_WAS_USED):
            raise
        found = look()
        if found is None:
            raise
        return Purchase(found, is_new=False)
    except CertumError as error:
        if not error.may_have_taken_effect:
            raise
        return Purchase(_found(look, error, where=where), is_new=True)
    return Purchase(placed.order_id, is_new=True, placed=placed)


def _found(look: Callable[[], str | None], sent: CertumError, *, where: str) -> str:
    try:
        found, why = look(), "the CA shows nothing of it so far"
    except CertumError as error:
        found, why = None, f"looking for it failed: {error.why}"
    if found is None:
        raise FateUnknownError(
            where=where,
            why=f"{sent.why}. Whether it was carried out is not known: {why}",
            remedy="Run again with the same CSR: its key can buy only once.",
        ) from sent
    return found


def has_key(details: CertificateDetails | None, request: RequestFacts) -> bool:
    """Whether a certificate is for the key of the CSR."""
    if details is None:
        return False
    try:
        facts = read_certificate(one_certificate(details.x509_cert))
    except X509Error:
        return False
    return facts.public_key_sha256 == request.public_key_sha256


def is_under_way(entry: Order) -> bool:
    """Whether an entry waits for its certificate."""
    return entry.certificate_details is None and not (
        entry.order_status and entry.order_status.order_state == "REJECTED"
    )


def result(purchase: Purchase, params: Mapping[str, Any], *, reason: str, after: Mapping[str, Any]) -> dict[str, Any]:
    """The result of either module."""
    return {
        "changed": purchase.is_new,
        "order_id": purchase.order_id,
        "order_placed": True,
        "validation": show_validation(_validation(purchase, params)),
        "reason": reason,
        "diff": {"before": {}, "after": dict(after) if purchase.is_new else {}},
    }


def prediction(reason: str, after: Mapping[str, Any]) -> dict[str, Any]:
    """The result of either module in check mode."""
    return {
        "changed": True,
        "order_id": None,
        "order_placed": False,
        "validation": None,
        "reason": reason,
        "diff": {"before": {}, "after": dict(after)},
    }


def _validation(purchase: Purchase, params: Mapping[str, Any]) -> Validation | None:
    answer = purchase.placed.san_verification if purchase.placed else None
    method = (params["validation"] or {}).get("method")
    if answer is None or not answer.code or not method:
        return None
    return Validation(method=ValidationMethod(method), code=answer.code, names=answer.fqdns)


def order_ids(entries: Iterable[Order]) -> list[str]:
    """The orders of entries, each once."""
    return list(dict.fromkeys(entry.order_status.order_id for entry in entries if entry.order_status))
