# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Advance one order as far as possible now, up to its certificate.

Private to the collection. The same call again continues from the present state. Source: lifecycle.md 1 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode
from .._handover.remedy_commands import cancel_command, order_again_command
from .._handover.terms import Operation, Sent, State, ValidationMethod
from .._lifecycle.publication import publication
from .._partner_api.api_errors import (
    ApiError,
    AuthenticationError,
    CertumError,
    SettingsError,
    SoapFaultError,
    TransportError,
)
from .._partner_api.enums import OrderState, SanVerificationState
from .domain_validation import CodeState, failures, obtain_code, state_of_code, what_to_do
from .fetching import Standing, fetch, standing
from .order_in_progress import Pursuit
from .order_state import (
    automatic_check_has_failed,
    domain_has_failed,
    domain_is_not_validated,
    is_open,
    only_people_act,
    waiting_for,
    what_people_do,
)
from .outcome import Outcome, problem_with
from .placing import ORDER_UNKNOWN, came_to_nothing, place
from .purchase_policy import PurchaseNotAllowedError
from .sent_once import KEY_WAS_USED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .._partner_api.messages.order_lookup import OrderProgress
    from .._x509.certificate_facts import CertificateFacts
    from .ordered_certificate import Order
    from .outcome import Issued, Validation

ENDED = Reason(ReasonCode.CERTIFICATE_EXPIRED, "its certificate has expired")


def always(_order: Order) -> bool:
    """Return True, for a caller that needs no restriction."""
    return True


@dataclass(frozen=True)
class Obtain:
    """The steps of one run for its orders. ``trigger`` allows the run to trigger validation.

    No method waits, and an error of one order is part of its outcome. Only ``start`` raises AuthenticationError: the CA
    refuses the account for all orders, so it is not tried again for the next one.
    ``taken`` are the orders that are known to be for one of the certificates.
    ``may_ask_for_code`` decides for which orders a new validation code may be requested. A new code makes the former
    code void, which another run may be using. ``may_trigger`` decides for which orders validation may be triggered,
    because the CA limits the number of checks.
    """

    api: PartnerApi
    trigger: bool
    taken: frozenset[str] = frozenset()
    may_ask_for_code: Callable[[Order], bool] = always
    may_trigger: Callable[[Order], bool] = always

    def start(self, order: Order) -> Pursuit:
        """Place the order, or resume the existing one."""
        try:
            outcome = place(self.api, order, taken=self.taken)
        except AuthenticationError:
            raise
        except CertumError as error:
            used_up = order.sent.is_uncertain and isinstance(error, ApiError) and error.has(KEY_WAS_USED)
            ended = came_to_nothing(order, error.why) if used_up else not_placed(order, error)
            return Pursuit(order, ended, done=True)
        order = replace(order, order_id=outcome.order_id)
        done = not outcome.placed or (outcome.changed and _must_publish(outcome.validation))
        return Pursuit(order, outcome, done=done)

    def look(self, pursuit: Pursuit, issued: Sequence[Entry] = ()) -> Pursuit:
        """Look at a placed order once, and advance it as far as possible now.

        ``issued`` are the entries of its order, if the account shows a certificate for our key among them.
        """
        if pursuit.done:
            return pursuit
        pursuit = replace(pursuit, unanswered=None)
        try:
            if issued:
                found = fetch(self.api, pursuit.order, issued)
                return replace(pursuit, done=True, outcome=self._issued(pursuit, found))
            return self._carry_on(pursuit)
        except CertumError as error:
            if error.worth_retrying:
                return replace(pursuit, unanswered=error)
            return replace(pursuit, done=True, outcome=interrupted(pursuit, error))

    def conclude(self, pursuit: Pursuit) -> Outcome:
        """Return the outcome of the order, with the reason if it is not issued."""
        if pursuit.unanswered:
            return interrupted(pursuit, pursuit.unanswered)
        progress, outcome = pursuit.progress, pursuit.outcome
        if progress is None or outcome.state is not State.PENDING or outcome.problem or not pursuit.looks:
            return outcome
        try:
            return self._still_open(pursuit, progress)
        except CertumError as error:
            return replace(pursuit.outcome, problem=problem_with(pursuit.order, error))

    def _carry_on(self, pursuit: Pursuit) -> Pursuit:
        entries = self._entries(pursuit) if _may_be_issued_already(pursuit) else ()
        if entries and standing(entries, pursuit.order) is Standing.ISSUED:
            found = fetch(self.api, pursuit.order, entries)
            return replace(pursuit, done=True, outcome=self._issued(pursuit, found))
        progress = self.api.get_order_state(order_id=pursuit.order.order_id)
        if not is_open(progress):
            return self._closed(pursuit, progress, entries)
        if pursuit.asks_now and domain_is_not_validated(progress):
            return self._validate(pursuit.asking(progress), progress)
        if pursuit.asks_now and automatic_check_has_failed(progress):
            return self._trigger_again(pursuit.asking(progress))
        return pursuit.looked(progress)

    def _validate(self, pursuit: Pursuit, progress: OrderProgress) -> Pursuit:
        """Trigger validation with a valid code, or request a new code, which must be published first."""
        outcome = pursuit.outcome
        state = self._state_of_code(pursuit)
        pursuit = replace(pursuit, code_state=state)
        if state is CodeState.WORKS:
            return replace(pursuit, done=not self.trigger)
        if state.delay:
            return pursuit.looked(progress)
        if state is not CodeState.EXPIRED and not self.may_ask_for_code(pursuit.order):
            return replace(pursuit, done=True, needs_code=True)
        validation = obtain_code(self.api, pursuit.order)
        if validation is None:
            return replace(pursuit, done=not self.trigger)
        words = f"{outcome.reason}; the CA sent a new validation code, which must be published"
        reason = Reason(ReasonCode.NEW_CODE, words)
        outcome = replace(outcome, validation=validation, changed=True, reason=reason)
        return replace(pursuit, outcome=outcome, done=not self.trigger or _must_publish(validation))

    def _state_of_code(self, pursuit: Pursuit) -> CodeState:
        may_trigger = self.may_trigger(pursuit.order)
        state = state_of_code(self.api, pursuit.outcome.validation, trigger=self.trigger and may_trigger)
        return CodeState.TOO_MANY_CHECKS if state is CodeState.WORKS and not may_trigger else state

    def _trigger_again(self, pursuit: Pursuit) -> Pursuit:
        """Trigger the automatic checks (such as CAA) again. This does no harm if the CA repeats them by itself."""
        return replace(pursuit, code_state=self._state_of_code(pursuit))

    def _closed(self, pursuit: Pursuit, progress: OrderProgress, entries: tuple[Entry, ...]) -> Pursuit:
        """Conclude a closed order. An order also counts as closed before the CA starts its reissue.

        ``entries`` are those of the order, if this look has read them.
        """
        order = pursuit.order
        rejected = progress.order_state == OrderState.REJECTED
        entries = entries if entries or rejected else self._entries(pursuit)
        if order.operation is Operation.REISSUE and not rejected:
            stands = standing(entries, order)
            if stands is Standing.PENDING:
                return self._pending_entries(pursuit, progress)
            rejected = stands is Standing.GONE
        if rejected:
            return replace(pursuit, done=True, progress=progress, outcome=ended_without_certificate(pursuit))
        outcome = self._issued(pursuit, fetch(self.api, order, entries))
        return replace(pursuit, done=True, progress=progress, outcome=outcome)

    def _entries(self, pursuit: Pursuit) -> tuple[Entry, ...]:
        return self.api.get_order_by_order_id(order_id=pursuit.order.order_id)

    def _pending_entries(self, pursuit: Pursuit, progress: OrderProgress) -> Pursuit:
        """Advance a pending reissue. The order's state may still be that of the former certificate (no source)."""
        if pursuit.asks_now and self._names_are_not_validated(pursuit):
            return self._validate(replace(pursuit.asking(progress), progress=progress), progress)
        return replace(pursuit, progress=progress, looks=pursuit.looks + 1)

    def _names_are_not_validated(self, pursuit: Pursuit) -> bool:
        try:
            names = self.api.get_san_verification_state(order_id=pursuit.order.order_id)
        except ApiError:
            return pursuit.outcome.validation is not None
        return any(name.manual_verification.state != SanVerificationState.VERIFIED for name in names)

    def _issued(self, pursuit: Pursuit, issued: Issued) -> Outcome:
        order, outcome = pursuit.order, pursuit.outcome
        if issued.facts.not_after <= self.api.now():
            problem = _expired_already(order, issued.facts)
            return replace(outcome, state=State.REJECTED, reason=ENDED, problem=problem)
        words = f"certificate {issued.facts.serial_number} was issued, valid until {issued.facts.not_after:%Y-%m-%d}"
        reason = Reason(ReasonCode.ISSUED, words)
        return replace(outcome, state=State.ISSUED, changed=True, issued=issued, reason=reason)

    def _still_open(self, pursuit: Pursuit, progress: OrderProgress) -> Outcome:
        order, outcome = pursuit.order, pursuit.outcome
        opened, asked = is_open(progress), pursuit.when_asked is not None
        waits_for = waiting_for(progress) if opened else "its reissue"
        delay = pursuit.code_state.delay
        what = order.operation.of_order(order.order_id)
        words = f"{what} waits for {waits_for}; {f'{delay}; ' if delay else ''}run again to continue"
        outcome = replace(outcome, reason=_waits(order, progress, words))
        domain = (domain_has_failed(progress) if opened else asked) and not delay
        if not (domain or automatic_check_has_failed(progress)):
            return outcome
        names = self.api.get_san_verification_state(order_id=order.order_id)
        found = failures(names)
        if not found:
            return outcome
        validation = outcome.validation if domain else None
        remedy = what_to_do(validation, names, web_root=order.web_root) if validation else ""
        remedy = f"{remedy} Then run again{_or_cancel(order)}.".strip()
        code = ReasonCode.NOT_VALIDATED
        problem = Problem(f"{order.name}: {'; '.join(found)}. {remedy}", remedy, order.name, code=code)
        return replace(outcome, problem=problem)


def _or_cancel(order: Order) -> str:
    """Return the alternative to another attempt. The CA does not cancel an order with a certificate (error 1136)."""
    return (
        "" if order.operation is Operation.REISSUE else f", or cancel the order with: {cancel_command(order.order_id)}"
    )


def _waits(order: Order, progress: OrderProgress, words: str) -> Reason:
    by_mail = order.method is ValidationMethod.ADMIN
    if not (is_open(progress) and only_people_act(progress, by_mail=by_mail)):
        return Reason(ReasonCode.WAITING, words)
    todo = what_people_do(progress, order_id=order.order_id, by_mail=by_mail)
    return Reason(ReasonCode.WAITING_FOR_PEOPLE, f"{words}. {todo}")


def not_placed(order: Order, error: CertumError) -> Outcome:
    """Return the outcome of an order that was not placed.

    If an earlier run may have sent it, it counts as not ordered only after a refusal of the CA.
    """
    unanswered = isinstance(error, (AuthenticationError, TransportError, SoapFaultError, SettingsError))
    unknown = error.outcome_unknown or (order.sent.is_uncertain and unanswered)
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.UNKNOWN if unknown else State.NOT_ORDERED,
        reason=_why_not_placed(order, error, unknown=unknown),
        problem=problem_with(order, error),
    )


def nothing_placed(order: Order) -> Reason:
    """Return the reason that nothing was ordered, reissued or renewed."""
    return Reason(ReasonCode.NOT_ORDERED, f"nothing was {order.operation.done}")


def _outcome_unknown(order: Order) -> Reason:
    return Reason(ReasonCode.OUTCOME_UNKNOWN, f"it is unknown whether {order.operation.sent}")


def _why_not_placed(order: Order, error: CertumError, *, unknown: bool) -> Reason:
    if isinstance(error, PurchaseNotAllowedError):
        return error.reason
    return _outcome_unknown(order) if unknown else nothing_placed(order)


def interrupted(pursuit: Pursuit, error: CertumError) -> Outcome:
    """Return the outcome after an error in a look at the order: the last known outcome, with the problem.

    If only the caller named the order and the account does not have it, the outcome is that it is not ordered.
    """
    order = pursuit.order
    never_sent = not order.sent.may_be_sent
    if not (never_sent and isinstance(error, ApiError) and error.has(ORDER_UNKNOWN)):
        outcome = replace(pursuit.outcome, problem=problem_with(order, error))
        only_presumed = order.sent is Sent.LOOK_UP_ONLY and pursuit.progress is None
        if not only_presumed:
            return outcome
        return replace(outcome, state=State.UNKNOWN, placed=False, reason=_outcome_unknown(order))
    remedy = (
        "If the order was placed, use the account and the environment (production or test) in which it was placed. If "
        "it was never sent, run again."
    )
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.NOT_ORDERED,
        reason=Reason(ReasonCode.NOT_ORDERED, f"the account has no order {order.order_id}"),
        problem=Problem(
            f"{order.name}: the account has no order {order.order_id} (error {ORDER_UNKNOWN}). {remedy}",
            remedy,
            order.name,
            error_codes=error.error_codes,
            element=error.element,
            code=ReasonCode.NOT_ORDERED,
        ),
    )


def ended_without_certificate(pursuit: Pursuit) -> Outcome:
    """Return the outcome of a rejected order. A reissue that was perhaps never sent does not count as refused."""
    order, outcome = pursuit.order, pursuit.outcome
    if order.sent.is_uncertain and order.operation is Operation.REISSUE:
        reason = Reason(ReasonCode.NOT_ORDERED, f"order {order.order_id} has no reissue for this key")
        return replace(outcome, state=State.NOT_ORDERED, placed=False, reason=reason)
    rejected = {Operation.REISSUE: "reissue", Operation.RENEW: "renewal"}.get(order.operation, "order")
    reason = Reason(ReasonCode.REJECTED, f"the {rejected} was rejected")
    return replace(outcome, state=State.REJECTED, reason=reason, problem=_rejected(order))


def _may_be_issued_already(pursuit: Pursuit) -> bool:
    """Return whether the CA has just accepted a reissue without a validation: it is then issued at once."""
    outcome = pursuit.outcome
    reissued = pursuit.order.operation is Operation.REISSUE and outcome.changed and outcome.validation is None
    return reissued and pursuit.looks == 0 and pursuit.progress is None


def _must_publish(validation: Validation | None) -> bool:
    if validation is None:
        return False
    wanted = publication(method=validation.method, code=validation.code, names=validation.names)
    return bool(wanted.files or wanted.records)


def _order_again(order: Order) -> str:
    command = order_again_command(order.name, group=order.group)
    return f"The order id and the key stay used, so a new order needs a new key and CSR. With the role: {command}"


def _expired_already(order: Order, facts: CertificateFacts) -> Problem:
    """Return the problem of an order whose certificate has expired, as after a host was restored from an old copy."""
    found = f"order {order.order_id} led to certificate {facts.serial_number}, which expired on"
    remedy = _order_again(order)
    words = f"{order.name}: {found} {facts.not_after:%Y-%m-%d}. {remedy}"
    return Problem(words, remedy, order.name, code=ReasonCode.CERTIFICATE_EXPIRED)


def _rejected(order: Order) -> Problem:
    found = (
        f"{order.operation.of_order(order.order_id)} was cancelled, or refused by the CA. If you did not cancel it, "
        "ask the CA for the reason"
    )
    remedy = _order_again(order)
    return Problem(f"{order.name}: {found}. {remedy}", remedy, order.name, code=ReasonCode.REJECTED)
