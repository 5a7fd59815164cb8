# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Live orders of the account: if the key of a certificate is lost, its order is reissued instead of a new order.

Private to the collection. Source: lifecycle.md 8 and 10.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from .._handover.serial_number import same_serial_number
from .._handover.terms import Operation, Sent
from .._lifecycle.certificate_names import with_companions
from .._lifecycle.decision import Desired, KnownVersion, OnDisk, Question
from .._lifecycle.operation_choice import choose
from .._lifecycle.order_identity import FINGERPRINT_CHARACTERS
from .._lifecycle.products import issue_code
from .._lifecycle.term_end import estimated_term_end
from .._partner_api.api_errors import CertumError
from .._partner_api.enums import CertificateStatus
from .account_entries import (
    common_name_of,
    entries_of,
    has_key,
    has_the_names,
    is_pending_entry,
    issued_entries,
    key_type_of,
    names_of,
    order_ids,
    remedy_for_lost_key,
)
from .account_orders import entries_since
from .shared_limits import refuse_certificate_elsewhere

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .ordered_certificate import Order

LOOK_BACK = timedelta(days=400)


def read_account(api: PartnerApi) -> tuple[Entry, ...]:
    """Return the orders of the last term. Raises CertumError."""
    return entries_since(api, api.get_orders_by_date_range, lambda now: now - LOOK_BACK)


def follow_live_order(order: Order, account: Sequence[Entry], *, now: datetime) -> Order:
    """Return the order, or a reissue or renewal of a live certificate of its customer or of the predecessor's order.

    Raises CertumError if the account has a pending order whose key is lost.
    """
    ours = _of_interest(order, account)
    by_key = order_ids(entry for entry in ours if has_key(entry.certificate_details, order.request))
    if by_key:
        return replace(order, order_id=by_key[0], operation=_operation_of(by_key[0], ours), sent=Sent.YES)
    if order.order_id in order_ids(ours) and not _is_issued_for_another_host(order, ours):
        return order
    live = _live(ours, now)
    refuse_certificate_elsewhere(order, live)
    strange = [
        order_id for order_id in order_ids(filter(is_pending_entry, ours)) if not _may_be_sent(order, order_id, ours)
    ]
    if strange:
        raise CertumError(
            where=f"order {', '.join(strange)}",
            why=f"it is pending for customer {order.customer}, but its key is not on this host any more",
            remedy=" ".join(
                [
                    "Nothing was ordered.",
                    *_where_the_key_may_be(order),
                    *(remedy_for_lost_key(order_id, ours) for order_id in strange),
                ]
            ),
        )
    followed = filter(None, (_successor(order, newest, ours, now=now) for newest in live))
    best = next(followed, order)
    is_the_same = order.operation is not Operation.ORDER and best.predecessor == order.predecessor
    return order if is_the_same else best


def _is_issued_for_another_host(order: Order, entries: Sequence[Entry]) -> bool:
    """Return whether the order of a group was issued, for another key. The caller has looked for our key before."""
    return order.shared is not None and bool(issued_entries(entries_of(order.order_id, entries)))


def _where_the_key_may_be(order: Order) -> list[str]:
    return [order.shared.remedy] if order.shared else []


def _of_interest(order: Order, account: Sequence[Entry]) -> list[Entry]:
    """Return the entries that may be ours: by an exclusive or declared customer, or in the predecessor's order."""
    of_predecessor = order_ids(entry for entry in account if _is_predecessor(entry, order))
    return [
        entry
        for entry in account
        if (order.reissue_live_order and _is_of(entry, order))
        or (order.declared_customer and _is_of(entry, order) and _is_for_the_same(entry, order))
        or set(order_ids([entry])) & set(of_predecessor)
    ]


def _is_for_the_same(entry: Entry, order: Order) -> bool:
    """Return whether an entry is for the names and key type of the order: RSA and EC are two declarations.

    A pending entry shows neither, but its order id then has the prefix of our order id.
    """
    details = entry.certificate_details
    if details is not None:
        spec = order.request.key_spec
        return has_the_names(details, order.names) and spec is not None and key_type_of(details) is spec.type
    prefix = order.order_id[:-FINGERPRINT_CHARACTERS]
    return any(order_id.startswith(prefix) for order_id in order_ids([entry])) if prefix else False


def _is_predecessor(entry: Entry, order: Order) -> bool:
    if order.operation is not Operation.ORDER or order.predecessor is None or entry.certificate_details is None:
        return False
    return same_serial_number(entry.certificate_details.serial_number, order.predecessor)


def _is_of(entry: Entry, order: Order) -> bool:
    status = entry.order_status
    return bool(status and status.customer == order.customer and issue_code(status.product_code) == order.product.code)


def _may_be_sent(order: Order, order_id: str, entries: Sequence[Entry]) -> bool:
    """Return whether an earlier run may have sent a pending reissue or renewal. A pending order would have our id."""
    follows = _operation_of(order_id, entries) is Operation.REISSUE or any(
        entry.order_status and entry.order_status.product_code != order.product.code
        for entry in entries_of(order_id, entries)
    )
    return order.sent.is_uncertain and follows


def _operation_of(order_id: str, entries: Sequence[Entry]) -> Operation:
    """Return REISSUE for an order with several entries, else ORDER."""
    return Operation.REISSUE if len(entries_of(order_id, entries)) > 1 else Operation.ORDER


def _live(entries: Sequence[Entry], now: datetime) -> list[CertificateDetails]:
    """Return the newest valid certificate of each order, the one that expires last first.

    Older certificates of a reissued order stay valid for days, but cannot be reissued.
    """
    newest = {order_id: details[-1] for order_id, details in _issued_by_order(entries).items() if details}
    live = [
        details
        for details in newest.values()
        if details.certificate_status == CertificateStatus.VALID and details.end_date > now
    ]
    return sorted(live, key=lambda details: details.end_date, reverse=True)


def _issued_by_order(entries: Sequence[Entry]) -> dict[str, list[CertificateDetails]]:
    return {order_id: issued_entries(entries_of(order_id, entries)) for order_id in order_ids(entries)}


def _successor(order: Order, newest: CertificateDetails, entries: Sequence[Entry], *, now: datetime) -> Order | None:
    """Return the order as a reissue or renewal of this certificate; None if only a new order is possible."""
    (order_id,) = order_ids(entry for entry in entries if entry.certificate_details == newest)
    first = issued_entries(entries_of(order_id, entries))[0]
    names, wanted = names_of(newest), frozenset(order.names)
    version = KnownVersion(
        serial_number=newest.serial_number,
        names=names,
        not_before=newest.start_date,
        not_after=newest.end_date,
        public_key_sha256="",
        key=None,
        ordered_names=names - (with_companions(order.names) - wanted),
        product_code=order.product.code,
        common_name=common_name_of(newest),
        order_id=order_id,
        term_end=estimated_term_end(first.start_date),
    )
    desired = Desired(
        name=order.name,
        names=wanted,
        product_code=order.product.code,
        key=str(order.request.key_spec),
        window=order.window,
        deployed=False,
        common_name=order.names[0],
    )
    operation = choose(Question(desired, OnDisk(newest=version), now)).operation
    if operation is Operation.ORDER:
        return None
    reissued = operation is Operation.REISSUE
    return replace(
        order,
        operation=operation,
        order_id=order_id if reissued else "",
        predecessor=newest.serial_number,
        term_end=version.term_end if reissued else None,
    )
