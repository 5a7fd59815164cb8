# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation code that a round uses for a pending order, and where it comes from.

Private to the collection. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._handover.batches import PendingOrder
    from .._handover.order_items import OrderItem
    from .batch_host import BatchHost

CODE = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")


def code_to_use(host: BatchHost, pending: PendingOrder) -> str | None:
    """Return the code of the order, or the one that another run left on the host, if it is not known to be void."""
    code = pending["item"].get("validation_code")
    return code if code and code not in pending["void_codes"] else _code_of_host(host, pending)


def _code_of_host(host: BatchHost, pending: PendingOrder) -> str | None:
    codes = (
        str(each.get("code"))
        for each in host.reported("certum__published", "codes")
        if each.get("name") == pending["name"]
    )
    return next((code for code in codes if CODE.match(code) and code not in pending["void_codes"]), None)


def with_code(item: OrderItem, code: str | None) -> OrderItem:
    """Return the item with a code, or unchanged if there is none."""
    return {**item, "validation_code": code} if code else item


def without_code(item: OrderItem) -> OrderItem:
    """Return the item without its code."""
    kept = item.copy()
    kept.pop("validation_code", None)
    return kept
