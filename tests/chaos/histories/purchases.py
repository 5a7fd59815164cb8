# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judges from the CA's data whether each purchase was necessary, without any code of the decision itself.

Every new order costs money. It is justified if the last one cannot lead to the declared certificate: it failed, its
certificate is no longer valid, its product or names cannot be had by a reissue, or the paid term ends soon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

ONE_SITE = ("601", "631")
RENEWALS = {"606": "601", "636": "631", "936": "931"}
TERM = timedelta(days=365)
SOON = timedelta(days=45)
A_FEW_DAYS = timedelta(days=3)


@dataclass(frozen=True)
class Want:
    """The declaration; the first name is the common name."""

    product: str
    names: tuple[str, ...]


def unjustified(
    orders: Sequence[Mapping[str, Any]], want: Want, *, now: datetime, dealt_with: Collection[str]
) -> str | None:
    """Return why the earlier orders, the oldest first, make another purchase a mistake, or None.

    ``dealt_with`` are rejected orders after which the operator asked for another.
    """
    refused = [order for order in orders if _is_refused(order)]
    if refused and refused[-1] is orders[-1] and refused[-1]["orderID"] not in dealt_with:
        return f"order {refused[-1]['orderID']} was rejected and nobody asked for another"
    others = [order for order in orders if not _is_refused(order)]
    return _still_good(others[-1], want, now) if others else None


def _is_refused(order: Mapping[str, Any]) -> bool:
    return order["state"] == "REJECTED" and all(entry["serialNumber"] is None for entry in order["entries"])


def _still_good(order: Mapping[str, Any], want: Want, now: datetime) -> str | None:
    words = f"order {order['orderID']} ({order['state']}, {', '.join(order['names'])})"
    if RENEWALS.get(order["productCode"], order["productCode"]) != want.product:
        return None
    issued = [entry for entry in order["entries"] if entry["serialNumber"]]
    if not issued:
        return f"{words} is on its way"
    newest = issued[-1]
    if newest["status"] != "VALID" or _moment(newest["notAfter"]) <= now or _needs_an_order(order, want):
        return None
    return None if _ends_soon(issued, now) else f"{words} is paid, and its certificate can be reissued"


def _needs_an_order(order: Mapping[str, Any], want: Want) -> bool:
    """Return whether a reissue cannot give these names."""
    has = list(order["names"])
    added, dropped = set(want.names) - set(has), set(has) - set(want.names)
    return bool(dropped) or has[0] != want.names[0] or bool(added and want.product in ONE_SITE)


def _ends_soon(issued: Sequence[Mapping[str, Any]], now: datetime) -> bool:
    end, term_end = _moment(issued[-1]["notAfter"]), _moment(issued[0]["notBefore"]) + TERM
    half = _moment(issued[-1]["notBefore"]) + (end - _moment(issued[-1]["notBefore"])) / 2
    return end >= term_end - A_FEW_DAYS and now >= max(half, end - SOON)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
