# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of requests that name an issued certificate by its serial number or by itself."""

from __future__ import annotations

from functools import cached_property

from cryptography import x509

from certum_sandbox.model import Certificate, Entry, Order
from certum_sandbox.products import Product
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.serial import serial_rules, serials


class PredecessorInquiry(Inquiry):
    """Exactly one of ``serialNumber`` and ``X509Cert`` names the certificate that the request is about."""

    @cached_property
    def given(self) -> x509.Certificate | None:
        """The certificate in the request, if it is one."""
        text = self.message.value("X509Cert")
        try:
            return x509.load_pem_x509_certificate((text or "").encode())
        except ValueError:
            return None

    @cached_property
    def predecessor(self) -> Entry | None:
        """The certificate that is named, if this account has it."""
        if self.given is not None:
            return self.backend.orders.entry_by_serial(f"{self.given.serial_number:032X}")
        named = serials(self, "serialNumber")
        return self.backend.orders.entry_by_serial(named[0]) if named else None

    @property
    def certificate(self) -> Certificate | None:
        """What was issued for it."""
        return self.predecessor.certificate if self.predecessor is not None else None

    @cached_property
    def order(self) -> Order | None:
        """The order it belongs to."""
        return self.backend.orders.find(self.predecessor.order_id) if self.predecessor is not None else None

    @cached_property
    def former_product(self) -> Product | None:
        """What was ordered then."""
        return self.backend.catalogue.get(self.order.product_code) if self.order is not None else None

    @property
    def names_one(self) -> bool:
        """Whether the request names a certificate in exactly one way."""
        return self.message.has("serialNumber") != self.message.has("X509Cert")


def known_predecessor(inquiry: PredecessorInquiry) -> tuple[Order, Entry, Certificate]:
    """What a request is about that passed the rules."""
    if inquiry.order is None or inquiry.predecessor is None or inquiry.certificate is None:
        msg = "a request about an unknown certificate passed the rules"
        raise ValueError(msg)
    return inquiry.order, inquiry.predecessor, inquiry.certificate


@rule(1164)
def _not_exactly_one(inquiry: PredecessorInquiry) -> Breach:
    return not inquiry.names_one and "serialNumber"


@rule(1165, "X509Cert")
def _not_pem(inquiry: PredecessorInquiry) -> Breach:
    return inquiry.message.has("X509Cert") and inquiry.given is None


def _is_foreign(inquiry: PredecessorInquiry) -> bool:
    return inquiry.given is not None and inquiry.backend.authority.issued(inquiry.given)


@rule(1159)
def _unknown(inquiry: PredecessorInquiry) -> Breach:
    if not inquiry.names_one or inquiry.predecessor is not None or _is_foreign(inquiry):
        return False
    if inquiry.given is not None:
        return f"{inquiry.given.serial_number:X}"
    return next(iter(serials(inquiry, "serialNumber")), False)


@rule(1170)
def _of_another_account(inquiry: PredecessorInquiry) -> Breach:
    """A certificate of this CA that the account does not have."""
    foreign = inquiry.names_one and inquiry.predecessor is None and _is_foreign(inquiry)
    return f"{inquiry.given.serial_number:X}" if foreign and inquiry.given is not None else False


PREDECESSOR_RULES: tuple[Rule[PredecessorInquiry], ...] = (
    _not_exactly_one,
    *serial_rules("serialNumber", blank=1160, long=1161, not_hexadecimal=2096),
    _not_pem,
    _unknown,
    _of_another_account,
)
