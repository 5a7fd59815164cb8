# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of ``SANApprover``, which chooses the validation method."""

from __future__ import annotations

from certum_sandbox.hostnames import as_address, is_wildcard
from certum_sandbox.model import Method
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import bad_email, blank, not_boolean, not_one_of, too_long

EMAIL_PREFIXES = ("ADMIN", "ADMINISTRATOR", "POSTMASTER", "HOSTMASTER", "WEBMASTER")
OFFERED_METHODS = tuple(method for method in Method if method is not Method.DNS)
"""All methods but bare ``DNS``, a legacy alias that the newest guide no longer lists (partner-api.md 4)."""


def _method(inquiry: Inquiry) -> str | None:
    return inquiry.message.value("SANApprover/approverMethod")


@rule(2162, "SANApprover")
def _no_approver(inquiry: Inquiry) -> Breach:
    return inquiry.needs_approver and not inquiry.message.has("SANApprover")


@rule(2158, "SANApprover")
def _email_and_prefix(inquiry: Inquiry) -> Breach:
    message = inquiry.message
    return bool(message.value("SANApprover/approverEmail") and message.value("SANApprover/approverEmailPrefix"))


@rule(2159, "SANApprover/approverEmailPrefix")
def _no_prefix(inquiry: Inquiry) -> Breach:
    """ADMIN mails to constructed addresses only; free addresses are no longer allowed (lifecycle.md 4.1)."""
    return _method(inquiry) == Method.ADMIN and inquiry.message.value("SANApprover/approverEmailPrefix") is None


@rule(2160, "SANApprover/approverEmail")
def _no_email(inquiry: Inquiry) -> Breach:
    """The request wants instructions by mail, but has no address (partner-api.md 6)."""
    message = inquiry.message
    wants_mail = message.is_true("SANApprover/verificationNotificationEnabled")
    by_record = _method(inquiry) in OFFERED_METHODS and _method(inquiry) != Method.ADMIN
    has_address = message.value("SANApprover/approverEmail") or message.value("SANApprover/approverEmailPrefix")
    return wants_mail and by_record and not has_address


@rule(2171, "SANApprover/approverMethod")
def _method_for_address(inquiry: Inquiry) -> Breach:
    """Only FILE validates an IP address."""
    has_address = any(as_address(name) for name in inquiry.names_to_validate)
    return has_address and _method(inquiry) in OFFERED_METHODS and _method(inquiry) != Method.FILE


@rule(2186, "SANApprover/approverMethod")
def _method_for_wildcard(inquiry: Inquiry) -> Breach:
    """FILE does not validate a wildcard."""
    return _method(inquiry) == Method.FILE and any(map(is_wildcard, inquiry.names_to_validate))


APPROVER_BLOCK_RULES: tuple[Rule[Inquiry], ...] = (
    blank(2157, "SANApprover/approverMethod"),
    not_one_of(1042, "SANApprover/approverMethod", OFFERED_METHODS),
    too_long(1087, "SANApprover/approverEmail", 255),
    bad_email(1037, "SANApprover/approverEmail"),
    not_one_of(1108, "SANApprover/approverEmailPrefix", EMAIL_PREFIXES),
    _email_and_prefix,
    _no_prefix,
    _no_email,
    _method_for_address,
    _method_for_wildcard,
)
"""The rules of the block in every operation."""


def approver_rules(*, bad_boolean: int = 2059) -> tuple[Rule[Inquiry], ...]:
    """Return the rules of the block, and the rule that requires it."""
    return (
        _no_approver,
        *APPROVER_BLOCK_RULES,
        not_boolean(bad_boolean, "SANApprover/verificationNotificationEnabled"),
    )
