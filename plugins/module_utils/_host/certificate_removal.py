# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removes a certificate that is declared absent, with what its validation left.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import ORDER_NOT_FOUND
from .._lifecycle.publication import content_of
from .._service.unnamed_services import require_all_named
from .._store.certificate_on_disk import read_installed
from .._store.directory_rename import is_link, remove_link
from .._store.removal import OrderAnswers, remove
from .._store.store_errors import StoreError
from .absent_certificates import refuse_while_verified, services_recorded
from .validation_listener import remove_left_behind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._handover.batches import OrderStanding
    from .._handover.declared_items import DeclaredItem
    from .._store.certificate_on_disk import Installed
    from .._store.change import Change
    from .._store.layout import Layout

REJECTED = "REJECTED"


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
        require_all_named(layout, item, installed)
        _refuse_while_recorded(layout, name, installed)
        refuse_while_verified(layout, name, installed)
        if installed.staged and installed.staged.order and (code := installed.staged.order.validation_code):
            remove_left_behind(layout, content_of(code), check_mode=False)
    answers = OrderAnswers(
        ended={order["order_id"] for order in orders if order.get("state") == REJECTED},
        unknown={each["order_id"]: each.get("environment") for each in orders if each.get("state") == ORDER_NOT_FOUND},
    )
    return remove(layout, name, answers=answers, check_mode=check_mode)


def _refuse_while_recorded(layout: Layout, name: str, installed: Installed) -> None:
    if services := services_recorded(installed):
        several = len(services) > 1
        named, were, them = quote(" and ".join(services)), *(("were", "them") if several else ("was", "it"))
        raise StoreError(
            "The certificate was not removed",
            path=layout.deployed(name),
            why=f"{named} {were} verified with this certificate, and {were} not taken out of service",
            remedy=f"Take {them} out of service (certum_deploy with state: withdrawn; the role certum does that), then "
            "run again.",
        )
