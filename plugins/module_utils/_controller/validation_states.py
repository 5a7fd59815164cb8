# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation of an order's names and mailbox, as the CA reports it.

Private to the collection. Source: partner-api.md 2.16, 2.18, error 2163.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._partner_api.api_errors import ApiError
from .._partner_api.enums import OrderVerificationState, OrderVerificationType

if TYPE_CHECKING:
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import NameVerification
    from .._partner_api.messages.mailbox import EmailVerification
    from .._partner_api.messages.order_lookup import OrderProgress

NOT_THIS_KIND_OF_PRODUCT = 2163


def read_names(api: PartnerApi, order_id: str) -> tuple[NameVerification, ...]:
    """Return the names of an order; none for a product that has no names."""
    try:
        return api.get_san_verification_state(order_id=order_id)
    except ApiError as error:
        if not error.has(NOT_THIS_KIND_OF_PRODUCT):
            raise
        return ()


def read_mailbox(api: PartnerApi, order_id: str, progress: OrderProgress) -> EmailVerification | None:
    """Return the mailbox of an order; None if the order needs no mailbox verification."""
    has_one = any(
        check.type == OrderVerificationType.EMAIL and check.state != OrderVerificationState.NOT_REQUIRED
        for check in progress.verifications
    )
    try:
        return api.get_email_verification(order_id=order_id) if has_one else None
    except ApiError as error:
        if not error.has(NOT_THIS_KIND_OF_PRODUCT):
            raise
        return None
