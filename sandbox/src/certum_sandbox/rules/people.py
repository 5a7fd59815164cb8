# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of ``requestorInfo`` and ``organizationInfo``."""

from __future__ import annotations

from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_inquiry import OrderInquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text import bad_email, blank, missing, too_long

REQUESTOR_RULES: tuple[Rule[Inquiry], ...] = (
    missing(1009, "requestorInfo"),
    blank(1053, "requestorInfo/email"),
    too_long(1081, "requestorInfo/email", 255),
    bad_email(1060, "requestorInfo/email"),
    blank(1054, "requestorInfo/firstName"),
    too_long(1072, "requestorInfo/firstName", 255),
    blank(1055, "requestorInfo/lastName"),
    too_long(1065, "requestorInfo/lastName", 255),
    too_long(1066, "requestorInfo/phone", 32),
)


@rule(1048, "organizationInfo/taxIdentificationNumber")
def _no_tax_number(inquiry: OrderInquiry) -> Breach:
    """OV and EV need one; a given one must hold something."""
    path = "organizationInfo/taxIdentificationNumber"
    needed = inquiry.names_organization or inquiry.message.has("organizationInfo")
    return needed and inquiry.message.value(path) is None


ORGANIZATION_RULES: tuple[Rule[OrderInquiry], ...] = (
    _no_tax_number,
    too_long(1083, "organizationInfo/taxIdentificationNumber", 32),
)
