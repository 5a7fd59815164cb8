# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getCertificate (partner-api.md 2.11)."""

from __future__ import annotations

from functools import cached_property

from certum_sandbox.dialect import Switch
from certum_sandbox.model import Entry
from certum_sandbox.operations.certificate_details import ca_bundle, certificate_details
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_reference_rules import malformed_order_id, unknown_order
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.serial_number_rules import serial_rules, serials
from certum_sandbox.rules.text_rules import empty


class CertificateInquiry(Inquiry):
    """A ``getCertificate`` request, by serial number or by order."""

    @cached_property
    def entry(self) -> Entry | None:
        """The requested certificate, or None."""
        if self.message.has("serialNumber"):
            named = serials(self, "serialNumber")
            return self.backend.orders.entry_by_serial(named[0]) if named else None
        if self.order is None:
            return None
        issued = [e for e in self.backend.orders.entries(self.order.order_id) if e.certificate is not None]
        newest = self.backend.dialect[Switch.CERTIFICATE_OF_ORDER] == "newest"
        return (issued[-1] if newest else issued[0]) if issued else None


@rule(1162)
def _nothing_given(inquiry: Inquiry) -> Breach:
    return "serialNumber" if not (inquiry.message.has("orderID") or inquiry.message.has("serialNumber")) else False


@rule(1163)
def _both_given(inquiry: Inquiry) -> Breach:
    return "serialNumber" if inquiry.message.has("orderID") and inquiry.message.has("serialNumber") else False


@rule(1159)
def _no_certificate(inquiry: CertificateInquiry) -> Breach:
    if inquiry.entry is not None or _both_given.errors(inquiry):
        return False
    refused = inquiry.backend.dialect[Switch.UNISSUED_CERTIFICATE] == "1159"
    if inquiry.order is not None:
        return inquiry.order.order_id if refused else False
    return next(iter(serials(inquiry, "serialNumber")), False)


_RULES: tuple[Rule[CertificateInquiry], ...] = (
    _nothing_given,
    _both_given,
    empty(2055, "orderID"),
    malformed_order_id(),
    unknown_order(),
    *serial_rules("serialNumber", blank=1160, long=1161, not_hexadecimal=2096),
    _no_certificate,
)


def _get(inquiry: CertificateInquiry) -> Answer:
    if inquiry.entry is None:
        return Answer()
    backend = inquiry.backend
    children = [certificate_details(backend, inquiry.entry), ca_bundle(backend, inquiry.entry)]
    return Answer(children, inquiry.entry.order_id)


GET_CERTIFICATE = Operation("getCertificate", CertificateInquiry, _RULES, _get)
