# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy for orders that cost money, and warnings about them.

Private to the collection. A reissue is free of charge, so the policy does not apply to it. Source: lifecycle.md 8.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._handover.serial_number import same_serial_number
from .._handover.terms import Operation, PurchasePolicy
from .._lifecycle.former_certificate import FORMER_DAYS
from .._lifecycle.operation_choice import cost_of
from .._lifecycle.products import issue_code
from .._partner_api.api_errors import CertumError
from .._partner_api.enums import CertificateStatus
from .account_entries import has_the_names, key_type_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .._partner_api.messages.order_lookup import OrderStatus
    from .ordered_certificate import Order

VARIABLE = "certum_purchase"


class PurchaseNotAllowedError(CertumError):
    """The certificate has to be purchased, but the operator has not allowed that. Nothing was sent now."""

    problem_code = ReasonCode.PURCHASE_NOT_ALLOWED
    reason = Reason(ReasonCode.PURCHASE_NOT_ALLOWED, f"it has to be purchased, which {VARIABLE} does not allow")

    def __init__(self, order: Order) -> None:
        self.outcome_unknown = order.sent.is_uncertain
        perhaps = "It is unknown whether an earlier run placed it. " if self.outcome_unknown else ""
        super().__init__(
            where=f"order {order.order_id}" if order.order_id else f"renewal of certificate {order.predecessor}",
            why=f"{_WOULD[order.operation]} would be ordered, which {cost(order)}, but {self.objection(order)}",
            remedy=f"{perhaps}Nothing was purchased. {self.what_to_do}",
        )

    what_to_do = f"To allow the purchase, run again with -e {VARIABLE}=allow."

    def objection(self, order: Order) -> str:
        """Return the objection to the purchase."""
        return f"{VARIABLE} is {order.purchase}{_MEANS[order.purchase]}"


class DuplicateError(PurchaseNotAllowedError):
    """Another declaration has the same names, and not both set allow_duplicate."""

    problem_code = ReasonCode.NAMES_DECLARED_TWICE
    reason = Reason(ReasonCode.NAMES_DECLARED_TWICE, "another declaration has the same names")
    what_to_do = (
        "Keep only one of the declarations. If the hosts of a group should use one certificate, give each declaration "
        "the same name and the same share. If you want each, with its own key and paid order, set "
        "allow_duplicate: true in each. Then run again."
    )

    def objection(self, order: Order) -> str:
        return f"the same names are declared for {order.duplicate_of}"


_WOULD = {
    Operation.ORDER: "a new certificate",
    Operation.REISSUE: "a reissue",
    Operation.RENEW: "the next term of the certificate",
}
_MEANS = {
    PurchasePolicy.ALLOW: "",
    PurchasePolicy.RENEW_ONLY: ": only the next term of a certificate with the same names and product is purchased",
    PurchasePolicy.NEVER: "",
}


def cost(order: Order) -> str:
    """Return the cost of the order, in the words of messages."""
    return cost_of(order.operation, order.product)


def refuse_purchase(order: Order) -> None:
    """Raise PurchaseNotAllowedError unless this order may be placed."""
    if may_be_purchased(order):
        return
    raise DuplicateError(order) if _is_duplicate(order) else PurchaseNotAllowedError(order)


def may_be_purchased(order: Order) -> bool:
    """Return whether the policy allows this order. A renewal always follows a certificate."""
    if _is_duplicate(order):
        return False
    if order.purchase is PurchasePolicy.RENEW_ONLY:
        return order.operation is Operation.RENEW
    return order.purchase is PurchasePolicy.ALLOW


def _is_duplicate(order: Order) -> bool:
    """Return whether it is a new order for names of another declaration. A renewal is no second purchase."""
    return bool(order.duplicate_of) and order.operation is Operation.ORDER


def allow_next_term(order: Order, account: Iterable[Entry], *, now: datetime) -> Order:
    """Return the order, allowed if it follows a certificate of the account that has expired or expires soon.

    Some products have no renewal code, and the CA renews no expired certificate: then a new order is the next term.
    """
    is_undecided = order.purchase is PurchasePolicy.RENEW_ONLY and order.operation is Operation.ORDER
    if is_undecided and any(_is_followed(entry, order, now) for entry in account):
        return replace(order, purchase=PurchasePolicy.ALLOW)
    return order


def second_purchase(order: Order, account: Iterable[Entry], *, now: datetime) -> str:
    """Return a sentence if an order costs money although the account has a valid certificate for the same names.

    A certificate of the same host and declaration does not count: the plan already reported why it is not followed.
    """
    if order.operation is not Operation.ORDER or not order.sent.may_be_sent or order.duplicate_of:
        return ""
    same = [
        (details.end_date, details.serial_number, status, details)
        for status, details in ((entry.order_status, entry.certificate_details) for entry in account)
        if status and details and _is_live(details, now) and has_the_names(details, order.names)
        if not (order.reissue_live_order and status.customer == order.customer)
        if not same_serial_number(details.serial_number, order.predecessor or "")
    ]
    if not same:
        return ""
    end, serial_number, status, details = max(same, key=lambda found: found[0])
    return (
        f"order {order.order_id} {cost(order)}, and the account has certificate {serial_number} for the same "
        f"names, valid until {end:%Y-%m-%d} (order {status.order_id}, customer {quote(status.customer, 80)}). "
        f"{_how_to_follow(order, status, details)}"
    )


def _how_to_follow(order: Order, status: OrderStatus, details: CertificateDetails) -> str:
    """Return the options to declare: one for each unmet condition of ``follow_live_order``."""
    if order.allow_duplicate:
        return "With allow_duplicate: true each declaration has its own order, so this certificate is not followed."
    key_type, wanted = key_type_of(details), order.request.key_spec
    product = issue_code(status.product_code)
    lacking = [
        f"key: {{type: {key_type}}}" if key_type and wanted and key_type is not wanted.type else "",
        f'product: "{quote(product, 40)}"' if product != order.product.code else "",
        f"customer: {quote(status.customer, 80)}" if status.customer != order.given_customer else "",
    ]
    declared = ", ".join(filter(None, lacking))
    if not declared:
        return ""
    return (
        "To follow that certificate free of charge, for example after a declaration was moved to another host, set "
        f"{declared} in the declaration. It is then reissued for this host, and the CA revokes the former copy "
        f"{FORMER_DAYS} days later, so remove the declaration of the other host first."
    )


def order_of_another_certificate(asked: Order, found: Order) -> str:
    """Return a sentence if a certificate is followed only because the declaration sets its customer."""
    is_followed = found.operation is not Operation.ORDER and found.operation is not asked.operation
    if not is_followed or asked.reissue_live_order or not asked.declared_customer:
        return ""
    what = f"reissued in order {found.order_id}" if found.operation is Operation.REISSUE else "renewed"
    return (
        f"certificate {found.predecessor} of customer {quote(found.customer, 80)} has the same names and is {what} for "
        f"this declaration, which {cost(found)}. If another host still uses it, replace it there: the CA revokes a "
        f"certificate {FORMER_DAYS} days after its reissue."
    )


def _is_live(details: CertificateDetails, now: datetime) -> bool:
    return details.certificate_status == CertificateStatus.VALID and details.end_date > now


def _is_followed(entry: Entry, order: Order, now: datetime) -> bool:
    """Return whether the order follows an entry: same customer (a renamed declaration is none), product and names."""
    status, details = entry.order_status, entry.certificate_details
    if status is None or details is None:
        return False
    if (status.customer, issue_code(status.product_code)) != (order.customer, order.product.code):
        return False
    return has_the_names(details, order.names) and _is_in_second_half(details, now)


def _is_in_second_half(details: CertificateDetails, now: datetime) -> bool:
    """Return whether half the lifetime is over: no renewal window begins earlier."""
    return now >= details.start_date + (details.end_date - details.start_date) / 2
