# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The failed checks of a pending order, from the CA's two answers about it.

Private to the collection. Pure. Source: lifecycle.md 2, 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.reasons import ReasonCode
from .._issuance.order_state import AUTOMATIC
from .._lifecycle.order_view import FailedCheck
from .._partner_api.enums import OrderVerificationState, OrderVerificationType, SanVerificationState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._partner_api.messages.domain_control import NameVerification
    from .._partner_api.messages.order_lookup import OrderProgress

DOMAIN, SYSTEM = OrderVerificationType.DOMAIN.value, OrderVerificationType.SYSTEM.value


def failed_checks(progress: OrderProgress, names: Sequence[NameVerification]) -> tuple[FailedCheck, ...]:
    """Return each failed check once: those of names, then those of the order that no name explains."""
    of_names = {failure.key: failure for name in names for failure in _of_name(name)}
    explained = {failure.verification for failure in of_names.values()}
    of_order = {failure.key: failure for failure in _of_order(progress) if failure.verification not in explained}
    return (*of_names.values(), *of_order.values())


def _of_name(name: NameVerification) -> Iterator[FailedCheck]:
    manual = name.manual_verification
    if manual.state == SanVerificationState.FAILED:
        yield FailedCheck(ReasonCode.DOMAIN_NOT_VALIDATED, DOMAIN, domain=name.fqdn, detail=manual.info)
    for block in name.system_verifications:
        for method in block.methods:
            yield FailedCheck(
                ReasonCode.AUTOMATIC_CHECK_FAILED, SYSTEM, domain=name.fqdn, check=str(method), detail=block.info
            )


def _of_order(progress: OrderProgress) -> Iterator[FailedCheck]:
    for check in progress.verifications:
        if check.state != OrderVerificationState.FAILED:
            continue
        if check.type == OrderVerificationType.DOMAIN:
            yield FailedCheck(ReasonCode.DOMAIN_NOT_VALIDATED, DOMAIN)
        elif check.type in AUTOMATIC:
            yield FailedCheck(ReasonCode.AUTOMATIC_CHECK_FAILED, SYSTEM)
        else:
            yield FailedCheck(ReasonCode.NOT_ACCEPTED, str(check.type))
