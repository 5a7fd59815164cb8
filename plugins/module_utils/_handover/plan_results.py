# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of certum_plan.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from .problems import EndedWithProblems

if TYPE_CHECKING:
    from .declared_items import DeclaredItem
    from .reasons import ShownReason
    from .shared_items import SharedReport


class _PlannedAction(TypedDict):
    name: str
    action: str
    reason: ShownReason


class PlannedAction(_PlannedAction, total=False):
    """An action that a declaration needs. The action ``issue`` has an operation, unless an order is pending."""

    operation: str
    operation_reason: ShownReason


class PlanFinding(TypedDict):
    """An observation that needs the attention of the operator. ``name`` is its certificate."""

    name: str
    reason: ShownReason


class PlannedRevocation(TypedDict):
    """A certificate of an absent declaration with a ``revoke_reason``."""

    name: str
    serial_number: str
    revoke_reason: str


class OrderOfAbsent(TypedDict):
    """The order of a staged key of an absent declaration."""

    name: str
    order_id: str


class PlannedRemovals(TypedDict):
    """The certificates, keys and orders of absent declarations that still exist."""

    absent: list[DeclaredItem]
    withdraw: list[DeclaredItem]
    pending_orders: list[OrderOfAbsent]
    revoke: list[PlannedRevocation]


class PlanResult(PlannedRemovals, EndedWithProblems):
    """The result of certum_plan. ``newest`` has the serial number on disk by name, empty if there is none.

    ``renamed`` has the former name of a renamed declaration, by its new name. ``ordered_by`` has the other host that
    ordered a certificate on disk, by the name of the declaration. ``sharing`` are the declarations with ``share``, due
    or not, and ``shared`` what the host has of each.
    """

    changed: bool
    due: list[DeclaredItem]
    activate: list[DeclaredItem]
    renamed: dict[str, str]
    ordered_by: dict[str, str]
    newest: dict[str, str]
    sharing: list[DeclaredItem]
    shared: list[SharedReport]
    current: int
    revoked: list[str]
    reasons: list[PlannedAction]
    sentences: list[str]
    notes: list[str]
    findings: list[PlanFinding]
    reason: ShownReason


def words_of_plan(declared: int, *, due: int, activate: int = 0, remove: int = 0, unchecked: int = 0) -> str:
    """Return how many certificates are declared and how many of them need work, for the reason of a plan."""
    if not declared:
        return "no certificate is planned"
    needed = {"due": due, "to be installed or deployed": activate, "to be removed": remove}
    parts = [f"{count} {_are(count)} {work}" for work, count in needed.items() if count]
    if not parts:
        parts.append("none is due")
    if unchecked:
        parts.append(f"{unchecked} could not be checked for revocation")
    return f"{numbered(declared)} {_are(declared)} declared: {', '.join(parts)}"


def numbered(count: int) -> str:
    """Return so many certificates, in words."""
    return f"{count} certificate" if count == 1 else f"{count} certificates"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
