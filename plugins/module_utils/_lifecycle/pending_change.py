# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The message about a declaration that was changed while its order is pending: the consequences and the remedy.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .decision import KnownVersion, OnDisk, Question, is_order_pending
from .operation_choice import choose, cost_of
from .products import find
from .term_end import estimated_term_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .decision import Requested

LIFETIME = timedelta(days=199)


def words_of_change(question: Question) -> str:
    """Return sentences for a message, which begin with a full stop. Empty if the order matches the declaration."""
    disk, requested = question.on_disk, question.on_disk.requested
    if requested is None or not is_order_pending(disk):
        return ""
    differences = ", ".join(_differences(question, requested))
    if not differences:
        return ""
    order = quote(disk.staged_order)
    return (
        f". The declaration was changed since: {differences}. Order {order} is continued as it was sent. "
        f"After its certificate is installed, the change follows, which {_cost(question, requested)}. "
        f"{_way_out(question, requested)}"
    )


def _differences(question: Question, requested: Requested) -> Iterator[str]:
    desired = question.desired
    if requested.names != desired.names:
        yield f"the order is for {_words(requested.names)}, declared is {_words(desired.names)}"
    if requested.product_code != desired.product_code:
        yield f"the order is for product {requested.product_code}, declared is product {desired.product_code}"
    if requested.key not in (None, desired.key):
        declared = desired.key or "a key from elsewhere (key.location is elsewhere)"
        yield f"the order has key {requested.key}, declared is {declared}"


def _words(names: frozenset[str]) -> str:
    return quote(", ".join(sorted(names)), 300)


def _cost(question: Question, requested: Requested) -> str:
    """Return the cost of the change after the certificate of the order is installed."""
    issued = KnownVersion(
        serial_number="",
        names=requested.names,
        not_before=question.now,
        not_after=question.now + LIFETIME,
        public_key_sha256="",
        key=requested.key,
        ordered_names=requested.names,
        product_code=requested.product_code,
        common_name=question.desired.common_name if question.desired.common_name in requested.names else "other",
        order_id=question.on_disk.staged_order,
        term_end=estimated_term_end(question.now),
    )
    operation = choose(replace(question, on_disk=OnDisk(newest=issued))).operation
    return cost_of(operation, find(question.desired.product_code))


def _way_out(question: Question, requested: Requested) -> str:
    if requested.is_reissue:
        return "A reissue cannot be cancelled (error 1136), and it is free of charge."
    order, name = quote(question.on_disk.staged_order), question.desired.name
    return (
        f"If you need only the changed certificate, cancel the order before it is issued: ansible localhost "
        f"-m certops.certum.certum_cancel -a order_id={order}. Then run the role twice with "
        f"""-e '{{"certum_order_again": ["{name}"]}}': the first run records the cancellation, """
        "the second one orders again."
    )
