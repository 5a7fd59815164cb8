# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renewal: the next paid term of a certificate, as a new order whose id the CA chooses.

Private to the collection. Source: partner-api.md 2.3, lifecycle.md 8, errors 1032, 1166 to 1170, 2093.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from .._partner_api.errors import CertumError
from .._partner_api.messages.certificate import RenewalRequest
from .order import hash_algorithm_of
from .purchase import buy_once
from .reference import entries_of, has_key, is_under_way, issued_entries, order_ids

if TYPE_CHECKING:
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import SanApprover
    from .._x509.csr import RequestFacts
    from .purchase import Purchase
    from .reference import Reference

CLOCKS_DIFFER_BY = timedelta(days=1)


@dataclass(frozen=True)
class Renewal:
    """What is bought: the next term of ``former``, under its customer and a renewal code."""

    former: Reference
    request: RequestFacts
    approver: SanApprover | None
    customer: str
    product_code: str

    @property
    def words(self) -> str:
        return f"{self.former.words} with product {self.product_code}"

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


def renew_once(api: PartnerApi, renewal: Renewal) -> Purchase:
    """Send it, or find what an earlier run bought. Raises CertumError."""
    return buy_once(
        lambda: api.renew_certificate(renewal.message()),
        lambda: look_for(api, renewal),
        where=f"renewal of {renewal.former.words}",
    )


def look_for(api: PartnerApi, renewal: Renewal) -> str | None:
    """The renewal that this key went to: by its certificate, or as the only one of this customer that is under way."""
    entries = api.get_orders_by_date_range(
        from_date=renewal.former.details.start_date - CLOCKS_DIFFER_BY,
        to_date=datetime.now(timezone.utc) + CLOCKS_DIFFER_BY,
    )
    ours = [
        entry
        for entry in entries
        if entry.order_status
        and (entry.order_status.customer, entry.order_status.product_code) == (renewal.customer, renewal.product_code)
    ]
    with_key = order_ids(entry for entry in ours if has_key(entry.certificate_details, renewal.request))
    under_way = [
        order_id for order_id in order_ids(filter(is_under_way, ours)) if not issued_entries(entries_of(order_id, ours))
    ]  # what is under way in an order that has a certificate is a reissue
    if with_key or len(under_way) == 1:
        return (with_key or under_way)[0]
    if under_way:
        raise CertumError(
            where=f"renewal of {renewal.former.words}",
            why=f"orders {', '.join(under_way)} of customer {renewal.customer} are under way, "
            "for keys that are not told",
            remedy="Look at them with certum_order_info, and cancel what is not wanted with certum_cancel.",
        )
    return None


def refuse_unfit(former: Reference, request: RequestFacts) -> None:
    """What the CA would refuse with 1168 or 1032, said before anything is sent. Raises CertumError."""
    if has_key(former.details, request):
        raise CertumError(
            where=former.words,
            why="the CSR has the key of the certificate that is renewed, and the CA takes a key only once (error 1032)",
            remedy="Make a new key and CSR. Nothing was sent.",
        )
    asked, had = (request.common_name or "").lower(), former.details.common_name.lower()
    if had and asked != had:
        raise CertumError(
            where=former.words,
            why=f"the CSR is for {asked or 'no common name'}, and {had} is renewed (error 1168)",
            remedy="Make it with that common name, or place a new order. Nothing was sent.",
        )
