# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""addEmailVerification, getEmailVerification (partner-api.md 2.17, 2.18; lifecycle.md 6).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import element
from .base import Answer, Message, OptionalUtcDateTime


class EmailVerification(Message):
    """The verification of a mailbox: whether somebody followed the link, and until when link and result are valid."""

    email: str = element(tag="email", default="")
    verified: bool = element(tag="verified")
    send_date: OptionalUtcDateTime = element(tag="sendDate", default=None)
    link_validity_date: OptionalUtcDateTime = element(tag="verificationLinkValidityDate", default=None)
    verification_date: OptionalUtcDateTime = element(tag="verificationDate", default=None)
    verification_validity: OptionalUtcDateTime = element(tag="verificationValidity", default=None)


class GetEmailVerificationAnswer(Answer):
    email_verification: EmailVerification | None = element(tag="emailVerification", default=None)
