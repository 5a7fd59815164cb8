# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of ``requestorInfo`` and ``organizationInfo``."""

from __future__ import annotations

from certum_sandbox.dialect import Switch
from certum_sandbox.products import Validation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_inquiry import OrderInquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import bad_email, blank, missing, too_long

_WITHOUT_PEOPLE = frozenset({Validation.DOMAIN, Validation.MAILBOX})
"""Validations that need no person at the CA."""


@rule(1009, "requestorInfo")
def _no_requestor(inquiry: OrderInquiry) -> Breach:
    """The block is absent. One real client omits it for DV (partner-api.md 2.1)."""
    product, optional = inquiry.product, inquiry.backend.dialect[Switch.REQUESTOR_INFO] == "optional"
    excused = optional and (product is None or product.validation in _WITHOUT_PEOPLE)
    return not excused and not inquiry.message.has("requestorInfo")


REQUESTOR_RULES: tuple[Rule[OrderInquiry], ...] = (
    _no_requestor,
    blank(1053, "requestorInfo/email"),
    too_long(1081, "requestorInfo/email", 255),
    bad_email(1060, "requestorInfo/email"),
    blank(1054, "requestorInfo/firstName"),
    too_long(1072, "requestorInfo/firstName", 255),
    blank(1055, "requestorInfo/lastName"),
    too_long(1065, "requestorInfo/lastName", 255),
    too_long(1066, "requestorInfo/phone", 32),
)
BUNDLE_REQUESTOR_RULES: tuple[Rule[Inquiry], ...] = (
    missing(2006, "requestorInfo"),
    blank(2010, "requestorInfo/email"),
    too_long(2026, "requestorInfo/email", 255),
    bad_email(2016, "requestorInfo/email"),
    blank(2011, "requestorInfo/firstName"),
    too_long(2024, "requestorInfo/firstName", 255),
    blank(2012, "requestorInfo/lastName"),
    too_long(2020, "requestorInfo/lastName", 255),
    blank(2013, "requestorInfo/phone"),
    too_long(2021, "requestorInfo/phone", 255),
)
"""orderSNICertificate has its own codes for the same errors."""


_TAX_NUMBER = "organizationInfo/taxIdentificationNumber"


@rule(1048, _TAX_NUMBER)
def _no_tax_number(inquiry: OrderInquiry) -> Breach:
    """An organization needs a tax number, and the whole block is absent."""
    return inquiry.names_organization and not inquiry.message.has("organizationInfo")


ORGANIZATION_BLOCK_RULES: tuple[Rule[Inquiry], ...] = (blank(1048, _TAX_NUMBER), too_long(1083, _TAX_NUMBER, 32))
ORGANIZATION_RULES: tuple[Rule[OrderInquiry], ...] = (_no_tax_number, *ORGANIZATION_BLOCK_RULES)
