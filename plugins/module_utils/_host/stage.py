# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certum_stage does: have a key and a CSR for each certificate that is due, and say with which order they go.

Private to the collection.
"""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._lifecycle.declaration import Declaration, only_set, read_declarations
from .._lifecycle.identity import customer_for, order_id_for
from .._store.challenge import open_web_root
from .._store.errors import StoreError
from .._store.installed import read_installed
from .._store.layout import REQUEST, Layout
from .._store.metadata import OrderRecord, OrderStage
from .._store.staged import Staged, Wanted, discard, record_order, stage
from .._x509.csr import RequestFacts, read_request
from .._x509.keys import KeySpec, KeyType
from .._x509.names import canonical_names
from .each import for_each, outcome

if TYPE_CHECKING:
    from collections.abc import Mapping


def stage_all(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """The result of the module; ``orders`` are items for certum_certificates."""
    layout = Layout(Path(params["path"]))
    items = params["certificates"]
    declarations = {declaration.name: declaration for declaration in read_declarations(items)}

    def stage_one(item: Mapping[str, Any]) -> tuple[Staged, dict[str, Any]]:
        declaration = declarations[item["name"]]
        if item["name"] in params["anew"]:
            _set_rejected_aside(layout, item["name"], check_mode=check_mode)
        if not check_mode and not _is_placed(layout, item["name"]):
            _require_web_root(item)
        staged = stage(layout, item["name"], _wanted(declaration), check_mode=check_mode)
        if staged.order is None:
            _refuse_unless_named(layout, declaration, staged)
        record = staged.order or _intent(layout, item, declaration, staged, host=params["host"])
        if staged.order is None and not check_mode:
            record_order(layout, item["name"], record)
        return staged, _order_item(item, declaration, staged, record)

    results, problems = for_each(items, stage_one)
    made = [order["name"] for staged, order in results if staged.created]
    return outcome(
        problems=problems,
        changed=bool(made),
        orders=[order for dummy, order in results],
        reason=f"a key was made for {', '.join(made)}" if made else "every key was staged before",
        diff=[
            {
                "before_header": order["name"],
                "after_header": order["name"],
                "before": {},
                "after": {"order_id": order["order_id"], "customer": order["customer"]},
            }
            for staged, order in results
            if staged.created
        ],
    )


def _wanted(declaration: Declaration) -> Wanted:
    return Wanted(
        common_name=declaration.common_name,
        names=declaration.names,
        key_spec=KeySpec(KeyType(declaration.key_type), declaration.key_size),
    )


def _set_rejected_aside(layout: Layout, name: str, *, check_mode: bool) -> None:
    staged = read_installed(layout, name).staged
    if staged and staged.order and staged.order.stage is OrderStage.REJECTED:
        discard(layout, name, check_mode=check_mode)


def _is_placed(layout: Layout, name: str) -> bool:
    staged = read_installed(layout, name).staged
    return bool(staged and staged.order and staged.order.stage is not OrderStage.INTENDED)


def _require_web_root(item: Mapping[str, Any]) -> None:
    """Before money moves. In check mode nobody asks: an earlier task of the same run would make it."""
    webroot = (item.get("validation") or {}).get("webroot")
    if webroot:
        with open_web_root(Path(webroot)):
            pass


def _intent(
    layout: Layout, item: Mapping[str, Any], declaration: Declaration, staged: Staged, *, host: str
) -> OrderRecord:
    """What is about to be ordered. The customer is chosen once in a certificate's life (design: lifecycle.md 8)."""
    newest = read_installed(layout, declaration.name).newest_good
    known = newest.metadata.order.customer if newest and newest.metadata else None
    return OrderRecord(
        order_id=order_id_for(name=declaration.name, public_key_sha256=staged.public_key_sha256),
        customer=known or item.get("customer") or customer_for(host=host, name=declaration.name),
        product=declaration.product.code,
        created=datetime.now(timezone.utc),
        stage=OrderStage.INTENDED,
    )


def _refuse_unless_named(layout: Layout, declaration: Declaration, staged: Staged) -> None:
    """A CSR that was put there by hand is used as it is, and so has to be for what is declared."""
    missing = _declared_names(declaration) - _requested_names(read_request(staged.csr_pem))
    if missing:
        raise StoreError(
            "The staged CSR cannot be ordered with",
            path=layout.staged(declaration.name) / REQUEST,
            why=f"it was put there by hand and does not name {', '.join(sorted(missing))}, which is declared",
            remedy="Make it for every declared name, or correct the declaration.",
        )


def _is_declared(declaration: Declaration, staged: Staged, record: OrderRecord) -> bool:
    request, wanted = read_request(staged.csr_pem), _wanted(declaration)
    names, declared = _requested_names(request), _declared_names(declaration)
    if record.product != declaration.product.code:
        return False
    return (names, request.key_spec) == (declared, wanted.key_spec) if staged.own_key else names >= declared


def _requested_names(request: RequestFacts) -> frozenset[str]:
    return frozenset(canonical_names(filter(None, (request.common_name, *request.names))))


def _declared_names(declaration: Declaration) -> frozenset[str]:
    return frozenset(canonical_names(declaration.names))


def _order_item(
    item: Mapping[str, Any], declaration: Declaration, staged: Staged, record: OrderRecord
) -> dict[str, Any]:
    """An order that may have been sent, for something else than is declared now, is only looked up and never sent."""
    intended = record.stage is OrderStage.INTENDED
    validation = item.get("validation") or {}
    order = {
        "name": declaration.name,
        "order_id": record.order_id,
        "order_placed": not intended or not _is_declared(declaration, staged, record),
        "csr_content": staged.csr_pem,
        "product": record.product,
        "validation": {"method": declaration.method.value, "admin_prefix": validation.get("admin_prefix")},
        "validation_code": record.validation_code if record.validation_method == declaration.method.value else None,
        "customer": record.customer,
        "contact": item["contact"],
        "organization": item.get("organization"),
        "revocation_contact_email": item.get("revocation_contact_email"),
        "language": item.get("language"),
    }
    return only_set(order)
