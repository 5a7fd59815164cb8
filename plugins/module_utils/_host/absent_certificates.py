# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds what a host still has of certificates that are declared absent, and removes it.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import ORDER_NOT_FOUND
from .._lifecycle.publication import content_of
from .._store.certificate_on_disk import read_installed
from .._store.directory_rename import is_link, remove_link
from .._store.removal import OrderAnswers, is_there, remove
from .._store.store_errors import StoreError
from .validation_listener import remove_left_behind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .._handover.batches import OrderStanding
    from .._handover.declared_items import DeclaredItem
    from .._store.certificate_on_disk import Installed
    from .._store.change import Change
    from .._store.layout import Layout

REJECTED = "REJECTED"
FORMER_NAME = "it is declared absent, and only the link that a rename left is on disk"


@dataclass(frozen=True)
class PlannedRemoval:
    """A declaration whose certificate has to be removed, with the reason.

    ``in_service`` is true if the certificate has to be taken out of service first. ``serial_numbers`` are those that
    have not expired, newest first. ``order_id`` is the order of the staged key.
    """

    item: DeclaredItem
    reason: Reason
    in_service: bool
    serial_numbers: tuple[str, ...]
    order_id: str | None


def planned_removal(layout: Layout, item: DeclaredItem, *, now: datetime) -> PlannedRemoval | None:
    """Return what has to be removed, None if nothing is on disk. Raises StoreError."""
    name = item["name"]
    if is_link(layout, name):
        return PlannedRemoval(item, Reason(ReasonCode.DECLARED_ABSENT, FORMER_NAME), False, (), None)
    if not is_there(layout, name):
        return None
    installed = read_installed(layout, name)
    if not item.get("deploy"):
        _refuse_while_verified(layout, name, installed)
    order = installed.staged.order if installed.staged else None
    valid = (version for version in installed.versions if version.facts and version.facts.not_after > now)
    serial_numbers = tuple(version.serial_number for version in valid)
    revoked = f". The CA is asked to revoke {', '.join(serial_numbers)}" if item.get("revoke_reason") else ""
    words = f"it is declared absent, and {_words(installed)} on disk{revoked if serial_numbers else ''}"
    return PlannedRemoval(
        item=item,
        reason=Reason(ReasonCode.DECLARED_ABSENT, words),
        in_service=bool(item.get("deploy") and installed.versions),
        serial_numbers=serial_numbers,
        order_id=order.order_id if order else None,
    )


def _words(installed: Installed) -> str:
    found = [f"certificate {version.serial_number}" for version in installed.versions]
    if installed.staged:
        found.append("a staged key")
    return f"{', '.join(found)} {'is' if len(found) == 1 else 'are'}" if found else "its directory is"


def remove_certificate(
    layout: Layout, item: DeclaredItem, *, orders: Sequence[OrderStanding], check_mode: bool
) -> Change:
    """Remove the certificate from disk. Raises StoreError if it is still in service.

    Check mode does not look at that: an earlier task of the same run would take it out of service.
    """
    name = item["name"]
    if is_link(layout, name):
        return remove_link(layout, name, check_mode=check_mode)
    if not check_mode:
        installed = read_installed(layout, name)
        _refuse_while_verified(layout, name, installed)
        if installed.staged and installed.staged.order and (code := installed.staged.order.validation_code):
            remove_left_behind(layout, content_of(code), check_mode=False)
    answers = OrderAnswers(
        ended={order["order_id"] for order in orders if order.get("state") == REJECTED},
        unknown={each["order_id"]: each.get("environment") for each in orders if each.get("state") == ORDER_NOT_FOUND},
    )
    return remove(layout, name, answers=answers, check_mode=check_mode)


def _refuse_while_verified(layout: Layout, name: str, installed: Installed) -> None:
    if installed.current is not None and installed.verified is not None:
        raise StoreError(
            "The certificate was not removed",
            path=layout.verified(name),
            why="a handshake has verified that a service uses the certificate, and no check shows that the"
            " service loads without the certificate",
            remedy="Declare deploy as before, or remove this link if no service uses these files. Then run again.",
        )
