# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getOrderState and getOrderByOrderID (partner-api.md 2.7, 2.8)."""

from __future__ import annotations

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.model import Entry, Order, Verification, VerificationType
from certum_sandbox.operations.details import certificate_details
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.reference import order_reference
from certum_sandbox.rules.rule import Rule
from certum_sandbox.rules.text import not_boolean
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.render import Node, node, nodes

OPTION_RULES: tuple[Rule[Inquiry], ...] = (
    not_boolean(2127, "orderOption/certificateDetails"),
    not_boolean(2128, "orderOption/orderDetails"),
    not_boolean(2129, "orderOption/orderStatus"),
)


def known_order(inquiry: Inquiry) -> Order:
    """The order of a request whose reference passed the rules."""
    if inquiry.order is None:
        msg = "a request without an order passed the rules"
        raise ValueError(msg)
    return inquiry.order


def _verification(backend: Backend, verification: Verification) -> Node:
    kind: str = verification.type
    if verification.type is VerificationType.INTERNAL:
        kind = backend.dialect[Switch.SYSTEM_VERIFICATION]
    children = nodes(type=kind, state=verification.state.value, expireDate=verification.expires)
    return node("verification", children)


def _state(inquiry: Inquiry) -> Answer:
    order = known_order(inquiry)
    verifications = [_verification(inquiry.backend, each) for each in order.verifications]
    if inquiry.backend.dialect[Switch.EXTRA_VALUES] == "yes":
        verifications.append(node("verification", nodes(type="NEWER_KIND_OF_CHECK", state="NEWER_STATE")))
    return Answer(
        [
            node("verifications", verifications),
            node("lastUpdateDate", order.updated),
            node("orderStatus", order.state.value),
        ]
    )


def _order_details(order: Order) -> Node:
    requestor = order.requestor
    organization = None if order.tax_id is None else nodes(taxIdentificationNumber=order.tax_id)
    person = nodes(
        email=requestor.email, firstName=requestor.first_name, lastName=requestor.last_name, phone=requestor.phone
    )
    return node("orderDetails", nodes(organizationInfo=organization, requestorInfo=person))


def _order_status(order: Order, entry: Entry) -> Node:
    return node(
        "orderStatus",
        nodes(
            customer=order.customer,
            orderDate=order.created,
            orderID=order.order_id,
            orderStatus=order.state.value,
            productCode=order.product_code,
            serialNumber=entry.certificate.serial_number if entry.certificate else None,
        ),
    )


def _wants(message: Message, option: str) -> bool:
    return message.value(f"orderOption/{option}") in {"true", "1"}


def order_entries(inquiry: Inquiry, order: Order) -> list[Node]:
    """One ``Order`` element for each certificate of an order, with the parts that the request asks for."""
    shown = []
    for entry in inquiry.backend.orders.entries(order.order_id):
        parts = []
        if _wants(inquiry.message, "certificateDetails") and entry.certificate is not None:
            parts.append(certificate_details(inquiry.backend, entry))
        if _wants(inquiry.message, "orderDetails"):
            parts.append(_order_details(order))
        if _wants(inquiry.message, "orderStatus"):
            parts.append(_order_status(order, entry))
        shown.append(node("Order", parts, reissue="true" if entry.reissue else "false"))
    return shown


def _by_order_id(inquiry: Inquiry) -> Answer:
    return Answer([node("orders", order_entries(inquiry, known_order(inquiry)))])


GET_ORDER_STATE = Operation("getOrderState", Inquiry, order_reference(), _state)
GET_ORDER_BY_ORDER_ID = Operation("getOrderByOrderID", Inquiry, (*order_reference(), *OPTION_RULES), _by_order_id)
