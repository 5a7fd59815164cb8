# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""renewCertificate (partner-api.md 2.3, lifecycle.md 8)."""

from __future__ import annotations

from dataclasses import replace

from certum_sandbox.csr import Csr
from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.model import Entry, NameValidation, Order, OrderState
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_opening import end_of_day, new_order_id, open_order, placement_answer
from certum_sandbox.operations.order_state import verification_nodes
from certum_sandbox.operations.verification_code import read_approver, san_verification
from certum_sandbox.products import Purpose
from certum_sandbox.rules.approver_rules import approver_rules
from certum_sandbox.rules.csr_rules import csr_rules
from certum_sandbox.rules.order_inquiry import ProductInquiry
from certum_sandbox.rules.order_rules import (
    LONGEST_CUSTOMER,
    customer_rules,
    expiry_date_rules,
    hash_rules,
    product_rules,
    requested_expiry_date,
    revocation_contact_rules,
    unexpected_elements,
)
from certum_sandbox.rules.predecessor_rules import PREDECESSOR_RULES, PredecessorInquiry, known_predecessor
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import too_long
from certum_sandbox.soap.render import node
from certum_sandbox.transitions import carry_over, needed_verifications

NO_LONGER_ALLOWED = "no-longer-allowed."


class RenewalInquiry(PredecessorInquiry, ProductInquiry):
    """A ``renewCertificate`` request. Its names are those of the old certificate."""

    @property
    def needs_approver(self) -> bool:
        return bool(self.names_to_validate)

    @property
    def names_to_validate(self) -> list[str]:
        return list(self.predecessor.names) if self.predecessor is not None else []


@rule(1166, "productCode")
def _for_first_orders_only(inquiry: RenewalInquiry) -> Breach:
    product = inquiry.product
    return product.code if product is not None and product.purpose is not Purpose.RENEW else False


@rule(1167, "productCode")
def _of_another_profile(inquiry: RenewalInquiry) -> Breach:
    product, former = inquiry.product, inquiry.former_product
    if product is None or former is None or product.purpose is not Purpose.RENEW or product.withdrawn:
        return False
    return product.code if product.profile != former.profile else False


@rule(2192, "X509Cert")
def _name_no_longer_allowed(inquiry: RenewalInquiry) -> Breach:
    """The CA no longer allows a name. In the sandbox this is every name with one special first label."""
    return [name for name in inquiry.names_to_validate if without_wildcard(name).startswith(NO_LONGER_ALLOWED)]


@rule(1168, "CSR")
def _another_common_name(inquiry: RenewalInquiry) -> Breach:
    if not isinstance(inquiry.csr, Csr) or inquiry.predecessor is None:
        return False
    asked, had = (subject.get("commonName", "") for subject in (inquiry.csr.subject, inquiry.predecessor.subject))
    return (asked or True) if asked.lower() != had.lower() else False


@rule(1169, "customer")
def _another_customer(inquiry: RenewalInquiry) -> Breach:
    customer, order = inquiry.message.value("customer"), inquiry.order
    if customer is None or order is None or len(customer) > LONGEST_CUSTOMER:
        return False
    return customer if customer != order.customer else False


def _expired(code: int) -> Rule[RenewalInquiry]:
    """Return the rule against an expired certificate. No source has its code, or whether the CA refuses it."""

    def broken(inquiry: RenewalInquiry) -> Breach:
        refused = inquiry.backend.dialect[Switch.RENEWAL_AFTER_EXPIRY] == str(code)
        expired = inquiry.certificate is not None and inquiry.certificate.not_after <= inquiry.now
        return inquiry.certificate.serial_number if refused and expired and inquiry.certificate is not None else False

    return Rule(code, "", broken)


_RULES: tuple[Rule[RenewalInquiry], ...] = (
    *approver_rules(bad_boolean=2061),
    *csr_rules("CSR"),
    *customer_rules("customer"),
    *product_rules("productCode", Purpose.RENEW),
    *PREDECESSOR_RULES,
    _for_first_orders_only,
    _of_another_profile,
    _name_no_longer_allowed,
    _another_common_name,
    _another_customer,
    _expired(2093),
    _expired(1044),
    *hash_rules("hashAlgorithm"),
    too_long(1089, "userAgent", 255),
    *revocation_contact_rules("revocationContactEmail"),
    *expiry_date_rules("shortenedValidityPeriod"),
    unexpected_elements,
)


def _renew(inquiry: RenewalInquiry) -> Answer:
    former, predecessor, _certificate = known_predecessor(inquiry)
    product, csr, backend = inquiry.product, inquiry.csr, inquiry.backend
    if product is None or not isinstance(csr, Csr):
        msg = "a renewal without a product or a CSR passed the rules"
        raise ValueError(msg)
    carries = backend.dialect[Switch.RENEWAL_CARRY_OVER] == "yes"
    start = max(inquiry.now, former.term_end) if carries else inquiry.now
    order = replace(
        former,
        order_id=new_order_id(),
        product_code=product.code,
        state=OrderState.AWAITING,
        created=inquiry.now,
        updated=inquiry.now,
        term_end=start + product.term,
        approver=read_approver(inquiry.message) if predecessor.names else None,
        check_due=0,
        names=tuple(NameValidation(name) for name in predecessor.names),
        verifications=carry_over(needed_verifications(product, predecessor.subject), former, inquiry.now),
        mailbox=None,
    )
    entry = Entry(
        order_id=order.order_id,
        public_key_sha256=csr.public_key_sha256,
        csr=inquiry.message.value("CSR") or "",
        subject=predecessor.subject,
        names=predecessor.names,
        latest_end=end_of_day(requested_expiry_date(inquiry, "shortenedValidityPeriod")),
    )
    return _answer(inquiry, open_order(backend, order, entry))


def _answer(inquiry: RenewalInquiry, order: Order) -> Answer:
    """Return the response. Sources have two names for its second child, and no type for the older name."""
    backend, form = inquiry.backend, inquiry.backend.dialect[Switch.RENEWAL_ANSWER]
    identifier = node("orderID", order.order_id)
    if form == "order-verifications":
        return Answer([identifier, node("verifications", verification_nodes(backend, order))], order.order_id)
    if form == "verifications" and order.code is not None:
        return Answer([identifier, san_verification(backend, order, "verifications")], order.order_id)
    return placement_answer(backend, order)


RENEW_CERTIFICATE = Operation("renewCertificate", RenewalInquiry, _RULES, _renew)
