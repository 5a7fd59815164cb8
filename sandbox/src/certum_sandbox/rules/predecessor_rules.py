# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of requests that give an issued certificate, or its serial number."""

from __future__ import annotations

from functools import cached_property

from cryptography import x509

from certum_sandbox.model import Certificate, Entry, Order
from certum_sandbox.products import Product
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.serial_number_rules import serial_rules, serials


class PredecessorInquiry(Inquiry):
    """A request about an issued certificate, which ``serialNumber`` or ``X509Cert`` identifies."""

    @cached_property
    def given(self) -> x509.Certificate | None:
        """The parsed certificate in the request, or None."""
        text = self.message.value("X509Cert")
        try:
            return x509.load_pem_x509_certificate((text or "").encode())
        except ValueError:
            return None

    @cached_property
    def predecessor(self) -> Entry | None:
        """The entry of the certificate, or None if this account does not have it."""
        if self.given is not None:
            return self.backend.orders.entry_by_serial(f"{self.given.serial_number:032X}")
        named = serials(self, "serialNumber")
        return self.backend.orders.entry_by_serial(named[0]) if named else None

    @property
    def certificate(self) -> Certificate | None:
        """The issued certificate of the entry."""
        return self.predecessor.certificate if self.predecessor is not None else None

    @cached_property
    def order(self) -> Order | None:
        """The order of the entry."""
        return self.backend.orders.find(self.predecessor.order_id) if self.predecessor is not None else None

    @cached_property
    def former_product(self) -> Product | None:
        """The product of the order."""
        return self.backend.catalogue.get(self.order.product_code) if self.order is not None else None

    @property
    def names_exactly_one(self) -> bool:
        """Whether the request has exactly one of ``serialNumber`` and ``X509Cert``."""
        return self.message.has("serialNumber") != self.message.has("X509Cert")


def known_predecessor(inquiry: PredecessorInquiry) -> tuple[Order, Entry, Certificate]:
    """Return order, entry and certificate of a request that passed the rules."""
    if inquiry.order is None or inquiry.predecessor is None or inquiry.certificate is None:
        msg = "a request about an unknown certificate passed the rules"
        raise ValueError(msg)
    return inquiry.order, inquiry.predecessor, inquiry.certificate


@rule(1164)
def _not_exactly_one(inquiry: PredecessorInquiry) -> Breach:
    return not inquiry.names_exactly_one and "serialNumber"


@rule(1165, "X509Cert")
def _not_pem(inquiry: PredecessorInquiry) -> Breach:
    return inquiry.message.has("X509Cert") and inquiry.given is None


def _was_issued_here(inquiry: PredecessorInquiry) -> bool:
    return inquiry.given is not None and inquiry.backend.authority.has_issued(inquiry.given)


@rule(1159)
def _unknown(inquiry: PredecessorInquiry) -> Breach:
    if not inquiry.names_exactly_one or inquiry.predecessor is not None or _was_issued_here(inquiry):
        return False
    if inquiry.given is not None:
        return f"{inquiry.given.serial_number:X}"
    return next(iter(serials(inquiry, "serialNumber")), False)


@rule(1170)
def _of_another_account(inquiry: PredecessorInquiry) -> Breach:
    """This CA issued the certificate, but the account does not have it."""
    foreign = inquiry.names_exactly_one and inquiry.predecessor is None and _was_issued_here(inquiry)
    return f"{inquiry.given.serial_number:X}" if foreign and inquiry.given is not None else False


PREDECESSOR_RULES: tuple[Rule[PredecessorInquiry], ...] = (
    _not_exactly_one,
    *serial_rules("serialNumber", blank=1160, long=1161, not_hexadecimal=2096),
    _not_pem,
    _unknown,
    _of_another_account,
)
