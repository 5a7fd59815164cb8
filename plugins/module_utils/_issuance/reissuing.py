# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reissue: another certificate within the same order, with a new key or more names.

Private to the collection. Source: partner-api.md 2.4, lifecycle.md 8, errors 1032, 2093, 2094, 2126, 2130, 2162, 2188.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.remedy_commands import order_again_command
from .._partner_api.api_errors import ApiError, CertumError
from .._partner_api.enums import CertificateStatus
from .._partner_api.messages.certificate import ReissueRequest
from .._partner_api.messages.domain_control import SanEntry
from .account_entries import has_key, is_pending_entry, names_of, order_ids, remedy_for_lost_key
from .ordered_certificate import hash_algorithm_of
from .sent_once import purchase_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import SanApprover
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .._x509.csr import RequestFacts
    from .account_entries import Reference
    from .sent_once import Purchase

NOT_ELIGIBLE = 2094


@dataclass(frozen=True)
class Reissue:
    """A reissue of ``former`` for the key of ``request``, with ``added`` names beside its own.

    ``order_id`` is needed to look for a reissue after a lost answer.
    """

    former: Reference
    request: RequestFacts
    approver: SanApprover | None
    added: tuple[str, ...] = ()
    order_id: str | None = None

    @property
    def words(self) -> str:
        return self.former.words + (f" with {', '.join(self.added)}" if self.added else "")

    def message(self) -> ReissueRequest:
        return ReissueRequest(
            serial_number=self.former.serial_number,
            hash_algorithm=hash_algorithm_of(self.request),
            csr=self.request.pem,
            san_approver=self.approver,
            san_entries=tuple(SanEntry(dns_name=name) for name in self.added) or None,
            user_agent="certops.certum",
        )


def reissue_once(api: PartnerApi, reissue: Reissue) -> Purchase:
    """Send the reissue, or find that of an earlier run. Raises CertumError."""
    where, entries = f"reissue of {reissue.former.words}", reissue.former.entries
    try:
        return purchase_once(
            lambda: api.reissue_certificate(reissue.message()), lambda: _look(api, reissue), where=where
        )
    except ApiError as error:
        pending_ids = order_ids(filter(is_pending_entry, entries))
        if not (pending_ids and error.has(NOT_ELIGIBLE)):
            raise
        raise CertumError(
            where=where,
            why=f"order {pending_ids[0]} already has a pending reissue (error {NOT_ELIGIBLE})",
            remedy=f"Nothing was reissued now. {remedy_for_lost_key(pending_ids[0], entries)}",
        ) from error


def _look(api: PartnerApi, reissue: Reissue) -> str | None:
    """Return the order id if the order has a certificate for our key, or a pending entry."""
    if not reissue.order_id:
        return None
    entries = api.get_order_by_order_id(order_id=reissue.order_id)
    return reissue.order_id if is_known(entries, reissue.request) or any(map(is_pending_entry, entries)) else None


def is_known(entries: Iterable[Entry], request: RequestFacts) -> bool:
    """Return whether one of these certificates is for the key of the CSR."""
    return any(has_key(entry.certificate_details, request) for entry in entries)


def missing_names(names: Iterable[str], former: Reference) -> tuple[str, ...]:
    """Return the names that the certificate lacks: the CA refuses a name that it has (error 2130)."""
    has = names_of(former.details)
    return tuple(name for name in names if name not in has)


def refuse_unfit(former: Reference, now: datetime) -> None:
    """Refuse a reissue that the CA would refuse with 2093 or 2094, before a key is used up. Raises CertumError."""
    if former.has_expired(now):
        raise CertumError(
            where=former.words,
            why=f"it expired on {former.details.end_date:%Y-%m-%d}, but only a valid one can be reissued (error 2093)",
            remedy="Renew it with certum_renew if the CA still accepts that, or place a new order.",
        )
    if former.details.certificate_status != CertificateStatus.VALID:
        raise CertumError(
            where=former.words,
            why=f"it is {former.details.certificate_status}, but only a valid one can be reissued (error 2094)",
            remedy="Place a new order (certum_order), which costs money. With the role: " + order_again_command("NAME"),
        )
