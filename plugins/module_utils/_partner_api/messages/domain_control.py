# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of a certificate and their domain validation (partner-api.md 2.14 to 2.16, 3.2; lifecycle.md 4).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import element, wrapped
from ..enums import ApproverEmailPrefix, ApproverMethod, SanVerificationState, SystemVerificationMethod
from .base import Answer, Message, OptionalUtcDateTime, OrText, Request, Words


class SanApprover(Message):
    """One method for all names of an order. notification_enabled takes an address, ADMIN needs a prefix (2159)."""

    approver_method: OrText[ApproverMethod] = element(tag="approverMethod")
    approver_email: str | None = element(tag="approverEmail", default=None)
    approver_email_prefix: ApproverEmailPrefix | None = element(tag="approverEmailPrefix", default=None)
    notification_enabled: bool | None = element(tag="verificationNotificationEnabled", default=None)


class SanEntry(Message):
    dns_name: str = element(tag="DNSName")


class SanVerification(Message):
    """``code`` is the bare validation code for each of ``fqdns``: see lifecycle.md 4.1 for its published form."""

    approver_method: OrText[ApproverMethod] = element(tag="approverMethod", default="")
    code: str = element(tag="code")
    approver_email: str | None = element(tag="approverEmail", default=None)
    fqdns: tuple[str, ...] = wrapped("FQDNs", element(tag="FQDN"), default=())


class AddSanVerificationRequest(Request):
    san_approver: SanApprover | None = element(tag="SANApprover", default=None)
    order_id: str = element(tag="orderID")


class AddSanVerificationAnswer(Answer):
    san_verification: SanVerification | None = element(tag="SANVerification", default=None)


class PerformSanVerificationRequest(Request):
    code: str = element(tag="code")


class ManualVerification(Message):
    """The domain validation of a name. It may be used until ``expire_date``; ``info`` is the CA's reason in words."""

    state: OrText[SanVerificationState] = element(tag="state")
    expire_date: OptionalUtcDateTime = element(tag="expireDate", default=None)
    info: Words = element(tag="info", default="")


class SystemVerification(Message):
    """Automatic checks that fail. The CA sends one block with several methods, or several blocks with one method."""

    methods: tuple[OrText[SystemVerificationMethod], ...] = element(tag="method", default=())
    info: Words = element(tag="info", default="")


class NameVerification(Message):
    """The state of one name: its domain validation and the CA's automatic checks."""

    fqdn: str = element(tag="FQDN")
    manual_verification: ManualVerification = element(tag="manualVerification")
    system_verifications: tuple[SystemVerification, ...] = element(tag="systemVerification", default=())

    @property
    def failing_checks(self) -> tuple[SystemVerificationMethod | str, ...]:
        return tuple(method for block in self.system_verifications for method in block.methods)


class GetSanVerificationStateAnswer(Answer):
    names: tuple[NameVerification, ...] = wrapped("sanVerifications", element(tag="sanVerification"), default=())
