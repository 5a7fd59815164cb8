# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a request that names an existing order."""

from __future__ import annotations

from certum_sandbox.dialect import Dialect
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule
from certum_sandbox.rules.text_rules import blank, has_forbidden_character

_LONGEST_ID = 50


def _is_valid(order_id: str, dialect: Dialect) -> bool:
    return len(order_id) <= _LONGEST_ID and not has_forbidden_character(order_id, dialect)


def malformed_order_id(path: str = "orderID") -> Rule[Inquiry]:
    """Return rule 1013: no order can have this id."""

    def broken(inquiry: Inquiry) -> Breach:
        order_id = inquiry.message.value(path)
        return order_id if order_id is not None and not _is_valid(order_id, inquiry.backend.dialect) else False

    return Rule(1013, path, broken)


def unknown_order(path: str = "orderID") -> Rule[Inquiry]:
    """Return rule 1033: no order has this id."""

    def broken(inquiry: Inquiry) -> Breach:
        order_id = inquiry.message.value(path)
        valid = order_id is not None and _is_valid(order_id, inquiry.backend.dialect)
        return order_id if order_id is not None and valid and inquiry.order is None else False

    return Rule(1033, path, broken)


def order_reference(path: str = "orderID") -> tuple[Rule[Inquiry], ...]:
    """Return the rules of an order id: 2055, 1013, 1033."""
    return (blank(2055, path), malformed_order_id(path), unknown_order(path))
