# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contents of an account: valid certificates, pending orders, and orders that are not used any more.

Private to the collection. Pure. Source: lifecycle.md 1, 3, 8, 10.4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from .._handover.reasons import Reason, ReasonCode
from .former_certificate import FORMER_DAYS
from .products import is_renewal, issue_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

_REJECTED, _VALID = "REJECTED", "VALID"


@dataclass(frozen=True)
class AccountCertificate:
    """A certificate of the account.

    ``status`` is the CA's word. ``names`` are the subject alternative names. ``key`` is a type and a size that can be
    declared, or None. ``subject`` has texts by dotted OID. ``unreadable`` is the reason why the rest cannot be read.
    """

    serial_number: str
    status: str
    not_before: datetime
    not_after: datetime
    common_name: str
    names: tuple[str, ...] = ()
    key: tuple[str, int] | None = None
    subject: Mapping[str, str] = field(default_factory=dict)
    unreadable: str | None = None


@dataclass(frozen=True)
class AccountOrder:
    """One entry of an order. After a reissue an order has several entries. ``state`` is the CA's word."""

    order_id: str
    customer: str
    product_code: str
    ordered_at: datetime
    state: str
    tax_identification_number: str | None = None


Entry = tuple[AccountOrder, Optional[AccountCertificate]]


@dataclass(frozen=True)
class LiveCertificate:
    """A certificate and its entry. ``problem`` is the reason not to use the certificate any more, or None."""

    order: AccountOrder
    certificate: AccountCertificate
    problem: Reason | None = None


@dataclass(frozen=True)
class LeftOut:
    """An order that is not declared, the common name of its certificate if there is one, and the reason."""

    order: AccountOrder
    common_name: str | None
    reason: Reason


@dataclass(frozen=True)
class Survey:
    """The contents of an account.

    ``issued`` are all certificates. ``living`` are those in use: the newest certificate of an order and its renewals.
    """

    issued: tuple[LiveCertificate, ...]
    living: tuple[LiveCertificate, ...]
    pending: tuple[AccountOrder, ...]
    left_out: tuple[LeftOut, ...]


def survey(entries: Iterable[Entry], *, now: datetime) -> Survey:
    """Return the contents of an account from the entries of its orders, in any sequence."""
    orders: dict[str, list[Entry]] = {}
    for entry in entries:
        orders.setdefault(entry[0].order_id, []).append(entry)
    issued, pending, left_out = [], [], []
    for order in orders.values():
        certificates = _judged(order, now)
        waiting = [entry for entry, certificate in order if certificate is None and entry.state != _REJECTED]
        issued += certificates
        pending += waiting
        if not waiting and not any(each.problem is None for each in certificates):
            left_out.append(_lifeless(order[0][0], certificates))
    living, older = _newest_of_each_line([each for each in issued if each.problem is None])
    return Survey(tuple(issued), tuple(living), tuple(pending), (*left_out, *older))


def _judged(order: Sequence[Entry], now: datetime) -> list[LiveCertificate]:
    """Return the certificates of one order, the oldest first: by date, not by position (partner-api.md 2.8)."""
    issued = [
        LiveCertificate(entry, certificate, _why_dead(certificate, now)) for entry, certificate in order if certificate
    ]
    issued.sort(key=_start)
    serial_numbers = [each.certificate.serial_number for each in issued if each.problem is None]
    return [
        LiveCertificate(each.order, each.certificate, each.problem or _why_replaced(each, serial_numbers))
        for each in issued
    ]


def _start(issued: LiveCertificate) -> datetime:
    return issued.certificate.not_before


def _why_dead(certificate: AccountCertificate, now: datetime) -> Reason | None:
    if certificate.status != _VALID:
        return Reason(ReasonCode.REVOKED, f"its certificate is {certificate.status}")
    if certificate.not_after <= now:
        return Reason(ReasonCode.EXPIRED, f"its certificate expired on {certificate.not_after:%Y-%m-%d}")
    return None


def _why_replaced(issued: LiveCertificate, living: Sequence[str]) -> Reason | None:
    """Return the reason if the order has a newer certificate.

    ``living`` are the serial numbers of the order's valid certificates, the newest last.
    """
    if issued.certificate.serial_number == living[-1]:
        return None
    revoked = f"the CA revokes it {FORMER_DAYS} days after that"
    return Reason(ReasonCode.REPLACED, f"it was reissued as {living[-1]}, and {revoked}")


def _lifeless(order: AccountOrder, certificates: Sequence[LiveCertificate]) -> LeftOut:
    if not certificates:
        return LeftOut(order, None, Reason(ReasonCode.REJECTED, "it was rejected or cancelled"))
    last = certificates[-1]
    return LeftOut(last.order, last.certificate.common_name, last.problem or Reason(ReasonCode.REPLACED, ""))


def _newest_of_each_line(living: Sequence[LiveCertificate]) -> tuple[list[LiveCertificate], list[LeftOut]]:
    """Split the certificates into those in use and those that a renewal replaces. A renewal is a separate order."""
    renewals = {_line(each): each for each in sorted(living, key=_start) if is_renewal(each.order.product_code)}
    kept, older = [], []
    for each in living:
        renewal = renewals.get(_line(each), each)
        if _start(renewal) > _start(each):
            reason = Reason(ReasonCode.REPLACED, f"order {renewal.order.order_id} renewed it")
            older.append(LeftOut(each.order, each.certificate.common_name, reason))
        else:
            kept.append(each)
    return kept, older


def _line(issued: LiveCertificate) -> tuple[str, str, str, str]:
    """Return what a renewal shares with the old certificate: customer, common name, product (errors 1167 to 1169).

    The key type is included, because a server may have an RSA and an EC certificate with the same names.
    """
    order, certificate = issued.order, issued.certificate
    return (
        order.customer or order.order_id,
        certificate.common_name.lower() or order.order_id,
        issue_code(order.product_code),
        certificate.key[0] if certificate.key else "",
    )
