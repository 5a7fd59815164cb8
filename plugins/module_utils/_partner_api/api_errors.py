# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of a call to the Partner API.

Private to the collection. Every text names the operation and host, the reason, and the remedy, in this order. No text
holds a credential.

    CertumError
        SettingsError            nothing was sent: the address or the CA file is unusable
        TransportError
            NotReceivedError     the CA did not receive the request
            OutcomeUnknownError     outcome unknown: the CA may have carried out the request
                UnparsableAnswerError    an answer came, but it is not one of the Partner API
        SoapFaultError           the service refused the message or failed internally
        AuthenticationError      the CA does not accept the account or the caller's address
        ApiError                 the CA understood the request and refused it, with its reasons
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._handover.reasons import ReasonCode

if TYPE_CHECKING:
    from .error_codes import ErrorClass


class CertumError(KnownError):
    """The base of all these errors. ``where`` is the operation and host, such as ``quickOrder at gs.certum.pl``."""

    worth_retrying: bool = False
    """Whether the same request may succeed a little later without any change."""

    def __init__(self, *, where: str, why: str, remedy: str) -> None:
        super().__init__(f"{where}: {why}. {remedy}", remedy=remedy)
        self.where = where
        self.why = why


class SettingsError(CertumError):
    """The settings are unusable. Nothing was sent."""


class TransportError(CertumError):
    """No usable answer came."""

    problem_code = ReasonCode.NO_ANSWER


class NotReceivedError(TransportError):
    """No byte of the request left: name resolution, connection, proxy or TLS handshake failed."""

    def __init__(self, *, where: str, why: str, remedy: str, worth_retrying: bool = True) -> None:
        super().__init__(where=where, why=why, remedy=remedy)
        self.worth_retrying = worth_retrying


class OutcomeUnknownError(TransportError):
    """The request may have arrived, but its answer did not: timeout, cut connection, HTTP 5xx, incomplete answer."""

    outcome_unknown = True
    worth_retrying = True


class UnparsableAnswerError(OutcomeUnknownError):
    """A complete answer came that is not one of the Partner API: an HTML page, a redirect, another message."""

    worth_retrying = False


class SoapFaultError(CertumError):
    """A SOAP fault. ``code`` is the local part of faultcode, normally Client (our message) or Server (theirs)."""

    problem_code = ReasonCode.NO_ANSWER

    def __init__(self, *, where: str, code: str, text: str, remedy_if_unknown: str) -> None:
        is_ours = code == "Client"
        super().__init__(
            where=where,
            why=f"the service answered a SOAP fault, {code}: {text}",
            remedy=(
                "The service did not accept the message and did nothing; its WSDL may be newer than this collection. "
                "Update certops.certum. If this message stays, report it as a defect of certops.certum."
                if is_ours
                else f"The service failed internally; ask the CA if it keeps failing. {remedy_if_unknown}"
            ),
        )
        self.code = code
        self.text = text
        self.outcome_unknown = not is_ours
        self.worth_retrying = not is_ours


class AuthenticationError(CertumError):
    """The CA refused user name, password or source address (successCode 2 or 3, HTTP 401 or 403). Never retried."""

    problem_code = ReasonCode.CREDENTIALS_REFUSED


@dataclass(frozen=True)
class ReportedError:
    """One error in an answer. ``element`` and ``meaning`` come from the CA's table, ``value`` from the answer."""

    code: int
    element: str
    meaning: str
    error_class: ErrorClass
    remedy: str
    value: str

    def __str__(self) -> str:
        names_element = self.value == "" or self.element.endswith(self.value)  # the CA sends the value or the element
        details = [f"error {self.code}", self.element, "" if names_element else f"sent: '{quote(self.value)}'"]
        return f"{self.meaning} ({', '.join(filter(None, details))})"


class ApiError(CertumError):
    """The CA refused the request. ``errors`` may be empty: the CA can refuse without a reason."""

    problem_code = ReasonCode.REFUSED

    def __init__(self, *, where: str, success_code: int, errors: tuple[ReportedError, ...]) -> None:
        reasons = "; ".join(str(error) for error in errors)
        remedies = dict.fromkeys(error.remedy for error in errors)
        super().__init__(
            where=where,
            why=reasons or f"the CA refused the request without a reason (successCode {success_code})",
            remedy=" ".join(remedies) or "Ask the CA's partner support, with the time and the order id.",
        )
        self.success_code = success_code
        self.errors = errors
        self.error_codes = tuple(error.code for error in errors)
        self.element = errors[0].element or None if errors else None

    def has(self, *codes: int) -> bool:
        """Return whether the CA reported at least one of these error codes."""
        return any(code in codes for code in self.error_codes)
