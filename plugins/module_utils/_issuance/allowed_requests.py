# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits of a host's requests: it may request only the certificates that are declared for it.

Private to the collection. The items of certum_certificates come from the host, and a host may be compromised. Facts
that only the host knows (key, order, code) come from the host, and are checked against its declaration. All others come
from the declaration on the controller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .._handover.foreign_text import quote
from .._handover.serial_number import same_serial_number
from .._handover.terms import NEVER_SENT, Operation, Sent
from .._lifecycle.certificate_names import with_companions
from .._lifecycle.declaration import only_set
from .._lifecycle.order_identity import (
    FINGERPRINT_CHARACTERS,
    customer_for,
    group_owner,
    names_both,
    shared_order_id_for,
)
from .._lifecycle.products import UnknownProductError, find
from .._partner_api.api_errors import CertumError
from .._x509.alternative_names import canonical_name, canonical_names
from .._x509.csr import read_request
from .._x509.x509_errors import X509Error
from .account_entries import names_of
from .order_conversion import InvalidOrderError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .._handover.order_items import OrderItem
    from .._handover.shared_items import Assignment
    from .._lifecycle.declaration import Declaration
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .account_entries import Reference
    from .ordered_certificate import Order

KNOWN_BY_THE_HOST = frozenset(
    (
        "name",
        "operation",
        "order_id",
        "sent",
        "predecessor",
        "csr_content",
        "product",
        "validation_code",
        "customer",
    )
)
DECLARED = (
    "contact",
    "organization",
    "revocation_contact_email",
    "remaining_days",
    "remaining_percentage",
    "language",
)
IGNORED = frozenset(("reissue_live_order", "validation"))
"""Keys that only the controller decides; a host's values are ignored."""
_REMEDY = (
    "Nothing was sent. Check the host: its declaration differs from that of the controller, or the host is compromised."
)


def within_declaration(
    item: OrderItem,
    *,
    host: str,
    declared: Mapping[str, DeclaredItem],
    read: Mapping[str, Declaration],
    assigned: Assignment | None = None,
) -> OrderItem:
    """Return the item with the values of its declaration.

    ``declared`` are the declarations by name, ``read`` their parsed form. ``host`` owns the certificate: a host, or the
    group that shares it. ``assigned`` is the decision of the controller if a group shares it. Raises InvalidOrderError,
    which names every request beyond the declaration.
    """
    name = str(item.get("name"))
    objections = [*_objections(item, read.get(name), assigned), *_objections_to_sharing(item, read.get(name), assigned)]
    problems = [f"{quote(name, 80)}: the host {objection}. {_REMEDY}" for objection in objections]
    if problems:
        raise InvalidOrderError("\n".join(problems), remedy=_REMEDY)
    if assigned and not assigned["may_send"] and item.get("sent") not in NEVER_SENT:
        item = {**item, "sent": Sent.LOOK_UP_ONLY.value}  # another host has the certificate, and needs no new one
    return _from_declaration(item, declared[name], read[name], host)


def _from_declaration(item: OrderItem, declared: DeclaredItem, declaration: Declaration, host: str) -> OrderItem:
    known = {key: value for key, value in item.items() if key in KNOWN_BY_THE_HOST}
    prefix = (declared.get("validation") or {}).get("admin_prefix")
    validation = {"method": declaration.method.value, "admin_prefix": prefix}
    found = {**known, "validation": validation, **{key: declared.get(key) for key in DECLARED}}
    return cast("OrderItem", only_set({**found, "reissue_live_order": _may_be_live(item, host) or None}))


def _may_be_live(item: OrderItem, host: str) -> bool:
    """Return whether the account may have a live order for the item: only an exclusive customer identifies one."""
    may_cost_money = item.get("operation") != Operation.REISSUE and item.get("sent") not in NEVER_SENT
    return may_cost_money and names_both(customer=str(item.get("customer")), host=host, name=str(item["name"]))


def _objections_to_sharing(
    item: OrderItem, declaration: Declaration | None, assigned: Assignment | None
) -> Iterable[str]:
    """Yield the objections to a request for a shared certificate, which only the assigned host may make."""
    if declaration is None or not declaration.share:
        return
    if assigned is None or not assigned["issue"]:
        yield f"requests a certificate that group {declaration.share} shares, and another host orders it"
        return
    held, predecessor = assigned["held"], str(item.get("predecessor") or "")
    if item.get("sent") not in NEVER_SENT and predecessor and not same_serial_number(predecessor, held):
        yield f"follows certificate {quote(predecessor, 60)}, which is not the newest one of the group"


def _objections(item: OrderItem, declaration: Declaration | None, assigned: Assignment | None = None) -> Iterable[str]:
    """Yield the requests of the host beyond its declaration."""
    if declaration is None:
        yield "requests a certificate of this name, which is not declared for it"
        return
    beyond = sorted(
        key for key, value in item.items() if value and key not in (*KNOWN_BY_THE_HOST, *DECLARED, *IGNORED)
    )
    if beyond:
        yield f"sets {', '.join(beyond)}, which a host may not set"
    try:
        request = read_request(str(item.get("csr_content") or ""))
    except X509Error as error:
        yield f"sent a CSR that cannot be read: {error}"
        return
    yield from _objections_to_order(
        item, fingerprint=request.public_key_sha256, of_group=_order_ids_of_group(declaration, assigned)
    )
    if item.get("sent") in NEVER_SENT:
        return  # it is only looked up, never ordered, and may be for an earlier declaration
    names = canonical_names(filter(None, (request.common_name, *request.names)))
    strange = sorted(set(names) - set(canonical_names(declaration.names)))
    if strange:
        yield f"sent a CSR that names {quote(', '.join(strange), 200)}, which is not declared for this certificate"
    if not _is_product(item.get("product"), declaration):
        yield f"requests product {quote(item.get('product'), 40)}, but {declaration.product.code} is declared"


def _order_ids_of_group(declaration: Declaration, assigned: Assignment | None) -> Collection[str]:
    """Return the ids that a new order of a shared certificate may have."""
    if assigned is None or not declaration.share:
        return ()
    owner = group_owner(declaration.share)
    return {
        shared_order_id_for(name=declaration.name, owner=owner, predecessor=serial_number)
        for serial_number in ("", *assigned["serial_numbers"])
    }


def _objections_to_order(item: OrderItem, *, fingerprint: str, of_group: Collection[str]) -> Iterable[str]:
    """Yield an objection to an order id without the key's fingerprint; only the owner of the key can sign its CSR.

    The order ids of a group have no fingerprint. The CA's answer shows whether such an order is for this key.
    """
    order_id, ours = item.get("order_id"), fingerprint[:FINGERPRINT_CHARACTERS]
    is_new = (item.get("operation") or Operation.ORDER.value) == Operation.ORDER.value
    if is_new and order_id and order_id not in of_group and not str(order_id).endswith(ours):
        yield f"names order {quote(order_id, 50)}, which was not placed with the key of its CSR"


def _is_product(product: object, declaration: Declaration) -> bool:
    try:
        return find(str(product)).code == declaration.product.code
    except UnknownProductError:
        return False


def refuse_foreign_names(order: Order, former: Reference) -> None:
    """Refuse to follow a certificate of other names, because the new one would have them too. Raises CertumError."""
    if order.declared is not None:
        _refuse_strange_names(order, names_of(former.details), where=former.words)


def is_own_customer(customer: str, *, declared: str | None, host: str, name: str) -> bool:
    """Return whether a customer is that of the declaration. A host may also keep one that was chosen earlier."""
    return customer in (declared, customer_for(host=host, name=name))


def refuse_foreign_customer(order: Order, account: Sequence[Entry]) -> None:
    """Refuse a customer whose certificates have names that are not declared for the host. Raises CertumError."""
    entries = (entry for entry in account if entry.order_status and entry.order_status.customer == order.customer)
    names = {name for entry in entries if entry.certificate_details for name in names_of(entry.certificate_details)}
    if names:
        _refuse_strange_names(order, names, where=f"customer {quote(order.customer, 80)}")


def refuse_foreign_order(api: PartnerApi, order: Order) -> None:
    """Refuse an order that a host names as its own but that is for other names. Raises CertumError.

    The id of a new order holds the fingerprint of its key. The id of a reissue or a renewal does not, so the names come
    from the CA.
    """
    if order.declared is None or order.operation is Operation.ORDER:
        return
    entries = api.get_order_by_order_id(order_id=order.order_id)
    names = {name for entry in entries if entry.certificate_details for name in names_of(entry.certificate_details)}
    if not names:
        reported = api.get_san_verification_state(order_id=order.order_id)
        names = {canonical_name(name.fqdn) for name in reported}
        names -= {name for name in names if _is_above(name, order.declared)}
    _refuse_strange_names(order, names or order.declared, where=f"order {order.order_id}")


def _is_above(name: str, declared: Iterable[str]) -> bool:
    """Return whether it is one of the names or a domain above one, because the CA may report either."""
    bare = name.removeprefix("*.").removeprefix("www.")
    return any(f".{each}".endswith(f".{bare}") for each in declared)


def _refuse_strange_names(order: Order, names: Collection[str], *, where: str) -> None:
    strange = sorted(set(names) - with_companions(tuple(order.declared or ())))
    if strange or not names:
        raise CertumError(
            where=where,
            why=f"it is for {quote(', '.join(strange), 200) or 'no name'}, which is not declared for {order.name}",
            remedy=f"Nothing was {order.operation.done}. Correct the declaration, or follow the certificate with "
            "certum_reissue or certum_renew on the controller. If neither is right, check the host: it named this "
            "certificate or order as its own.",
        )
