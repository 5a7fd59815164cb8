# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A purchase without an order id of ours, a renewal or a reissue: sent once and looked for.

Private to the collection. The CA refuses a key that was used (error 1032), so a CSR stands for one purchase: the same
CSR again finds what it bought. Source: lifecycle.md 8 and 10.8.
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
    """What the CA was asked for, or had: ``order_id``, and the code if it came with the answer."""

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
    """Send, or find what an earlier run bought with the same key. Raises CertumError.

    ``look`` gives the order that the key went to, None if there is none; ``look_if_lost`` does so where the CA has not
    said that the key was used.
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
            why=f"its key was used before (error {KEY_WAS_USED}), and what for is not known: {error.why}",
            remedy=error.remedy,
        ) from error


def _found(look: Callable[[], str | None], sent: CertumError, *, where: str) -> str:
    try:
        found, why = look(), "the CA shows nothing of it so far"
    except CertumError as error:
        found, why = None, f"a look did not settle it: {error.why}"
    if found is None:
        raise OutcomeUnknownError(
            where=where,
            why=f"{sent.why}. Whether it was carried out is not known: {why}",
            remedy="Run again with the same CSR: its key can buy only once.",
        ) from sent
    return found
