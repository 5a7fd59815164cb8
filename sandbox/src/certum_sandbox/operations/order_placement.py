# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""validateOrderParameters and quickOrder (partner-api.md 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from certum_sandbox.csr import Csr
from certum_sandbox.model import Entry, NameValidation, Order, OrderState, Requestor
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_opening import end_of_day, new_order_id, open_order, placement_answer
from certum_sandbox.operations.verification_code import read_approver
from certum_sandbox.rules.approver_rules import approver_rules
from certum_sandbox.rules.contact_rules import ORGANIZATION_RULES, REQUESTOR_RULES
from certum_sandbox.rules.csr_rules import csr_rules
from certum_sandbox.rules.name_rules import NAME_RULES
from certum_sandbox.rules.order_inquiry import OrderInquiry
from certum_sandbox.rules.order_rules import ORDER_RULES, requested_expiry_date
from certum_sandbox.rules.rule import Rule
from certum_sandbox.rules.subject_rules import SUBJECT_RULES
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.render import Node, node
from certum_sandbox.transitions import needed_verifications

PLACING_RULES: tuple[Rule[OrderInquiry], ...] = (
    *ORDER_RULES,
    *csr_rules("orderParameters/CSR"),
    *SUBJECT_RULES,
    *ORGANIZATION_RULES,
    *REQUESTOR_RULES,
    *approver_rules(),
    *NAME_RULES,
)
# The element names and the order of parsedCsr.
_PARSED: Mapping[str, str] = {
    "commonName": "commonName",
    "country": "country",
    "email": "email",
    "joISoCN": "joisocn",
    "joILN": "joiln",
    "joISoPN": "joisopn",
    "businessCategory": "businessCategory",
    "locality": "locality",
    "organization": "organization",
    "organizationalUnit": "organizationalUnit",
    "postalCode": "postalCode",
    "serialNumber": "serialNumber",
    "streetAddress": "streetAddress",
    "state": "state",
}


def _validate(inquiry: OrderInquiry) -> Answer:
    subject = inquiry.csr.subject if isinstance(inquiry.csr, Csr) else {}
    parsed: list[Node] = [node(wire, subject[name]) for wire, name in _PARSED.items() if name in subject]
    return Answer([node("ParsedCSR", parsed)])


def read_requestor(message: Message) -> Requestor:
    """Return the requestor of an order that passed the rules."""
    return Requestor(
        email=message.value("requestorInfo/email") or "",
        first_name=message.value("requestorInfo/firstName") or "",
        last_name=message.value("requestorInfo/lastName") or "",
        phone=message.value("requestorInfo/phone"),
    )


def _new_order(inquiry: OrderInquiry) -> Order:
    message, product = inquiry.message, inquiry.product
    if product is None:
        msg = "an order without a product passed the rules"
        raise ValueError(msg)
    return Order(
        order_id=message.value("orderParameters/orderID") or new_order_id(),
        customer=message.value("orderParameters/customer") or "",
        product_code=product.code,
        state=OrderState.AWAITING,
        created=inquiry.now,
        updated=inquiry.now,
        term_end=inquiry.now + product.term,
        requestor=read_requestor(message),
        tax_id=message.value("organizationInfo/taxIdentificationNumber"),
        language=message.value("orderParameters/language") or "pl",
        approver=read_approver(message) if inquiry.is_tls else None,
        names=tuple(NameValidation(name) for name in _names(inquiry)),
        verifications=needed_verifications(product, inquiry.subject),
    )


def _names(inquiry: OrderInquiry) -> list[str]:
    return list(dict.fromkeys(name.lower() for name in inquiry.names)) if inquiry.is_tls else []


def _new_entry(inquiry: OrderInquiry, order: Order) -> Entry:
    if not isinstance(inquiry.csr, Csr):
        msg = "an order without a CSR passed the rules"
        raise TypeError(msg)
    end = requested_expiry_date(inquiry, "orderParameters/shortenedValidityPeriod")
    return Entry(
        order_id=order.order_id,
        public_key_sha256=inquiry.csr.public_key_sha256,
        csr=inquiry.message.value("orderParameters/CSR") or "",
        subject=inquiry.subject,
        names=tuple(validation.name for validation in order.names),
        latest_end=end_of_day(end),
    )


def _place(inquiry: OrderInquiry) -> Answer:
    order = _new_order(inquiry)
    return placement_answer(inquiry.backend, open_order(inquiry.backend, order, _new_entry(inquiry, order)))


_ORDER_ID = "orderParameters/orderID"
VALIDATE_ORDER_PARAMETERS = Operation(
    "validateOrderParameters", OrderInquiry, PLACING_RULES, _validate, order_path=_ORDER_ID
)
QUICK_ORDER = Operation("quickOrder", OrderInquiry, PLACING_RULES, _place, order_path=_ORDER_ID)
