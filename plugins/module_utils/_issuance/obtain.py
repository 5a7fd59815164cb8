# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Move one certificate as far forward as it goes now: from an order to a certificate.

Private to the collection. The same call made again goes on where the last one stopped. Source: lifecycle.md 1 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._lifecycle.validation import publication
from .._partner_api.enums import OrderState, OrderVerificationState, OrderVerificationType
from .._partner_api.errors import ApiError, CertumError
from .fetch import fetch
from .outcome import Outcome, State
from .place import ORDER_ID_TAKEN, place
from .prove import ask_to_check, failures, new_code, what_to_publish

if TYPE_CHECKING:
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.lookup import OrderProgress
    from .order import Order
    from .outcome import Validation
    from .patience import Patience

LOOKS_BEFORE_A_FAILURE_IS_BELIEVED = 3
"""The state of the check before ours may still stand when we look first."""

WHO_ACTS = {
    OrderVerificationType.DOMAIN: "the domain holder, or the CA has not looked yet",
    OrderVerificationType.EMAIL: "the mailbox holder, by the link in the CA's mail",
    OrderVerificationType.INTERNAL: "the CA's automatic checks",
    OrderVerificationType.SYSTEM: "the CA's automatic checks",
}
CA_STAFF = "the CA's staff"


@dataclass(frozen=True)
class Obtain:
    """One run's way of carrying orders on. ``trigger`` allows asking the CA to check what was published before."""

    api: PartnerApi
    patience: Patience
    trigger: bool

    def start(self, order: Order) -> Outcome:
        """Place the order, or find that it is placed. Never waits."""
        try:
            return place(self.api, order)
        except CertumError as error:
            unknown = error.may_have_taken_effect
            return Outcome(
                name=order.name,
                order_id=order.order_id,
                state=State.UNKNOWN if unknown else State.NOT_ORDERED,
                reason="it is not known whether the order was placed" if unknown else "nothing was ordered",
                problem=str(error),
            )

    def finish(self, order: Order, started: Outcome) -> Outcome:
        """Carry a placed order on. What is known is kept whatever goes wrong."""
        if not started.placed or (started.changed and _must_publish(started.validation)):
            return started
        try:
            return self._carry_on(order, started)
        except CertumError as error:
            return replace(started, problem=str(error))

    def _carry_on(self, order: Order, outcome: Outcome) -> Outcome:
        progress = self.api.get_order_state(order_id=order.order_id)
        if _is_open(progress) and _domain_is_unproved(progress):
            outcome = self._prove(order, outcome)
            if not self.trigger or outcome.changed:
                return outcome
        return self._wait(order, outcome)

    def _prove(self, order: Order, outcome: Outcome) -> Outcome:
        """Have a valid code, and the CA look for it. A new code has to be published first, so it is not asked about."""
        validation = outcome.validation
        if validation and (not self.trigger or ask_to_check(self.api, validation)):
            return outcome
        reason = f"{outcome.reason}; the CA gave a new verification code, which has to be published"
        return replace(outcome, validation=new_code(self.api, order), changed=True, reason=reason)

    def _wait(self, order: Order, outcome: Outcome) -> Outcome:
        failed_looks = 0
        progress = None
        for _look in self.patience.looks():
            progress = self.api.get_order_state(order_id=order.order_id)
            if not _is_open(progress):
                break
            failed_looks += _domain_has_failed(progress)
            if failed_looks >= LOOKS_BEFORE_A_FAILURE_IS_BELIEVED:
                break
        return self._conclude(order, outcome, progress)

    def _conclude(self, order: Order, outcome: Outcome, progress: OrderProgress | None) -> Outcome:
        if progress is None:
            return outcome
        if progress.order_state == OrderState.ENROLLED:
            issued = fetch(self.api, order)
            reason = (
                f"certificate {issued.facts.serial_number} was issued, valid until {issued.facts.not_after:%Y-%m-%d}"
            )
            return replace(outcome, state=State.ISSUED, changed=True, issued=issued, reason=reason)
        if progress.order_state == OrderState.REJECTED:
            return replace(outcome, state=State.REJECTED, reason="the order was rejected", problem=_rejected(order))
        found = failures(self.api.get_san_verification_state(order_id=order.order_id)) if _failed(progress) else []
        words = f"order {order.order_id} waits for {_waiting_for(progress)}"
        if not found:
            return replace(outcome, reason=words)
        remedy = what_to_publish(outcome.validation) if outcome.validation else ""
        return replace(outcome, reason=words, problem=f"{order.name}: {'; '.join(found)}. {remedy} Then run again.")


def predict(api: PartnerApi, order: Order) -> Outcome:
    """What an order would lead to, asked of the CA itself without ordering (validateOrderParameters)."""
    outcome = Outcome(name=order.name, order_id=order.order_id, state=State.NOT_ORDERED, reason="", changed=True)
    if order.placed:
        return replace(outcome, state=State.PENDING, placed=True, reason=f"order {order.order_id} would be carried on")
    try:
        api.validate_order_parameters(order.message())
    except ApiError as error:
        if error.has(ORDER_ID_TAKEN):
            return replace(outcome, reason=f"order {order.order_id} exists and would be carried on")
        return replace(outcome, changed=False, reason="the CA would refuse the order", problem=str(error))
    except CertumError as error:
        return replace(outcome, changed=False, reason="the CA could not be asked", problem=str(error))
    return replace(outcome, reason=f"would order {order.product.title} as {order.order_id}; the CA accepts the order")


def _must_publish(validation: Validation | None) -> bool:
    if validation is None:
        return False
    wanted = publication(method=validation.method, code=validation.code, names=validation.names)
    return bool(wanted.files or wanted.records)


def _is_open(progress: OrderProgress) -> bool:
    return progress.order_state not in (OrderState.ENROLLED, OrderState.REJECTED)


def _outstanding(progress: OrderProgress) -> list[tuple[str, str]]:
    done = (OrderVerificationState.VERIFIED, OrderVerificationState.NOT_REQUIRED)
    return [(str(check.type), str(check.state)) for check in progress.verifications if check.state not in done]


def _domain_is_unproved(progress: OrderProgress) -> bool:
    return any(kind == OrderVerificationType.DOMAIN for kind, _state in _outstanding(progress))


def _failed(progress: OrderProgress) -> bool:
    return any(state == OrderVerificationState.FAILED for _kind, state in _outstanding(progress))


def _domain_has_failed(progress: OrderProgress) -> bool:
    failed = (OrderVerificationType.DOMAIN, OrderVerificationState.FAILED)
    return failed in _outstanding(progress)


def _waiting_for(progress: OrderProgress) -> str:
    waiting = [
        f"{kind} ({state.lower()}; {WHO_ACTS.get(kind, CA_STAFF)})"  # type: ignore[call-overload]
        for kind, state in _outstanding(progress)
    ]
    return ", ".join(waiting) or "the CA to issue"


def _rejected(order: Order) -> str:
    return (
        f"{order.name}: order {order.order_id} was cancelled, or refused by the CA (ask it why if it was not you). "
        "Its id and key stay used: a new order needs a new key and CSR, with the role by certum_anew."
    )
