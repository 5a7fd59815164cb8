# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A renewal or a reissue, which has no order id of ours: it is sent once, and found again by its key.

Private to the collection. The CA refuses a used key (error 1032), so a CSR stands for one purchase: the same CSR again
finds the order of the first request. Source: lifecycle.md 8 and 10.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._partner_api.api_errors import ApiError, CertumError, OutcomeUnknownError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._partner_api.messages.quick_order import PlacedOrder

KEY_WAS_USED = 1032


@dataclass(frozen=True)
class Purchase:
    """A purchase at the CA, new or by an earlier run; ``placed`` is the CA's answer, None if it was lost."""

    order_id: str
    is_new: bool
    placed: PlacedOrder | None = None


def purchase_once(
    send: Callable[[], PlacedOrder],
    look: Callable[[], str | None],
    *,
    look_if_lost: Callable[[], str | None] | None = None,
    where: str,
) -> Purchase:
    """Send the purchase once, or find the order that an earlier run placed with the same key. Raises CertumError.

    ``look`` returns the order of the key, None if there is none. ``look_if_lost`` does the same after a lost answer,
    when the CA has not reported that the key was used.
    """
    try:
        placed = send()
    except ApiError as error:
        if not error.has(KEY_WAS_USED):
            raise
        found = _used(look, where=where)
        if found is None:
            raise
        return Purchase(found, is_new=False)
    except CertumError as error:
        if not error.outcome_unknown:
            raise
        return Purchase(_found(look_if_lost or look, error, where=where), is_new=True)
    return Purchase(placed.order_id, is_new=True, placed=placed)


def _used(look: Callable[[], str | None], *, where: str) -> str | None:
    try:
        return look()
    except CertumError as error:
        raise OutcomeUnknownError(
            where=where,
            why=f"its key was used before (error {KEY_WAS_USED}), and it is unknown for which order: {error.why}",
            remedy=error.remedy,
        ) from error


def _found(look: Callable[[], str | None], sent: CertumError, *, where: str) -> str:
    try:
        found, why = look(), "the CA shows no such order so far"
    except CertumError as error:
        found, why = None, f"the search for its order failed: {error.why}"
    if found is None:
        raise OutcomeUnknownError(
            where=where,
            why=f"{sent.why}. It is unknown whether the CA carried out the request: {why}",
            remedy="Run again with the same CSR: the CA accepts its key only once, so nothing is ordered twice.",
        ) from sent
    return found
