# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_adopt: takes over certificates that a host already has. Orders nothing.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import ended_with
from .._handover.reasons import summary
from .._lifecycle.certificate_names import InvalidNameError, encode
from .._lifecycle.declaration import InvalidDeclarationError
from .._store.adopted_files import Existing, Source, adopt, not_taken_over, read_existing
from .._store.each_certificate import for_each
from .._store.json_record import read_moment
from .._store.layout import Layout
from .._store.metadata import IssuedOrder
from .._store.ownership import ownership
from .._x509.certificate_facts import read_serial_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._store.change import Change


@dataclass(frozen=True)
class OrderToAdopt:
    """The order of a certificate. ``problem`` is an objection from the account to the certificate, or None."""

    order: IssuedOrder
    problem: str | None


def adopt_all(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Take over all certificates, and return the result of the module."""
    layout, now = Layout(Path(params["path"])), datetime.now(timezone.utc)
    items = params["certificates"]
    common_names = _common_names(items)
    orders = {read_serial_number(order["serial_number"]): _read_order(order) for order in params["orders"]}

    def take_over(item: Mapping[str, Any]) -> tuple[Mapping[str, Any], Change]:
        names = (common_names[item["name"]],)
        existing = read_existing(_source(item), names=names, now=now)
        change = adopt(
            layout,
            item["name"],
            existing,
            names=names,
            order=_order_of(existing, orders),
            now=now,
            ownership=ownership(mode=item.get("mode") or "0600", owner=item.get("owner"), group=item.get("group")),
            check_mode=check_mode,
        )
        return item, change

    results, problems = for_each(items, take_over)
    return {
        **ended_with(problems),
        "changed": any(change.changed for dummy, change in results),
        "certificates": [_shown(layout, item, change) for item, change in results],
        "reason": summary(
            ((item["name"], change.reason) for item, change in results), otherwise="nothing was taken over"
        ).shown(),
        "diff": [
            {
                "before_header": item["name"],
                "after_header": item["name"],
                "before": change.before,
                "after": change.after,
            }
            for item, change in results
            if change.changed
        ],
    }


def _common_names(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the encoded common name of each item, by item name. Raises InvalidDeclarationError with every problem."""
    found: dict[str, str] = {}
    problems = []
    for item in items:
        if item["name"] in found:
            problems.append(f"{item['name']}: the name is declared twice")
        try:
            found[item["name"]] = encode(item["common_name"])
        except InvalidNameError as error:
            problems.append(f"{item['name']}: {error}")
    if problems:
        raise InvalidDeclarationError("\n".join(problems))
    return found


def _source(item: Mapping[str, Any]) -> Source:
    chain = item.get("chain_path")
    return Source(Path(item["certificate_path"]), Path(item["privatekey_path"]), Path(chain) if chain else None)


def _read_order(item: Mapping[str, Any]) -> OrderToAdopt:
    """Read one element of ``orders``. Raises InvalidDeclarationError."""
    term_end = item.get("term_end")
    try:
        end = read_moment(term_end) if term_end else None
    except ValueError:
        raise InvalidDeclarationError(
            f"orders: term_end '{quote(term_end)}' is not a time such as 2026-11-23T00:00:00Z"
        ) from None
    order = IssuedOrder(
        order_id=item.get("order_id"),
        customer=item.get("customer"),
        product=item.get("product"),
        term_end=end,
        environment=item.get("environment"),
    )
    return OrderToAdopt(order, item.get("problem"))


def _order_of(existing: Existing, orders: Mapping[str, OrderToAdopt]) -> IssuedOrder:
    """Return the known order of the certificate. Raises StoreError if the account rejects the certificate."""
    serial_number = existing.facts.serial_number
    known = orders.get(serial_number)
    if known is None:
        return IssuedOrder()
    if known.problem:
        raise not_taken_over(existing.certificate_path, f"certificate {serial_number}: {known.problem}")
    return known.order


def _shown(layout: Layout, item: Mapping[str, Any], change: Change) -> dict[str, Any]:
    current = layout.current(item["name"])
    return {
        "name": item["name"],
        "changed": change.changed,
        "reason": change.reason.shown(),
        "privatekey_path": str(current / "privkey.pem"),
        "fullchain_path": str(current / "fullchain.pem"),
    }
