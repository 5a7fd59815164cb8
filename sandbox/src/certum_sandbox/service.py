# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Partner API as a function: from the operation element of a request to the bytes of the response."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from certum_sandbox.backend import Backend
from certum_sandbox.credentials import CredentialChecker
from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.error_table import error_elements
from certum_sandbox.operations.operation import Answer
from certum_sandbox.operations.registry import OPERATIONS
from certum_sandbox.rules.header_rules import HEADER_RULES
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import ApiError, check
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.namespaces import SERVICE
from certum_sandbox.soap.render import Node, node, nodes, render_answer, render_fault
from certum_sandbox.soap.schema import check_published, read_message
from certum_sandbox.soap.soap_fault import FaultCode, SoapFault
from certum_sandbox.store.call_log import CallRecord

_LOG = logging.getLogger(__name__)
_SUCCESS = 0
_FAILED = 1
_ALREADY_DONE = frozenset({1145, 1151})


@dataclass(frozen=True)
class Reply:
    """An HTTP response."""

    status: int
    body: bytes


@dataclass(frozen=True)
class _Outcome:
    success_code: int
    answer: Answer = field(default_factory=Answer)
    errors: Sequence[ApiError] = ()
    empty_errors: bool = False


def fault_reply(fault: SoapFault) -> Reply:
    """Return the response with a SOAP fault, which SOAP 1.1 sends with HTTP 500."""
    return Reply(500, render_fault(fault))


class Service:
    """The Partner API of a backend. Each call is one transaction, which is committed before the response is sent."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._credentials = CredentialChecker(backend.settings)

    @property
    def dialect(self) -> Dialect:
        return self._backend.dialect

    def check_action(self, operation: str, soap_action: str | None) -> None:
        """Raise SoapFault if the dialect requires a SOAPAction and the header differs from it."""
        form = self.dialect[Switch.SOAP_ACTION]
        wanted = f"{SERVICE}{operation}" if form == "required" else ""
        if form != "ignored" and (soap_action is None or soap_action.strip('"') != wanted):
            msg = f'the SOAPAction header must be "{wanted}"'
            raise SoapFault(msg)

    def answer(self, element: etree._Element) -> Reply:
        """Carry out a call, log it and return its response. An exception becomes a SOAP fault without details."""
        operation = etree.QName(element).localname
        try:
            with self._backend.database.transaction():
                outcome, order_id = self._carry_out(operation, element)
                self._log(operation, outcome, order_id)
        except SoapFault as fault:
            self.log_fault(operation, str(fault))
            return fault_reply(fault)
        except Exception:
            _LOG.exception("%s failed inside the sandbox", operation)
            self.log_fault(operation, "internal error")
            return fault_reply(SoapFault("internal error of the sandbox; see its log on stderr", FaultCode.SERVER))
        return Reply(200, render_answer(operation, self._children(outcome), self.dialect))

    def refuse(self, operation: str, code: int) -> Reply:
        """Log a call and return a response with this error code, without doing the work of the call."""
        outcome = _Outcome(_FAILED, errors=[ApiError(code, error_elements()[code])])
        with self._backend.database.transaction():
            self._log(operation, outcome, None)
        return Reply(200, render_answer(operation, self._children(outcome), self.dialect))

    def _carry_out(self, operation: str, element: etree._Element) -> tuple[_Outcome, str | None]:
        message = read_message(element, self.dialect)
        refused = self._check_header(message)
        if refused is not None:
            return refused, None
        checked = OPERATIONS[operation].check_request(message, self._backend)
        if checked.errors:
            return _Outcome(_FAILED, errors=self._reported(checked.errors)), checked.order_id
        check_published(element, self.dialect)
        answer = checked.perform()
        return _Outcome(_SUCCESS, answer), answer.order_id or checked.order_id

    def _reported(self, errors: Sequence[ApiError]) -> Sequence[ApiError]:
        told = {"first": errors[:1], "last": errors[-1:]}
        return told.get(self.dialect[Switch.REPORTED_ERRORS], errors)

    def _check_header(self, message: Message) -> _Outcome | None:
        """Return the failure that the request header causes, or None if header and credentials are good."""
        errors = check(HEADER_RULES, Inquiry(message, self._backend))
        if errors:
            return _Outcome(_FAILED, errors=errors)
        user = message.text("requestHeader/authToken/userName") or ""
        password = message.text("requestHeader/authToken/password") or ""
        if self._credentials.accepts(user, password, self._backend.clock.now()):
            return None
        code = int(self.dialect[Switch.BAD_CREDENTIALS])
        return _Outcome(code, empty_errors=self.dialect[Switch.EMPTY_ERRORS] == "yes")

    def _children(self, outcome: _Outcome) -> list[Node]:
        errors = [node("Error", nodes(errorCode=each.code, value=self._value(each))) for each in outcome.errors]
        page = outcome.answer.page
        counted = page if self.dialect[Switch.PAGE_HEADER] == "present" else None
        header = nodes(
            currentPage=counted.current if counted else None,
            errors=errors if errors or outcome.empty_errors else None,
            pagesCount=counted.pages if counted else None,
            returnCount=page.records if page else None,
            successCode=outcome.success_code,
            timestamp=self._backend.clock.now(),
        )
        return [node("responseHeader", header), *outcome.answer.children]

    def _value(self, error: ApiError) -> str | None:
        has_none = error.code in _ALREADY_DONE and self.dialect[Switch.ALREADY_DONE_VALUE] == "absent"
        return None if has_none else error.value or None

    def _log(self, operation: str, outcome: _Outcome, order_id: str | None) -> None:
        codes = tuple(each.code for each in outcome.errors)
        now = self._backend.clock.now()
        self._backend.calls.add(CallRecord(now, operation, outcome.success_code, codes, order_id))

    def log_fault(self, operation: str, fault: str) -> None:
        """Log a call that ends with a SOAP fault or with no response."""
        with self._backend.database.transaction():
            self._backend.calls.add(CallRecord(self._backend.clock.now(), operation, None, fault=fault))
