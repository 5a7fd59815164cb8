# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The former certificate that a reissue replaces, and the end of its validity.

Private to the collection. Pure. Source: lifecycle.md 8, the CA revokes the former certificate 14 days after a reissue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .._handover.serial_number import same_serial_number
from .._handover.terms import Operation

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMER_DAYS = 14


@dataclass(frozen=True)
class Former:
    """A certificate that was reissued, and the time. ``requested`` is True until the CA issues the new certificate."""

    serial_number: str
    not_after: datetime
    reissued: datetime
    requested: bool = False

    @property
    def valid_until(self) -> datetime:
        """Return the end of validity, or the earliest possible end while the new certificate is not issued."""
        return min(self.reissued + timedelta(days=FORMER_DAYS), self.not_after)

    def __str__(self) -> str:
        until, reissued = f"{self.valid_until:%Y-%m-%d %H:%M} UTC", f"{self.reissued:%Y-%m-%d}"
        if self.valid_until == self.not_after:
            return f"The former certificate {self.serial_number} expires on {until}."
        if self.requested:
            return (
                f"A reissue was requested on {reissued}. The former certificate {self.serial_number} is valid until"
                f" {until} at least: the CA revokes it {FORMER_DAYS} days after it issues the new one."
            )
        return (
            f"The certificate was reissued on {reissued}, so the former certificate {self.serial_number} is valid until"
            f" {until}: the CA revokes it {FORMER_DAYS} days after a reissue."
        )


@dataclass(frozen=True)
class EarlierReissue:
    """A certificate of an order, and the start of the next one in the same order."""

    serial_number: str
    reissued: datetime


@dataclass(frozen=True)
class Issuance:
    """The order, the start and the expiry date of a certificate, and the reissues before it in its order."""

    serial_number: str
    order_id: str | None
    not_before: datetime
    not_after: datetime
    reissues: tuple[EarlierReissue, ...] = ()


def former_of(in_use: Issuance | None, later: Iterable[Issuance]) -> Former | None:
    """Return the certificate in use if a certificate of the same order was installed later.

    After several reissues the first one counts, because the CA then revokes the former certificate. Its certificate may
    never have been on this host: then a later one records it.
    """
    if in_use is None or in_use.order_id is None:
        return None
    same_order = [
        each
        for each in later
        if (each.order_id, each.serial_number == in_use.serial_number) == (in_use.order_id, False)
        and each.not_before >= in_use.not_before
    ]
    recorded = (
        max(reissue.reissued, in_use.not_before)
        for each in same_order
        for reissue in each.reissues
        if same_serial_number(reissue.serial_number, in_use.serial_number)
    )
    reissued = [*(each.not_before for each in same_order), *recorded]
    return Former(in_use.serial_number, in_use.not_after, min(reissued)) if reissued else None


def costs_nothing(operation: Operation, not_after: datetime | None, now: datetime) -> bool:
    """Return whether an operation costs no money and no validity.

    This is a reissue of a certificate that expires before the CA would revoke it. It is free of charge only until the
    expiry date, because an expired certificate must be ordered.
    """
    if operation is not Operation.REISSUE or not_after is None:
        return False
    return not_after - now <= timedelta(days=FORMER_DAYS)
