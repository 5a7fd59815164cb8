# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getOrderState and getOrderByOrderID (partner-api.md 2.7, 2.8)."""

from __future__ import annotations

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.model import Entry, Order, OrderState, Verification, VerificationType
from certum_sandbox.operations.certificate_details import certificate_details, shown_date, shown_serial
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_reference_rules import order_reference
from certum_sandbox.rules.rule import Rule
from certum_sandbox.rules.text_rules import not_boolean
from certum_sandbox.soap.render import Node, node, nodes

OPTION_RULES: tuple[Rule[Inquiry], ...] = (
    not_boolean(2127, "orderOption/certificateDetails"),
    not_boolean(2128, "orderOption/orderDetails"),
    not_boolean(2129, "orderOption/orderStatus"),
)


def known_order(inquiry: Inquiry) -> Order:
    """Return the order of a request that passed the rules."""
    if inquiry.order is None:
        msg = "a request without an order passed the rules"
        raise ValueError(msg)
    return inquiry.order


def _verification(backend: Backend, verification: Verification) -> Node:
    kind: str = verification.type
    if verification.type is VerificationType.INTERNAL:
        kind = backend.dialect[Switch.SYSTEM_VERIFICATION]
    expires = shown_date(backend, verification.expires)
    return node("verification", nodes(type=kind, state=verification.state.value, expireDate=expires))


def verification_nodes(backend: Backend, order: Order) -> list[Node]:
    """Return the checks of an order and their states."""
    verifications = [_verification(backend, each) for each in order.verifications]
    if backend.dialect[Switch.EXTRA_VALUES] == "yes":
        verifications.append(node("verification", nodes(type="NEWER_KIND_OF_CHECK", state="NEWER_STATE")))
    return verifications


def _state(inquiry: Inquiry) -> Answer:
    order = known_order(inquiry)
    return Answer(
        [
            node("verifications", verification_nodes(inquiry.backend, order)),
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


def _entry_state(order: Order, entry: Entry) -> OrderState:
    """Return the state of one certificate of an order. Only the newest one can be pending."""
    if entry.certificate is not None:
        return OrderState.ENROLLED
    return OrderState.REJECTED if entry.refused else order.state


def _order_status(backend: Backend, order: Order, entry: Entry) -> Node:
    return node(
        "orderStatus",
        nodes(
            customer=order.customer,
            orderDate=order.created,
            orderID=order.order_id,
            orderStatus=_entry_state(order, entry).value,
            productCode=order.product_code,
            serialNumber=shown_serial(backend, entry.certificate.serial_number) if entry.certificate else None,
        ),
    )


def order_node(inquiry: Inquiry, order: Order, entry: Entry) -> Node:
    """Return the ``Order`` element of one certificate of an order, with the requested parts."""
    parts = []
    if inquiry.message.is_true("orderOption/certificateDetails") and entry.certificate is not None:
        parts.append(certificate_details(inquiry.backend, entry))
    if inquiry.message.is_true("orderOption/orderDetails"):
        parts.append(_order_details(order))
    if inquiry.message.is_true("orderOption/orderStatus"):
        parts.append(_order_status(inquiry.backend, order, entry))
    return node("Order", parts, reissue="true" if entry.reissue else "false")


def _by_order_id(inquiry: Inquiry) -> Answer:
    order = known_order(inquiry)
    entries = inquiry.backend.orders.entries(order.order_id)
    return Answer([node("orders", [order_node(inquiry, order, entry) for entry in entries])])


GET_ORDER_STATE = Operation("getOrderState", Inquiry, order_reference(), _state)
GET_ORDER_BY_ORDER_ID = Operation("getOrderByOrderID", Inquiry, (*order_reference(), *OPTION_RULES), _by_order_id)
