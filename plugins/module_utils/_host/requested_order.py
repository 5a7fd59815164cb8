# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request that a declaration needs, and the order item that it becomes.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .._handover.terms import KeyLocation, Sent
from .._lifecycle.declaration import only_set
from .._store.layout import REQUEST, Layout
from .._store.metadata import OrderRecord, OrderStage
from .._store.staging import Staged, WantedRequest
from .._store.store_errors import StoreError
from .._x509.alternative_names import canonical_names
from .._x509.csr import RequestFacts, read_request
from .._x509.keys import KeySpec

if TYPE_CHECKING:
    from .._handover.declared_items import DeclaredItem
    from .._handover.order_items import StagedOrder
    from .._lifecycle.declaration import Declaration


def wanted_request(declaration: Declaration) -> WantedRequest:
    return WantedRequest(
        common_name=declaration.common_name,
        names=declaration.names,
        key_spec=KeySpec(declaration.key_type, declaration.key_size)
        if declaration.key_location is KeyLocation.HOST
        else None,
    )


def is_placed(record: OrderRecord | None) -> bool:
    return record is not None and record.stage is not OrderStage.INTENDED


def refuse_unless_named(layout: Layout, declaration: Declaration, staged: Staged) -> None:
    """Raise StoreError unless a CSR that was stored by hand names exactly the declared names. It is used as it is."""
    declared, requested = _declared_names(declaration), _requested_names(read_request(staged.csr_pem))
    differences = []
    if missing := declared - requested:
        differences.append(f"does not name {', '.join(sorted(missing))}, which is declared")
    if strange := requested - declared:
        differences.append(f"names {', '.join(sorted(strange))}, which is not declared")
    if differences:
        raise StoreError(
            "The staged CSR cannot be used for the order",
            path=layout.staged(declaration.name) / REQUEST,
            why=f"it was stored by hand and {' and '.join(filter(None, differences))}",
            remedy="Make a CSR with every declared name and no other, or correct the declaration. Then run again.",
        )


def _is_declared(declaration: Declaration, staged: Staged, record: OrderRecord) -> bool:
    request, wanted = read_request(staged.csr_pem), wanted_request(declaration)
    names, declared = _requested_names(request), _declared_names(declaration)
    if record.product != declaration.product.code:
        return False
    return (names, request.key_spec) == (declared, wanted.key_spec) if staged.own_key else names >= declared


def _requested_names(request: RequestFacts) -> frozenset[str]:
    return frozenset(canonical_names(filter(None, (request.common_name, *request.names))))


def _declared_names(declaration: Declaration) -> frozenset[str]:
    return frozenset(canonical_names(declaration.names))


def _sent(declaration: Declaration, staged: Staged, record: OrderRecord) -> Sent:
    """Return whether the order was sent. After a change of the declaration it is only looked up, never sent."""
    if is_placed(record):
        return Sent.YES
    if not _is_declared(declaration, staged, record):
        return Sent.LOOK_UP_ONLY
    return Sent.NO if staged.order is None else Sent.PERHAPS


def order_item(
    item: DeclaredItem, declaration: Declaration, staged: Staged, record: OrderRecord, *, may_be_live: bool
) -> StagedOrder:
    validation = item.get("validation") or {}
    order = {
        "name": declaration.name,
        "operation": record.operation,
        "order_id": record.order_id,
        "sent": _sent(declaration, staged, record).value,
        "predecessor": record.predecessor,
        "reissue_live_order": may_be_live or None,
        "csr_content": staged.csr_pem,
        "product": record.product,
        "validation": {"method": declaration.method.value, "admin_prefix": validation.get("admin_prefix")},
        "validation_code": record.validation_code if record.validation_method == declaration.method.value else None,
        "customer": record.customer,
        "contact": item["contact"],
        "organization": item.get("organization"),
        "revocation_contact_email": item.get("revocation_contact_email"),
        "language": item.get("language"),
        "remaining_days": item.get("remaining_days"),
        "remaining_percentage": item.get("remaining_percentage"),
    }
    return cast("StagedOrder", only_set(order))
