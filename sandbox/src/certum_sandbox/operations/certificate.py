# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getCertificate (partner-api.md 2.11)."""

from __future__ import annotations

import re
from functools import cached_property

from certum_sandbox.dialect import Switch
from certum_sandbox.model import Entry
from certum_sandbox.operations.details import ca_bundle, certificate_details
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.reference import malformed_order_id, unknown_order
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text import empty, too_long

_HEX = re.compile(r"[0-9A-Fa-f]+")


def normalize_serial(text: str) -> str | None:
    """A serial number as it is stored: 32 upper-case digits; colons and leading zeros do not matter."""
    digits = text.replace(":", "").strip()
    return digits.upper().lstrip("0").zfill(32) if _HEX.fullmatch(digits) else None


class CertificateInquiry(Inquiry):
    """``getCertificate``: by serial number or by order."""

    @cached_property
    def entry(self) -> Entry | None:
        """The certificate that is asked for, if there is one."""
        serial = self.message.value("serialNumber")
        if serial is not None:
            normalized = normalize_serial(serial)
            return None if normalized is None else self.backend.orders.entry_by_serial(normalized)
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


@rule(2096, "serialNumber")
def _not_hexadecimal(inquiry: Inquiry) -> Breach:
    serial = inquiry.message.value("serialNumber")
    return serial if serial is not None and len(serial) <= 64 and normalize_serial(serial) is None else False


@rule(1159)
def _no_certificate(inquiry: CertificateInquiry) -> Breach:
    serial = inquiry.message.value("serialNumber")
    if inquiry.message.has("orderID"):
        lacks = inquiry.order is not None and inquiry.entry is None and serial is None
        refused = inquiry.backend.dialect[Switch.UNISSUED_CERTIFICATE] == "1159"
        return inquiry.order.order_id if inquiry.order is not None and lacks and refused else False
    known = serial is None or len(serial) > 64 or normalize_serial(serial) is None or inquiry.entry is not None
    return False if known else serial or ""


_RULES: tuple[Rule[CertificateInquiry], ...] = (
    _nothing_given,
    _both_given,
    empty(2055, "orderID"),
    malformed_order_id(),
    unknown_order(),
    empty(1160, "serialNumber"),
    too_long(1161, "serialNumber", 64),
    _not_hexadecimal,
    _no_certificate,
)


def _get(inquiry: CertificateInquiry) -> Answer:
    if inquiry.entry is None:
        return Answer()
    backend = inquiry.backend
    children = [certificate_details(backend, inquiry.entry), ca_bundle(backend, inquiry.entry)]
    return Answer(children, inquiry.entry.order_id)


GET_CERTIFICATE = Operation("getCertificate", CertificateInquiry, _RULES, _get)
