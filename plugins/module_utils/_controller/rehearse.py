# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal against the CA's test system, for certum_rehearse.

Private to the collection. Without permission it only reads, and lets the CA check orders without placing them. With
permission it places two test orders and cancels them, whatever happens in between.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import KnownError, ended_with, problem_of
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import Environment
from .._lifecycle.certificate_names import COMMON_NAME_MAX, encode, is_ip_address, is_wildcard
from .._lifecycle.declaration import contact_problems
from .._partner_api.api_errors import CertumError, SettingsError
from .._partner_api.messages.parties import RequestorInfo
from .._rehearsal.checking_steps import check_orders
from .._rehearsal.dialect_file import dialect_file, table
from .._rehearsal.evidence import Evidence
from .._rehearsal.finding import Answered, shown
from .._rehearsal.open_orders import OpenOrders
from .._rehearsal.open_questions import conclude, dialect_of
from .._rehearsal.ordering_steps import note_left_orders, order_all
from .._rehearsal.reading_steps import read_all
from .._rehearsal.recording_client import RecordingClient, time_in
from .._rehearsal.trial_order import OrderDraft, Products
from .declarations_file import keep_or_write, require_directory
from .requested_certificate import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._handover.problems import Problem
    from .._partner_api.client import PartnerApi
    from .._rehearsal.finding import Finding

_TOKEN_BYTES = 4
_FILE = "the dialect file was"


def rehearse(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Carry out the rehearsal and return the result of the module.

    Raises SettingsError, InvalidRequestError and StoreError, and CertumError if the CA does not answer at all.
    """
    _refuse_production(api)
    if params["dest"] is not None:
        require_directory(Path(params["dest"]).absolute(), _FILE)
    token = secrets.token_hex(_TOKEN_BYTES)
    host = _host(params, token)
    requestor = _requestor(params)
    with_permission = params["order"] and not check_mode
    client = RecordingClient(api, Evidence(with_permission=with_permission))
    problems = _carry_out(client, host=host, token=token, requestor=requestor)
    findings = conclude(client.evidence)
    return {
        "changed": bool(params["order"]),
        "questions": [shown(question, finding) for question, finding in findings.items()],
        "dialect": dialect_of(findings),
        "table": table(findings),
        "reason": Reason(ReasonCode.REPORTED, _summary(findings)).shown(),
        **_written(params, findings, host=api.host, check_mode=check_mode),
        **ended_with(problems),
    }


def _refuse_production(api: PartnerApi) -> None:
    if api.environment == Environment.TEST:
        return
    is_production = api.environment == Environment.PRODUCTION
    raise SettingsError(
        where="api_environment",
        why="a rehearsal places orders, and "
        + ("these orders would cost money" if is_production else "api_environment does not show that they are free"),
        remedy="Nothing was sent. Set api_environment to test, with the account of the test system, and run again.",
    )


def _host(params: Mapping[str, Any], token: str) -> str:
    """Return a name that nobody uses, in the domain of the operator. Raises InvalidRequestError, InvalidNameError."""
    domain = encode(params["domain"])
    host = f"rehearsal-{token}.{domain}"
    if is_wildcard(domain) or is_ip_address(domain):
        raise InvalidRequestError(f"domain is {domain}, but it must be a domain without *. Nothing was sent.")
    if len(f"*.{host}") > COMMON_NAME_MAX:
        raise InvalidRequestError(
            f"domain {domain} has more than {COMMON_NAME_MAX - len(f'*.rehearsal-{token}.')} characters, so the name of"
            f" the test order is too long (error 1101). Nothing was sent."
        )
    return host


def _requestor(params: Mapping[str, Any]) -> RequestorInfo:
    contact = params["contact"]
    problems = list(contact_problems(contact))
    if problems:
        raise InvalidRequestError("\n".join([*problems, "Nothing was sent."]))
    return RequestorInfo(
        email=contact["email"],
        first_name=contact["first_name"],
        last_name=contact["last_name"],
        phone=contact["phone"],
    )


def _carry_out(client: RecordingClient, *, host: str, token: str, requestor: RequestorInfo) -> list[Problem]:
    """Carry out the steps and return the problems. All test orders are cancelled at the end, whatever happens."""
    answer, listed = read_all(client, token=token)
    draft = OrderDraft(host=host, token=token, requestor=requestor, now=time_in(answer))
    products, orders = Products.of(answer), OpenOrders(client)
    try:
        check_orders(client, draft, products)
        if client.evidence.with_permission:
            note_left_orders(orders, listed)
            order_all(client, draft, products, orders)
    except CertumError as error:
        return [problem_of(error), *orders.cancel_all()]
    except BaseException as error:
        left = orders.cancel_all()
        if left:
            raise _stopped(error, left) from error
        raise
    return orders.cancel_all()


def _stopped(error: BaseException, left: list[Problem]) -> KnownError:
    """Return the error that names the orders which are left after an unexpected error."""
    text = "\n".join(
        [f"The rehearsal was stopped: {type(error).__name__} {quote(error)}.", *(problem.text for problem in left)]
    )
    return KnownError(text, remedy=left[-1].remedy)


def _summary(findings: Mapping[str, Finding]) -> str:
    counts = {kind: sum(each.answered is kind for each in findings.values()) for kind in Answered}
    return (
        f"seen: {counts[Answered.SEEN]}, not seen: {counts[Answered.NOT_SEEN]}, "
        f"cannot be seen from outside: {counts[Answered.CANNOT_BE_SEEN]}"
    )


def _written(
    params: Mapping[str, Any], findings: Mapping[str, Finding], *, host: str, check_mode: bool
) -> dict[str, Any]:
    """Write the dialect file, and return its part of the result."""
    if params["dest"] is None:
        return {}
    path = Path(params["dest"]).absolute()
    change, _backup = keep_or_write(
        path,
        dialect_file(findings, host=host).encode(),
        force=params["force"],
        backup_suffix=None,
        check_mode=check_mode,
        subject=_FILE,
    )
    return {
        "changed": bool(params["order"]) or change.changed,
        "file": change.reason.shown(),
        "diff": {
            "before_header": str(path),
            "after_header": str(path),
            "before": change.before.get("content", ""),
            "after": change.after.get("content", ""),
        },
    }
