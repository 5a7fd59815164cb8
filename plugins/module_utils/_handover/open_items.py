# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which problems fail a host: every problem, except of the kinds that ``certum_fail_on`` leaves out.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from .reasons import ReasonCode
from .terms import FailOn

if TYPE_CHECKING:
    from collections.abc import Collection


class OpenItem(TypedDict):
    """A certificate, or a host, that is not as declared at the end of a run. ``name`` is None for the whole host."""

    name: str | None
    code: str
    text: str
    remedy: str


KINDS = {
    ReasonCode.CREDENTIALS_REFUSED: FailOn.REFUSED,
    ReasonCode.REFUSED: FailOn.REFUSED,
    ReasonCode.REJECTED: FailOn.REFUSED,
    ReasonCode.NOT_VALIDATED: FailOn.REFUSED,
    ReasonCode.MISTAKE: FailOn.REFUSED,
    ReasonCode.PURCHASE_NOT_ALLOWED: FailOn.REFUSED,
    ReasonCode.UNREACHABLE: FailOn.UNREACHABLE,
    ReasonCode.NO_ANSWER: FailOn.UNREACHABLE,
    ReasonCode.EXPIRED: FailOn.EXPIRED,
    ReasonCode.WAITING: FailOn.PENDING,
    ReasonCode.WAITING_FOR_PEOPLE: FailOn.PENDING,
}
"""The kinds by the code of a problem. A problem with another code has no kind and always fails its host."""
BY_CODE = {code.value: kind.value for code, kind in KINDS.items()}


def fails(item: OpenItem, fail_on: Collection[str]) -> bool:
    """Return whether the problem fails its host."""
    kind = BY_CODE.get(item["code"])
    return kind is None or kind in fail_on
