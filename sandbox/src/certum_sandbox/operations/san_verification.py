# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""addSanVerification, performSanVerification, getSanVerificationState (partner-api.md 2.14 to 2.16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.iso8601 import parse_duration
from certum_sandbox.model import NameValidation, Order, OrderState, VerificationState
from certum_sandbox.operations.certificate_details import shown_date
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_state import known_order
from certum_sandbox.operations.verification_code import new_code, read_approver, san_verification, shown_name
from certum_sandbox.rules.approver_rules import approver_rules
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_reference_rules import order_reference
from certum_sandbox.rules.rule import Breach, Rule, check, rule
from certum_sandbox.rules.text_rules import blank, too_long
from certum_sandbox.soap.render import Node, node, nodes
from certum_sandbox.transitions import PENDING, record_validations
from certum_sandbox.validation.notifications import mail_validation_request

_APPROVER_RULES = approver_rules()


class ApproverInquiry(Inquiry):
    """An ``addSanVerification`` request."""

    @property
    def needs_approver(self) -> bool:
        return self.backend.dialect[Switch.NO_APPROVER] == "2162"

    @property
    def names_to_validate(self) -> list[str]:
        return [validation.name for validation in self.order.names] if self.order is not None else []


@rule(1173, "SANApprover")
def _same_data(inquiry: Inquiry) -> Breach:
    """The approver block equals the current one. A block that breaks rules is not compared."""
    if inquiry.order is None or inquiry.backend.dialect[Switch.SAME_DATA] != "1173":
        return False
    if inquiry.order.state not in PENDING or inquiry.order.code is None or check(_APPROVER_RULES, inquiry):
        return False
    return read_approver(inquiry.message) == inquiry.order.approver


@rule(1176, "orderID")
def _wrong_state(inquiry: Inquiry) -> Breach:
    return inquiry.order.order_id if inquiry.order is not None and inquiry.order.state not in PENDING else False


@rule(2163)
def _nothing_to_validate(inquiry: Inquiry) -> Breach:
    return inquiry.order.order_id if inquiry.order is not None and inquiry.order.approver is None else False


_ADD_RULES: tuple[Rule[ApproverInquiry], ...] = (
    *_APPROVER_RULES,
    *order_reference(),
    _nothing_to_validate,
    _same_data,
    _wrong_state,
)


def _add(inquiry: ApproverInquiry) -> Answer:
    order = known_order(inquiry)
    order = replace(
        order,
        approver=read_approver(inquiry.message) or order.approver,
        code=new_code(),
        code_created=inquiry.now,
        check_due=0,
        names=tuple(NameValidation(validation.name, failing=validation.failing) for validation in order.names),
        updated=inquiry.now,
    )
    order = record_validations(order, {}, inquiry.now, timedelta())
    inquiry.backend.orders.save(order)
    mail_validation_request(inquiry.backend, order)
    return Answer([san_verification(inquiry.backend, order)])


class CodeInquiry(Inquiry):
    """A ``performSanVerification`` request."""

    @cached_property
    def order(self) -> Order | None:
        code = self.message.value("code")
        return None if code is None else self.backend.orders.find_by_code(code)


@rule(1184, "code")
def _code_expired(inquiry: CodeInquiry) -> Breach:
    order = inquiry.order
    if order is None or order.code_created is None or order.state not in PENDING:
        return False
    return inquiry.now - order.code_created > parse_duration(inquiry.backend.dialect[Switch.CODE_LIFE])


@rule(1186, "code")
def _code_unknown(inquiry: CodeInquiry) -> Breach:
    code = inquiry.message.value("code")
    if code is None or len(code) > 255:
        return False
    return code if inquiry.order is None or inquiry.order.state is OrderState.REJECTED else False


_PERFORM_RULES: tuple[Rule[CodeInquiry], ...] = (
    blank(1182, "code"),
    too_long(1183, "code", 255),
    _code_expired,
    _code_unknown,
)


def _perform(inquiry: CodeInquiry) -> Answer:
    """Trigger the validation. It runs in the background, as at the CA."""
    order = known_order(inquiry)
    if order.state in PENDING:
        inquiry.backend.orders.save(replace(order, check_due=order.check_due + 1))
        inquiry.backend.work.put(order.order_id)
    return Answer(order_id=order.order_id)


def _system_verifications(backend: Backend, findings: Mapping[str, str]) -> list[Node]:
    """Return the failed automatic checks of a name, in one block each or all in one block."""
    if backend.dialect[Switch.SYSTEM_BLOCKS] == "joined" and findings:
        methods = [node("method", method) for method in findings]
        return [node("systemVerification", [*methods, node("info", "; ".join(findings.values()))])]
    return [node("systemVerification", nodes(method=method, info=info)) for method, info in findings.items()]


def _name_state(backend: Backend, validation: NameValidation) -> Node:
    expires = shown_date(backend, validation.expires)
    manual = nodes(state=validation.state.value, expireDate=expires, info=validation.info)
    findings: dict[str, str] = {method.value: info for method, info in validation.failing.items()}
    if backend.dialect[Switch.EXTRA_VALUES] == "yes" and validation.state is not VerificationState.VERIFIED:
        findings["NEWER_CHECK"] = "a check that is not in the schema"
    name = node("FQDN", shown_name(backend, validation.name))
    return node(
        "sanVerification", [name, node("manualVerification", manual), *_system_verifications(backend, findings)]
    )


def _state(inquiry: Inquiry) -> Answer:
    validations = [_name_state(inquiry.backend, validation) for validation in known_order(inquiry).names]
    return Answer([node("sanVerifications", validations)])


ADD_SAN_VERIFICATION = Operation("addSanVerification", ApproverInquiry, _ADD_RULES, _add)
PERFORM_SAN_VERIFICATION = Operation("performSanVerification", CodeInquiry, _PERFORM_RULES, _perform)
GET_SAN_VERIFICATION_STATE = Operation("getSanVerificationState", Inquiry, order_reference(), _state)
