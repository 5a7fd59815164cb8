# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of ``orderParameters`` without CSR and subject. Renewals share some of them."""

from __future__ import annotations

from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric import rsa

from certum_sandbox.ca.hierarchy import KeyType
from certum_sandbox.csr import Csr
from certum_sandbox.dialect import Switch
from certum_sandbox.products import Purpose
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_inquiry import OrderInquiry, ProductInquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import bad_email, blank, empty, forbidden_character, missing, not_one_of, too_long

HASH_ALGORITHMS = ("RSA-SHA1", "RSA-SHA256", "ECC-SHA256")
LONGEST_CUSTOMER = 64
_PRODUCT = "orderParameters/productCode"


@rule(1012, "orderParameters/orderID")
def _order_id_is_taken(inquiry: OrderInquiry) -> Breach:
    order_id = inquiry.message.value("orderParameters/orderID")
    return order_id if order_id is not None and inquiry.backend.orders.find(order_id) is not None else False


def customer_rules(path: str) -> tuple[Rule[Inquiry], ...]:
    """Return the rules of the customer: 1076, 1077, 1156, 1023."""
    return (
        blank(1076, path),
        too_long(1077, path, LONGEST_CUSTOMER),
        forbidden_character(1156, path),
        Rule(1023, path, lambda inquiry: inquiry.message.value(path) == inquiry.login),
    )


def product_rules(path: str, purpose: Purpose) -> tuple[Rule[ProductInquiry], ...]:
    """Return the rules of the product code: 1014, 1080, 1075, 1006 (for a product of this purpose)."""

    def unknown(inquiry: ProductInquiry) -> Breach:
        code = inquiry.message.value(path)
        return code if code is not None and len(code) <= 3 and inquiry.product is None else False

    def withdrawn(inquiry: ProductInquiry) -> Breach:
        product = inquiry.product
        return product.code if product and product.withdrawn and product.purpose is purpose else False

    return (blank(1014, path), too_long(1080, path, 3), Rule(1075, path, unknown), Rule(1006, path, withdrawn))


@rule(1181, _PRODUCT)
def _for_renewal_only(inquiry: OrderInquiry) -> Breach:
    product = inquiry.product
    return product.code if product is not None and product.purpose is Purpose.RENEW else False


@rule(2025, _PRODUCT)
def _is_bundle(inquiry: OrderInquiry) -> Breach:
    return inquiry.product.code if inquiry.product is not None and inquiry.product.is_bundle else False


def hash_rules(path: str) -> tuple[Rule[Inquiry], ...]:
    """Return the rules of the hash: 2090, and 2124 for RSA-SHA1 or an algorithm that does not fit the key type."""

    def unfit(inquiry: Inquiry) -> Breach:
        wanted = inquiry.message.value(path)
        if wanted not in HASH_ALGORITHMS or not isinstance(inquiry.csr, Csr):
            return wanted if wanted == "RSA-SHA1" else False
        kind = KeyType.RSA if isinstance(inquiry.csr.public_key, rsa.RSAPublicKey) else KeyType.EC
        fitting = {KeyType.RSA: "RSA-SHA256", KeyType.EC: "ECC-SHA256"}[kind]
        return wanted if wanted != fitting else False

    return (not_one_of(2090, path, HASH_ALGORITHMS), Rule(2124, path, unfit))


def requested_expiry_date(inquiry: Inquiry, path: str) -> date | None:
    """Return ``shortenedValidityPeriod``, or None if it is absent or no date."""
    text = inquiry.message.value(path)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def expiry_date_rules(path: str) -> tuple[Rule[ProductInquiry], ...]:
    """Return the rules of ``shortenedValidityPeriod``: 1069 and 2185."""

    def longest(inquiry: ProductInquiry) -> timedelta:
        max_days, product = timedelta(days=inquiry.backend.settings.max_days), inquiry.product
        if product is None:
            return max_days
        of_product = inquiry.backend.dialect[Switch.SHORTENED_MAXIMUM] == "product"
        return product.term if of_product else product.longest_life(max_days.days)

    def too_late(inquiry: ProductInquiry) -> Breach:
        end = requested_expiry_date(inquiry, path)
        return end.isoformat() if end is not None and end > (inquiry.now + longest(inquiry)).date() else False

    def past(inquiry: ProductInquiry) -> Breach:
        end = requested_expiry_date(inquiry, path)
        return end.isoformat() if end is not None and end < inquiry.now.date() else False

    return (Rule(1069, path, too_late), Rule(2185, path, past))


def revocation_contact_rules(path: str) -> tuple[Rule[Inquiry], ...]:
    """Return the rules of the revocation contact: 2172 and 2173."""
    return (
        Rule(2172, path, lambda inquiry: inquiry.message.value(path) == inquiry.login),
        Rule(
            2173,
            path,
            lambda inquiry: inquiry.message.value(path) != inquiry.login and bad_email(2173, path).broken(inquiry),
        ),
    )


@rule(2187, "orderParameters/validityPeriod")
def _retired_validity(inquiry: Inquiry) -> Breach:
    return "orderParameters/validityPeriod" in inquiry.message.retired


@rule(1172)
def unexpected_elements(inquiry: Inquiry) -> Breach:
    """The request has elements of older versions or of similar operations."""
    return sorted(inquiry.message.retired - {"orderParameters/validityPeriod"})


ORDER_RULES: tuple[Rule[OrderInquiry], ...] = (
    missing(1010, "orderParameters"),
    *customer_rules("orderParameters/customer"),
    too_long(1088, "orderParameters/language", 2),
    empty(1011, "orderParameters/orderID"),
    too_long(1079, "orderParameters/orderID", 50),
    forbidden_character(1043, "orderParameters/orderID"),
    _order_id_is_taken,
    *product_rules(_PRODUCT, Purpose.ISSUE),
    _for_renewal_only,
    _is_bundle,
    too_long(1089, "orderParameters/userAgent", 255),
    *hash_rules("orderParameters/hashAlgorithm"),
    *revocation_contact_rules("orderParameters/revocationContactEmail"),
    *expiry_date_rules("orderParameters/shortenedValidityPeriod"),
    _retired_validity,
    unexpected_elements,
)
