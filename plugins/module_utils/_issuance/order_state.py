# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of an order's state at the CA: what it waits for, and who must act.

Private to the collection. Source: lifecycle.md 1 and 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.terms import Waiting
from .._partner_api.enums import OrderState, OrderVerificationState, OrderVerificationType

if TYPE_CHECKING:
    from .._partner_api.messages.order_lookup import OrderProgress

DONE = (OrderVerificationState.VERIFIED, OrderVerificationState.NOT_REQUIRED)
AUTOMATIC = (OrderVerificationType.INTERNAL, OrderVerificationType.SYSTEM)

WHO_ACTS = {
    OrderVerificationType.DOMAIN: "the domain holder",
    OrderVerificationType.EMAIL: "the mailbox holder, by the link in the CA's mail",
    OrderVerificationType.INTERNAL: "the CA's automatic checks",
    OrderVerificationType.SYSTEM: "the CA's automatic checks",
}
CA_STAFF = "the CA's staff"
OF_DOMAIN = {
    OrderVerificationState.REQUIRED: "the CA has not validated the domain yet",
    OrderVerificationState.FAILED: "the CA looked at the domain and did not accept the validation",
}


DOCUMENTS = (
    OrderVerificationType.ORGANIZATION,
    OrderVerificationType.APPLICANT,
    OrderVerificationType.AUTHORIZATION,
    OrderVerificationType.EXTENDED_VALIDATION,
    OrderVerificationType.PRODUCT,
)


FOLLOW_THE_LINK = "The mailbox holder has to follow the link in the CA's mail (certum_validation sends it again)."
DECIDE = (
    "The CA's staff has to decide about {documents}. If the CA asks the operator for documents, attach them with "
    "certum_document (order_id: {order_id}). The CA may also call."
)


def is_open(progress: OrderProgress) -> bool:
    """Return whether the order is neither issued nor rejected; an unknown state counts as open."""
    return progress.order_state not in (OrderState.ENROLLED, OrderState.REJECTED)


def domain_is_not_validated(progress: OrderProgress) -> bool:
    return any(kind == OrderVerificationType.DOMAIN for kind, _state in _outstanding(progress))


def mailbox_is_not_validated(progress: OrderProgress) -> bool:
    return any(kind == OrderVerificationType.EMAIL for kind, _state in _outstanding(progress))


def domain_has_failed(progress: OrderProgress) -> bool:
    return (OrderVerificationType.DOMAIN, OrderVerificationState.FAILED) in _outstanding(progress)


def automatic_check_has_failed(progress: OrderProgress) -> bool:
    return any((kind, OrderVerificationState.FAILED) in _outstanding(progress) for kind in AUTOMATIC)


def only_people_act(progress: OrderProgress, *, by_mail: bool) -> bool:
    """Return whether the order waits only for people; ``by_mail``: its names are validated by a link in a mail."""
    machines = AUTOMATIC if by_mail else (*AUTOMATIC, OrderVerificationType.DOMAIN)
    outstanding = _outstanding(progress)
    return bool(outstanding) and not any(kind in machines for kind, _state in outstanding)


def who_must_act(progress: OrderProgress, *, by_mail: bool) -> Waiting:
    """Return who must act before the order is issued. What people here can do comes before the CA's own work."""
    if progress.order_state == OrderState.REJECTED or automatic_check_has_failed(progress):
        return Waiting.OPERATOR
    if progress.order_state == OrderState.ENROLLED:
        return Waiting.NEXT_RUN
    if mailbox_is_not_validated(progress) or (by_mail and domain_is_not_validated(progress)):
        return Waiting.MAILBOX_HOLDER
    if domain_is_not_validated(progress):
        return Waiting.DOMAIN_HOLDER
    return Waiting.CA_STAFF if only_people_act(progress, by_mail=by_mail) else Waiting.CA


def waiting_for(progress: OrderProgress) -> str:
    """Return the checks that the order waits for, in words."""
    waiting = [f"{kind} ({state.lower()}; {_who_acts(kind, state)})" for kind, state in _outstanding(progress)]
    return ", ".join(waiting) or "the CA to issue"


def _who_acts(kind: str, state: str) -> str:
    who: str = WHO_ACTS.get(kind, CA_STAFF)  # type: ignore[call-overload]
    return OF_DOMAIN.get(state, who) if kind == OrderVerificationType.DOMAIN else who  # type: ignore[call-overload]


def what_people_do(progress: OrderProgress, *, order_id: str, by_mail: bool) -> str:
    """Return the tasks of people for an order that waits for them, in sentences, and the date of its last change."""
    outstanding = _outstanding(progress)
    kinds = {kind for kind, _state in outstanding}
    documents = ", ".join(kind for kind in DOCUMENTS if kind in kinds)
    failed = ", ".join(kind for kind, state in outstanding if state == OrderVerificationState.FAILED)
    words = []
    if OrderVerificationType.EMAIL in kinds or (by_mail and OrderVerificationType.DOMAIN in kinds):
        words.append(FOLLOW_THE_LINK)
    if documents:
        words.append(DECIDE.format(documents=documents, order_id=order_id))
    if failed:
        words.append(f"The CA did not accept {failed}: ask the CA what is missing.")
    if progress.last_update_date:
        words.append(f"The order has not changed at the CA since {progress.last_update_date:%Y-%m-%d}.")
    return " ".join(words)


def _outstanding(progress: OrderProgress) -> list[tuple[str, str]]:
    return [(str(check.type), str(check.state)) for check in progress.verifications if check.state not in DONE]
