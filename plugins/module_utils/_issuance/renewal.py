# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A renewal: the next paid term of a certificate, as a new order whose id the CA chooses.

Private to the collection. Source: partner-api.md 2.3, lifecycle.md 8, errors 1032, 1166 to 1170, 2093.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._partner_api.api_errors import ApiError, CertumError
from .._partner_api.messages.certificate import RenewalRequest
from .._x509.alternative_names import canonical_name
from .account_entries import entries_of, has_key, is_pending_entry, issued_entries, order_ids
from .account_orders import CLOCKS_DIFFER_BY, entries_since
from .ordered_certificate import hash_algorithm_of
from .sent_once import purchase_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import SanApprover
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .._x509.csr import RequestFacts
    from .account_entries import Reference
    from .sent_once import Purchase


@dataclass(frozen=True)
class Renewal:
    """A purchase of the next term of ``former``, with its customer and a renewal code.

    ``alone`` means that no other certificate has this customer, and that it had no pending order before. ``taken`` are
    orders of other certificates.
    """

    former: Reference
    request: RequestFacts
    approver: SanApprover | None
    customer: str
    product_code: str
    alone: bool = False
    taken: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        return f"{self.former.words} with product {self.product_code}"

    @property
    def names(self) -> frozenset[str]:
        """The names of the old certificate, which the CA keeps, and of the CSR."""
        details, request = self.former.details, self.request
        reported = (details.common_name, *details.dns_names, request.common_name, *request.names)
        return frozenset(_bare(name) for name in reported if name)

    def message(self) -> RenewalRequest:
        return RenewalRequest(
            san_approver=self.approver,
            csr=self.request.pem,
            customer=self.customer,
            product_code=self.product_code,
            serial_number=self.former.serial_number,
            hash_algorithm=hash_algorithm_of(self.request),
            user_agent="certops.certum",
        )


class UnsureError(CertumError):
    """Orders are pending, and it is unknown whether one of them is this renewal."""


def renew_once(api: PartnerApi, renewal: Renewal) -> Purchase:
    """Send the renewal, or find that of an earlier run. Raises CertumError."""
    return purchase_once(
        lambda: api.renew_certificate(renewal.message()),
        lambda: look_for(api, renewal, key_was_used=True),
        look_if_lost=lambda: look_for(api, renewal, key_was_used=False),
        where=f"renewal of {renewal.former.words}",
    )


def look_for(api: PartnerApi, renewal: Renewal, *, key_was_used: bool) -> str | None:
    """Return the order whose certificate has our key, or the only pending order that can be ours, if one must be.

    Certificates may share a customer, and no answer shows the key of a pending order. Raises UnsureError if a pending
    order may be ours or that of another certificate.
    """
    start = renewal.former.details.start_date - CLOCKS_DIFFER_BY
    entries = entries_since(api, api.get_orders_by_date_range, lambda _now: start)
    ours = [
        entry
        for entry in entries
        if entry.order_status
        and (entry.order_status.customer, entry.order_status.product_code) == (renewal.customer, renewal.product_code)
    ]
    with_key = order_ids(entry for entry in ours if has_key(entry.certificate_details, renewal.request))
    if with_key:
        return with_key[0]
    candidates = [order_id for order_id in _pending_entries(ours) if _may_be(api, order_id, renewal)]
    if len(candidates) > 1 or (candidates and not (key_was_used or renewal.alone)):
        many = len(candidates) > 1
        raise UnsureError(
            where=f"renewal of {renewal.former.words}",
            why=f"{'orders' if many else 'order'} {', '.join(candidates)} of customer {quote(renewal.customer)} "
            f"{'are' if many else 'is'} pending, and no answer shows for which key",
            remedy="Look at each order with certum_order_info, and cancel an unwanted one with certum_cancel. An "
            "issued certificate shows its key: once the order is issued, run again.",
        )
    return candidates[0] if candidates else None


def _pending_entries(entries: Sequence[Entry]) -> list[str]:
    """Return the ids of pending orders; a pending entry in an order with a certificate is a reissue."""
    return [
        order_id
        for order_id in order_ids(filter(is_pending_entry, entries))
        if not issued_entries(entries_of(order_id, entries))
    ]


def _may_be(api: PartnerApi, order_id: str, renewal: Renewal) -> bool:
    """Return whether an order is for the names of this renewal, as far as the CA reports them.

    The CA may report a name without its wildcard, with or without ``www.``, or as the domain above it.
    """
    if order_id in renewal.taken:
        return False
    try:
        reported = [_bare(name.fqdn).removeprefix("www.") for name in api.get_san_verification_state(order_id=order_id)]
    except ApiError:
        return True
    return all(any(f".{name}".endswith(f".{domain}") for name in renewal.names) for domain in reported)


def _bare(name: str) -> str:
    return canonical_name(name.removeprefix("*."))


def refuse_unfit(former: Reference, request: RequestFacts) -> None:
    """Refuse a renewal that the CA would refuse with 1168 or 1032, before any order. Raises CertumError."""
    if has_key(former.details, request):
        raise CertumError(
            where=former.words,
            why="the CSR has the key of the old certificate, and the CA accepts a key only once (error 1032)",
            remedy="Nothing was renewed. Make a new key and CSR.",
        )
    asked, had = (request.common_name or "").lower(), former.details.common_name.lower()
    if had and asked != had:
        raise CertumError(
            where=former.words,
            why=f"the CSR is for {quote(asked) or 'no common name'}, but the certificate for {quote(had)} (error 1168)",
            remedy="Nothing was renewed. Make a CSR with that common name, or place a new order.",
        )
