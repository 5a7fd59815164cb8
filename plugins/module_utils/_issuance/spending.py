# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a run may place an order that costs money.

Private to the collection. A reissue is free of charge, so nothing here concerns it. Source: lifecycle.md 8.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import Operation, PurchasePolicy
from .._lifecycle.names import with_companions
from .._lifecycle.operation import cost_of
from .._lifecycle.products import issue_code
from .._partner_api.enums import CertificateStatus
from .._partner_api.errors import CertumError
from .._partner_api.messages.base import same_serial_number
from .reference import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.lookup import Order as Entry
    from .order import Order

VARIABLE = "certum_purchase"


class PurchaseNotAllowedError(CertumError):
    """The certificate has to be purchased, and the operator has not allowed that. Nothing was sent now."""

    def __init__(self, order: Order) -> None:
        self.outcome_unknown = order.sent.is_uncertain
        perhaps = "Whether an earlier run has placed it is not known. " if self.outcome_unknown else ""
        super().__init__(
            where=f"order {order.order_id}" if order.order_id else f"renewal of certificate {order.predecessor}",
            why=f"it {cost(order)}, and {VARIABLE} is {order.purchase}{_MEANS[order.purchase]}",
            remedy=f"{perhaps}Nothing was purchased. If you want the purchase, run again with -e {VARIABLE}=allow.",
        )


_MEANS = {
    PurchasePolicy.ALLOW: "",
    PurchasePolicy.RENEW_ONLY: ": only the next term of a certificate with the same names and product is purchased",
    PurchasePolicy.NEVER: "",
}


def cost(order: Order) -> str:
    """Return what the order costs, for messages."""
    return cost_of(order.operation, order.product)


def refuse_purchase(order: Order) -> None:
    """Raise PurchaseNotAllowedError unless this order may be placed."""
    if not may_be_purchased(order):
        raise PurchaseNotAllowedError(order)


def may_be_purchased(order: Order) -> bool:
    """Return whether the policy allows this order. A renewal follows a certificate by its nature."""
    if order.purchase is PurchasePolicy.RENEW_ONLY:
        return order.operation is Operation.RENEW
    return order.purchase is PurchasePolicy.ALLOW


def allow_next_term(order: Order, account: Iterable[Entry], *, now: datetime) -> Order:
    """Return the order, allowed if the account has a certificate that it follows and whose end is near or past.

    Some products have no renewal code, and the CA renews no expired certificate: then an order leads to the next term.
    """
    is_undecided = order.purchase is PurchasePolicy.RENEW_ONLY and order.operation is Operation.ORDER
    if is_undecided and any(_is_followed(entry, order, now) for entry in account):
        return replace(order, purchase=PurchasePolicy.ALLOW)
    return order


def second_purchase(order: Order, account: Iterable[Entry], *, now: datetime) -> str:
    """Return a sentence if an order costs money although the account has a valid certificate for the same names.

    A certificate of the same host and declaration is none of these: the plan has said why it is not followed.
    """
    if order.operation is not Operation.ORDER or not order.sent.may_be_sent:
        return ""
    same = [
        (details.end_date, details.serial_number, status)
        for status, details in ((entry.order_status, entry.certificate_details) for entry in account)
        if status and details and _is_live(details, now) and _has_the_names(details, order)
        if not (order.reissue_live_order and status.customer == order.customer)
        if not same_serial_number(details.serial_number, order.predecessor or "")
    ]
    if not same:
        return ""
    end, serial_number, status = max(same, key=lambda found: found[0])
    return (
        f"order {order.order_id} {cost(order)}, and the account has certificate {serial_number} for the same "
        f"names, valid until {end:%Y-%m-%d} (order {status.order_id}, customer {quote(status.customer, 80)}). If the "
        "declaration was renamed or moved and this certificate is meant, keep the former name and host, or take the "
        "certificate over with the playbook certops.certum.adopt. "
        f"A reissue of order {status.order_id} is free of charge."
    )


def _is_live(details: CertificateDetails, now: datetime) -> bool:
    return details.certificate_status == CertificateStatus.VALID and details.end_date > now


def _is_followed(entry: Entry, order: Order, now: datetime) -> bool:
    """The same customer: a declaration that was renamed by mistake is no renewal."""
    status, details = entry.order_status, entry.certificate_details
    if status is None or details is None:
        return False
    if (status.customer, issue_code(status.product_code)) != (order.customer, order.product.code):
        return False
    return _has_the_names(details, order) and _is_in_second_half(details, now)


def _has_the_names(details: CertificateDetails, order: Order) -> bool:
    """The CA adds companions to a name, with or without ``www.``."""
    held, wanted = names_of(details), frozenset(order.names)
    return wanted <= held <= with_companions(order.names)


def _is_in_second_half(details: CertificateDetails, now: datetime) -> bool:
    """No renewal window begins before the middle of the lifetime."""
    return now >= details.start_date + (details.end_date - details.start_date) / 2
