# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""renewCertificate (partner-api.md 2.3, lifecycle.md 8)."""

from __future__ import annotations

from dataclasses import replace

from certum_sandbox.csr import Csr
from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.model import Entry, NameProof, Order, OrderState
from certum_sandbox.operations.approval import read_approver, san_verification
from certum_sandbox.operations.opening import end_of_day, new_order_id, open_order, placed
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.reading import verification_nodes
from certum_sandbox.products import Purpose
from certum_sandbox.progress import carry_over, needed_verifications
from certum_sandbox.rules.approver import approver_rules
from certum_sandbox.rules.csr import csr_rules
from certum_sandbox.rules.order import (
    LONGEST_CUSTOMER,
    customer_rules,
    end_date_rules,
    hash_rules,
    product_rules,
    revocation_contact_rules,
    unexpected_elements,
    wanted_end,
)
from certum_sandbox.rules.order_inquiry import ProductInquiry
from certum_sandbox.rules.predecessor import PREDECESSOR_RULES, PredecessorInquiry, known_predecessor
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text import too_long
from certum_sandbox.soap.render import node

NOT_ALLOWED_ANY_MORE = "no-longer-allowed."


class RenewalInquiry(PredecessorInquiry, ProductInquiry):
    """``renewCertificate``. Its names are those of the old certificate."""

    @property
    def needs_approver(self) -> bool:
        return bool(self.proved_names)

    @property
    def proved_names(self) -> list[str]:
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
def _name_not_allowed_any_more(inquiry: RenewalInquiry) -> Breach:
    """No name that was issued here is refused later, so one label stands for such names."""
    return [name for name in inquiry.proved_names if without_wildcard(name).startswith(NOT_ALLOWED_ANY_MORE)]


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
    """Whether, and how, an expired certificate is refused is unknown."""

    def broken(inquiry: RenewalInquiry) -> Breach:
        refused = inquiry.backend.dialect[Switch.RENEWAL_AFTER_EXPIRY] == str(code)
        ended = inquiry.certificate is not None and inquiry.certificate.not_after <= inquiry.now
        return inquiry.certificate.serial_number if refused and ended and inquiry.certificate is not None else False

    return Rule(code, "", broken)


_RULES: tuple[Rule[RenewalInquiry], ...] = (
    *approver_rules(bad_boolean=2061),
    *csr_rules("CSR"),
    *customer_rules("customer"),
    *product_rules("productCode", Purpose.RENEW),
    *PREDECESSOR_RULES,
    _for_first_orders_only,
    _of_another_profile,
    _name_not_allowed_any_more,
    _another_common_name,
    _another_customer,
    _expired(2093),
    _expired(1044),
    *hash_rules("hashAlgorithm"),
    too_long(1089, "userAgent", 255),
    *revocation_contact_rules("revocationContactEmail"),
    *end_date_rules("shortenedValidityPeriod"),
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
        names=tuple(NameProof(name) for name in predecessor.names),
        verifications=carry_over(needed_verifications(product, predecessor.subject), former, inquiry.now),
        mailbox=None,
    )
    entry = Entry(
        order_id=order.order_id,
        public_key_sha256=csr.public_key_sha256,
        csr=inquiry.message.value("CSR") or "",
        subject=predecessor.subject,
        names=predecessor.names,
        latest_end=end_of_day(wanted_end(inquiry, "shortenedValidityPeriod")),
    )
    return _answer(inquiry, open_order(backend, order, entry))


def _answer(inquiry: RenewalInquiry, order: Order) -> Answer:
    """Sources give two names to the second child, and its type under the older one is unknown."""
    backend, form = inquiry.backend, inquiry.backend.dialect[Switch.RENEWAL_ANSWER]
    identifier = node("orderID", order.order_id)
    if form == "order-verifications":
        return Answer([identifier, node("verifications", verification_nodes(backend, order))], order.order_id)
    if form == "verifications" and order.code is not None:
        return Answer([identifier, san_verification(backend, order, "verifications")], order.order_id)
    return placed(backend, order)


RENEW_CERTIFICATE = Operation("renewCertificate", RenewalInquiry, _RULES, _renew)
