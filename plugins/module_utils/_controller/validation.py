# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of an order's names, or verification of its mailbox, for certum_validation.

Private to the collection. Source: lifecycle.md 4 to 6, errors 1113, 1114, 1173, 1176, 1184 to 1186, 2204, 2205.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import ValidationMethod
from .._issuance.domain_validation import CHECK_REMEDIES, SAME_VERIFICATION_DATA, CodeState, request_validation
from .._issuance.order_conversion import show_validation
from .._issuance.order_in_progress import LOOKS_BEFORE_ASKING_AGAIN
from .._issuance.order_state import domain_is_not_validated, is_open, mailbox_is_not_validated, waiting_for
from .._issuance.ordered_certificate import approver_of
from .._issuance.outcome import Validation
from .._issuance.waiting import Patience
from .._partner_api.api_errors import ApiError
from .._partner_api.enums import OrderVerificationType
from .requested_certificate import InvalidRequestError
from .validation_states import read_mailbox, read_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import NameVerification, SanVerification
    from .._partner_api.messages.mailbox import EmailVerification
    from .._partner_api.messages.order_lookup import OrderProgress

LINK_STILL_GOOD = 1114


@dataclass(frozen=True)
class ValidationStep:
    """One step. ``done`` describes it, with ``{was}`` for the tense; triggering validation does not count as a change.

    ``validation`` holds a new code to publish. ``code`` is the code for which validation was triggered, and
    ``code_state`` the CA's answer.
    """

    done: str = ""
    changed: bool = False
    validation: Validation | None = None
    code: str = ""
    code_state: CodeState = CodeState.WORKS

    @property
    def must_be_published(self) -> bool:
        """Whether there is a new code to publish first, so that waiting is useless."""
        return self.validation is not None and self.validation.method is not ValidationMethod.ADMIN


def validate_order(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Validate the order and return the result of the module. Raises CertumError and InvalidRequestError."""
    method = ValidationMethod(params["method"]) if params["method"] else None
    if method is ValidationMethod.ADMIN and not params["admin_prefix"]:
        raise InvalidRequestError("method admin needs admin_prefix, the mailbox that gets the link (error 2159).")
    order_id = params["order_id"]
    progress = api.get_order_state(order_id=order_id)
    if not is_open(progress):
        return _result(
            api,
            params,
            progress,
            ValidationStep(),
            reason=Reason(ReasonCode.NOT_WAITING, f"order {order_id} is in state {progress.order_state}"),
        )
    step = _advance(api, params, progress, method, check_mode=check_mode)
    if not (check_mode or step.must_be_published):
        step, progress = _wait(api, params, step, progress)
    words = step.code_state.delay or step.done.format(was="would be" if check_mode else "was")
    done = f"; {words}" if step.done else ""
    waits = f"waits for {waiting_for(progress)}" if is_open(progress) else f"is in state {progress.order_state}"
    code = ReasonCode.WAITING if is_open(progress) else ReasonCode.NOT_WAITING
    return _result(api, params, progress, step, reason=Reason(code, f"order {order_id} {waits}{done}"))


def _advance(
    api: PartnerApi,
    params: Mapping[str, Any],
    progress: OrderProgress,
    method: ValidationMethod | None,
    *,
    check_mode: bool,
) -> ValidationStep:
    if mailbox_is_not_validated(progress):
        return _mailbox(api, params, check_mode=check_mode)
    if not domain_is_not_validated(progress):
        return ValidationStep()
    step = _new_code(api, params, method, check_mode=check_mode)
    code = step.validation.code if step.validation else params["validation_code"]
    if not params["trigger_validation"] or not code or method is ValidationMethod.ADMIN or step.validation:
        return step  # a new code must be published before the CA looks for it
    code_state = CodeState.WORKS if check_mode else request_validation(api, code)
    return ValidationStep("validation {was} triggered", code=code, code_state=code_state)


def _new_code(
    api: PartnerApi, params: Mapping[str, Any], method: ValidationMethod | None, *, check_mode: bool
) -> ValidationStep:
    """Request a code for another method, or a new code for the present one."""
    if method is None and not params["new_code"]:
        return ValidationStep()
    done = f"a code for {method.value} {{was}} requested" if method else "a new code {was} requested"
    if check_mode:
        return ValidationStep(done, changed=True)
    approver = approver_of(method, params["admin_prefix"]) if method else None
    try:
        answer = api.add_san_verification(order_id=params["order_id"], approver=approver)
    except ApiError as error:
        if error.has(SAME_VERIFICATION_DATA) and not params["new_code"]:
            return ValidationStep()
        raise
    return ValidationStep(done, changed=True, validation=_validation(answer, method))


def _validation(answer: SanVerification | None, method: ValidationMethod | None) -> Validation | None:
    if answer is None or not answer.code:
        return None
    known = str(answer.approver_method).lower()
    used = method or (ValidationMethod(known) if known in {each.value for each in ValidationMethod} else None)
    return Validation(method=used, code=answer.code, names=answer.fqdns) if used else None


def _mailbox(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> ValidationStep:
    """Request a new mail with the link. The CA sends none while the last link is valid."""
    if not params["new_code"]:
        return ValidationStep()
    step = ValidationStep("a new link {was} mailed", changed=True)
    if check_mode:
        return step
    try:
        api.add_email_verification(order_id=params["order_id"])
    except ApiError as error:
        if not error.has(LINK_STILL_GOOD):
            raise
        return ValidationStep()
    return step


def _wait(
    api: PartnerApi, params: Mapping[str, Any], step: ValidationStep, progress: OrderProgress
) -> tuple[ValidationStep, OrderProgress]:
    """Wait until nothing needs validation any more, or the time is over; repeat a check that ended in an error."""
    for number, _moment in enumerate(Patience.of(params).looks(), start=1):
        progress = api.get_order_state(order_id=params["order_id"])
        if not is_open(progress) or not (domain_is_not_validated(progress) or mailbox_is_not_validated(progress)):
            break
        if step.code_state is CodeState.NOT_CHECKED and number % LOOKS_BEFORE_ASKING_AGAIN == 0:
            step = replace(step, code_state=request_validation(api, step.code))
    return step, progress


def _result(
    api: PartnerApi, params: Mapping[str, Any], progress: OrderProgress, step: ValidationStep, *, reason: Reason
) -> dict[str, Any]:
    kinds = {check.type for check in progress.verifications}
    order_id = params["order_id"]
    names = read_names(api, order_id) if OrderVerificationType.DOMAIN in kinds else ()
    return {
        "changed": step.changed,
        "order_id": order_id,
        "state": str(progress.order_state),
        "names": [_name(name) for name in names],
        "mailbox": _mailbox_shown(read_mailbox(api, order_id, progress)),
        "validation": show_validation(step.validation),
        "reason": reason.shown(),
    }


def _name(name: NameVerification) -> dict[str, Any]:
    return {
        "fqdn": name.fqdn,
        **name.manual_verification.model_dump(mode="json"),
        "failing_checks": [
            {"check": str(check), "remedy": CHECK_REMEDIES.get(str(check), "ask the CA what it found")}
            for check in name.failing_checks
        ],
    }


def _mailbox_shown(mailbox: EmailVerification | None) -> dict[str, Any] | None:
    return mailbox.model_dump(mode="json") if mailbox else None
