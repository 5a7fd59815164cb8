# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the state of an order at the CA means for us.

Private to the collection. Source: lifecycle.md 1 and 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._partner_api.enums import OrderState, OrderVerificationState, OrderVerificationType

if TYPE_CHECKING:
    from .._partner_api.messages.lookup import OrderProgress

DONE = (OrderVerificationState.VERIFIED, OrderVerificationState.NOT_REQUIRED)
AUTOMATIC = (OrderVerificationType.INTERNAL, OrderVerificationType.SYSTEM)

WHO_ACTS = {
    OrderVerificationType.DOMAIN: "the domain holder, or the CA has not looked yet",
    OrderVerificationType.EMAIL: "the mailbox holder, by the link in the CA's mail",
    OrderVerificationType.INTERNAL: "the CA's automatic checks",
    OrderVerificationType.SYSTEM: "the CA's automatic checks",
}
CA_STAFF = "the CA's staff"


def is_open(progress: OrderProgress) -> bool:
    """Whether the CA still works on the order; a state that no source knows counts as one."""
    return progress.order_state not in (OrderState.ENROLLED, OrderState.REJECTED)


def domain_is_unproved(progress: OrderProgress) -> bool:
    return any(kind == OrderVerificationType.DOMAIN for kind, _state in _outstanding(progress))


def mailbox_is_unproved(progress: OrderProgress) -> bool:
    return any(kind == OrderVerificationType.EMAIL for kind, _state in _outstanding(progress))


def domain_has_failed(progress: OrderProgress) -> bool:
    return (OrderVerificationType.DOMAIN, OrderVerificationState.FAILED) in _outstanding(progress)


def automatic_check_has_failed(progress: OrderProgress) -> bool:
    return any((kind, OrderVerificationState.FAILED) in _outstanding(progress) for kind in AUTOMATIC)


def only_people_act(progress: OrderProgress, *, by_mail: bool) -> bool:
    """Whether no machine has anything to do for the order; ``by_mail``: its names are proved by a link in a mail."""
    machines = AUTOMATIC if by_mail else (*AUTOMATIC, OrderVerificationType.DOMAIN)
    outstanding = _outstanding(progress)
    return bool(outstanding) and not any(kind in machines for kind, _state in outstanding)


def waiting_for(progress: OrderProgress) -> str:
    """What the order waits for, in words."""
    waiting = [
        f"{kind} ({state.lower()}; {WHO_ACTS.get(kind, CA_STAFF)})"  # type: ignore[call-overload]
        for kind, state in _outstanding(progress)
    ]
    return ", ".join(waiting) or "the CA to issue"


def _outstanding(progress: OrderProgress) -> list[tuple[str, str]]:
    return [(str(check.type), str(check.state)) for check in progress.verifications if check.state not in DONE]
