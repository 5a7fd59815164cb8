# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domain validation of an order: request a code, trigger validation, report its failures.

Private to the collection. Source: lifecycle.md 4 and 5, errors 1173, 1176, 1184 to 1186, 2204, 2205.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import ValidationMethod
from .._lifecycle.publication import contents_in, publication
from .._partner_api.api_errors import ApiError, CertumError
from .._partner_api.enums import ApproverMethod, SanVerificationState
from .._partner_api.messages.domain_control import SanApprover
from .placing import validation_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import NameVerification
    from .ordered_certificate import Order
    from .outcome import Validation

SAME_VERIFICATION_DATA = 1173
APPROVER_MISSING = (1152, 2157, 2162)
NOTHING_TO_VALIDATE = 1176
CODE_EXPIRED = 1184
CHECK_ENDED_IN_ERROR = 1185
CODE_UNKNOWN = 1186
CHECK_IS_RUNNING = 2204
TOO_MANY_CHECKS = 2205

CHECK_ZONE = (
    "Check the zone and its TTL: every name server of the zone must answer with this record, and caches keep an "
    "older answer until its TTL is over."
)
CHECK_REMEDIES = {
    "CAA": 'allow the CA with the CAA record 0 issue "certum.pl" (0 issuewild for a wildcard), or remove CAA',
    "PHISHTANK": "ask PhishTank to remove the name",
    "GOOGLE_SAFE_BROWSING": "ask Google Safe Browsing to remove the name",
    "TOP_SITES": "the CA reviews a name that resembles a well-known one; ask the CA how long it takes",
    "REVOKED_CERTIFICATE": "the CA reviews a name whose earlier certificate was revoked; ask the CA how long it takes",
}


class CodeState(Enum):
    """The CA's answer to a validation code."""

    WORKS = "works"
    MISSING = "missing"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    """A newer code replaced this one, or it never was a code."""
    NOT_CHECKED = "not_checked"
    """The CA accepts the code, but its check ended in an error: trigger validation again later."""
    TOO_MANY_CHECKS = "too_many_checks"
    """Validation was triggered too often: do not trigger it again in this run."""

    @property
    def delay(self) -> str:
        """The reason why the CA has not checked the names although it accepts the code; empty without a delay."""
        return DELAYS.get(self, "")


DELAYS = {
    CodeState.NOT_CHECKED: f"the CA's last check ended in an error of the CA (error {CHECK_ENDED_IN_ERROR})",
    CodeState.TOO_MANY_CHECKS: (
        f"the CA accepts no more checks now (error {TOO_MANY_CHECKS}), so the next run triggers validation"
    ),
}
ANSWERS_ABOUT_CHECKS = {
    CHECK_IS_RUNNING: CodeState.WORKS,
    CHECK_ENDED_IN_ERROR: CodeState.NOT_CHECKED,
    TOO_MANY_CHECKS: CodeState.TOO_MANY_CHECKS,
}
ANSWERS_ABOUT_CODES = {CODE_EXPIRED: CodeState.EXPIRED, CODE_UNKNOWN: CodeState.UNKNOWN}


def state_of_code(api: PartnerApi, validation: Validation | None, *, trigger: bool) -> CodeState:
    """Return the state of the code. With ``trigger`` this also triggers validation.

    A mailed link is never triggered: the link itself is the check (partner-api.md 2.15).
    """
    if validation is None:
        return CodeState.MISSING
    if not trigger or validation.method is ValidationMethod.ADMIN:
        return CodeState.WORKS
    return request_validation(api, validation.code, {**ANSWERS_ABOUT_CHECKS, **ANSWERS_ABOUT_CODES})


def obtain_code(api: PartnerApi, order: Order) -> Validation | None:
    """Return a new code; None if none is needed, because the CA sends a mail or the names are validated meanwhile.

    Raises CertumError if the CA sends no code.
    """
    by_mail = order.method is ValidationMethod.ADMIN
    try:
        if not by_mail:
            return new_code(api, order)
        return validation_of(order, api.add_san_verification(order_id=order.order_id, approver=order.approver()))
    except ApiError as error:
        if error.has(NOTHING_TO_VALIDATE) or (by_mail and error.has(SAME_VERIFICATION_DATA)):
            return None
        raise


def new_code(api: PartnerApi, order: Order) -> Validation:
    """Return a new code for the declared method; the former code is void. Raises CertumError if the CA sends none.

    The answer of addSanVerification to an unchanged method is uncertain (1173, or a new code). So there are three
    attempts: with the approver, without it, and with another method and back (partner-api.md 2.14).
    """
    refusal = CertumError(
        where=f"order {order.order_id}",
        why="the CA sent no new validation code",
        remedy="Declare another validation method for the certificate, or cancel the order.",
    )
    for approvers in _ways_to_a_new_code(order):
        try:
            answers = [api.add_san_verification(order_id=order.order_id, approver=approver) for approver in approvers]
        except ApiError as error:
            if not error.has(SAME_VERIFICATION_DATA, *APPROVER_MISSING):
                raise
            refusal = error
            continue
        validation = validation_of(order, answers[-1])
        if validation:
            return validation
    raise refusal


def _ways_to_a_new_code(order: Order) -> tuple[tuple[SanApprover | None, ...], ...]:
    wanted = order.approver()
    prefixed = order.method is ValidationMethod.DNS_TXT_PREFIX
    other = SanApprover(approver_method=ApproverMethod.DNS_TXT if prefixed else ApproverMethod.DNS_TXT_PREFIX)
    return (wanted,), (None,), (other, wanted)


def request_validation(
    api: PartnerApi, code: str, expected: Mapping[int, CodeState] = MappingProxyType(ANSWERS_ABOUT_CHECKS)
) -> CodeState:
    """Trigger validation and return the state of the code.

    ``expected`` maps error codes that are a normal answer to states. Raises CertumError for any other error.
    """
    try:
        api.perform_san_verification(code=code)
    except ApiError as error:
        for number, state in expected.items():
            if error.has(number):
                return state
        raise
    return CodeState.WORKS


def failures(names: tuple[NameVerification, ...]) -> list[str]:
    """Return the failed checks of the CA, name by name; empty while the CA is still checking."""
    found = []
    for name in names:
        manual, fqdn = name.manual_verification, quote(name.fqdn)
        if manual.state == SanVerificationState.FAILED:
            found.append(f"{fqdn} is not validated" + (f" ({quote(manual.info)})" if manual.info else ""))
        found.extend(
            f"{fqdn} fails the CA's {quote(check)} check: {CHECK_REMEDIES.get(str(check), 'ask the CA what it found')}"
            for check in name.failing_checks
        )
    return found


def what_to_do(validation: Validation, names: tuple[NameVerification, ...], *, web_root: str = "") -> str:
    """Return the remedy for a failed domain validation. ``web_root`` is the declared directory, if it is known."""
    if _file_of_another_order(validation, names):
        return (
            "The CA reached the web server, but found the validation file of another order. That order uses the same "
            "web root, on another host or in another run. If there is no such order, a cache answers with an older "
            "file. Wait until the other order is validated, or give each order its own web root."
        )
    return what_to_publish(validation, web_root=web_root)


def _file_of_another_order(validation: Validation, names: tuple[NameVerification, ...]) -> bool:
    """Return whether the CA quotes a validation file that is not ours."""
    files = publication(method=validation.method, code=validation.code, names=validation.names).files
    ours = {file.content for file in files} | {name.fqdn for name in names}
    found = [contents_in(name.manual_verification.info or "") for name in names]
    return bool(files) and bool(set().union(*found) - ours)


def what_to_publish(validation: Validation, *, web_root: str = "") -> str:
    """Return the file or record that the CA looks for, in words. ``web_root`` is the directory that is declared."""
    if validation.method is ValidationMethod.ADMIN:
        return "Follow the link in the CA's mail."
    wanted = publication(method=validation.method, code=validation.code, names=validation.names)
    things = [
        f"{file.url} must answer '{quote(file.content)}' over plain HTTP without a redirect" for file in wanted.files
    ]
    things += [f"{record.name} must have the {record.type} record '{quote(record.value)}'" for record in wanted.records]
    if wanted.files:
        return "; ".join(things) + f". The CA connects from the internet: check {_what_to_check(web_root)}."
    return "; ".join(things) + ". " + CHECK_ZONE


def _what_to_check(web_root: str) -> str:
    if not web_root:
        return "name, firewall, port 80 and web root"
    return (
        "name, firewall and port 80, and whether the web server serves these names from the declared web root "
        f"{quote(web_root)} (validation.webroot)"
    )
