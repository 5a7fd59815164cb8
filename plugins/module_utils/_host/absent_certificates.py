# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds what a host still has of certificates that are declared absent.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._service.unnamed_services import require_all_named
from .._store.certificate_on_disk import is_there, read_installed
from .._store.directory_rename import is_link
from .._store.store_errors import StoreError

if TYPE_CHECKING:
    from datetime import datetime

    from .._handover.declared_items import DeclaredItem
    from .._store.certificate_on_disk import Installed
    from .._store.layout import Layout

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
    require_all_named(layout, item, installed)
    if not item.get("deploy"):
        refuse_while_verified(layout, name, installed)
    _refuse_to_revoke_for_others(layout, item, installed)
    order = installed.staged.order if installed.staged else None
    valid = (version for version in installed.versions if version.facts and version.facts.not_after > now)
    serial_numbers = tuple(version.serial_number for version in valid)
    revoked = f". The CA is asked to revoke {', '.join(serial_numbers)}" if item.get("revoke_reason") else ""
    words = f"it is declared absent, and {_words(installed)} on disk{revoked if serial_numbers else ''}"
    return PlannedRemoval(
        item=item,
        reason=Reason(ReasonCode.DECLARED_ABSENT, words),
        in_service=bool(item.get("deploy") and (installed.versions or services_recorded(installed))),
        serial_numbers=serial_numbers,
        order_id=order.order_id if order else None,
    )


def _refuse_to_revoke_for_others(layout: Layout, item: DeclaredItem, installed: Installed) -> None:
    """Raise StoreError if a revocation would concern other hosts, and the declaration does not name their group."""
    groups = {version.metadata.order.share for version in installed.versions if version.metadata}
    others = sorted(group for group in groups if group and group != item.get("share"))
    if item.get("revoke_reason") and others:
        raise StoreError(
            "The certificate was not removed",
            path=layout.certificate(item["name"]),
            why=f"group {quote(others[0], 80)} shares it, and it would be revoked for all hosts of the group",
            remedy=f"Add share: {quote(others[0], 80)} to the declaration, or remove revoke_reason. Then run again.",
        )


def _words(installed: Installed) -> str:
    found = [f"certificate {version.serial_number}" for version in installed.versions]
    if installed.staged:
        found.append("a staged key")
    return f"{', '.join(found)} {'is' if len(found) == 1 else 'are'}" if found else "its directory is"


def services_recorded(installed: Installed) -> list[str]:
    """Return the services that were verified with a certificate, as far as the record shows."""
    return [each.service for each in installed.services.deployed] if installed.services else []


def refuse_while_verified(layout: Layout, name: str, installed: Installed) -> None:
    """Raise StoreError if a service uses the certificate, as far as the last handshake shows."""
    if installed.current is not None and installed.verified is not None:
        raise StoreError(
            "The certificate was not removed",
            path=layout.verified(name),
            why="a handshake has verified that a service uses the certificate, and no check shows that the"
            " service loads without the certificate",
            remedy="Declare deploy as before, or remove this link if no service uses these files. Then run again.",
        )
