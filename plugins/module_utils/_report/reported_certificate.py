# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates that a host reports, checked. An attacker may control the host, so a report may have any content.

Private to the collection. Pure. What passes has the declared types, limited lengths and only visible characters.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated, Any, cast

from .._handover.foreign_text import quote
from .._handover.reasons import ReasonCode
from .._handover.terms import CertificateState, Operation, Waiting
from .._lifecycle.order_identity import DECLARATION_NAME
from .._third_party.controller_packages import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._handover.estate import CertificateInfo

MOST_CERTIFICATES = 10_000
MOST_NAMES = 200
MOST_REISSUES = 1000
LONGEST_TEXT = 1500
YEARS = range(2000, 2100)


def _one_of(values: list[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in values:
            raise ValueError("it is not one of the choices")
        return value

    return check


def _moment(text: str) -> str:
    """Return a moment as certum_info writes it. Other years would lead dates out of their range."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    if moment.year not in YEARS:
        raise ValueError("its year is not possible")
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _name(text: str) -> str:
    if not DECLARATION_NAME.match(text):
        raise ValueError("it is not the name of a declaration")
    return text


def _sentence(text: str) -> str:
    return quote(text, LONGEST_TEXT)


Name = Annotated[str, AfterValidator(_name)]
Words = Annotated[str, AfterValidator(quote)]
Sentence = Annotated[str, AfterValidator(_sentence)]
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
State = Annotated[str, AfterValidator(_one_of(CertificateState.values()))]
WaitsFor = Annotated[str, AfterValidator(_one_of(Waiting.values()))]
NextOperation = Annotated[str, AfterValidator(_one_of(Operation.values()))]
Code = Annotated[str, AfterValidator(_one_of(ReasonCode.values()))]
Names = Annotated[list[Words], Field(max_length=MOST_NAMES)]


class _Reported(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class ReportedReason(_Reported):
    """A reason."""

    code: Code
    text: Sentence


class ReportedService(_Reported):
    """A service, with its verified addresses."""

    service: Words
    addresses: Names


class ReportedOrder(_Reported):
    """A pending order."""

    order_id: Words | None
    operation: NextOperation
    created: Moment
    waits_for: WaitsFor
    reason: ReportedReason


class ReportedFormer(_Reported):
    """The former certificate of a reissue."""

    serial_number: Words
    valid_until: Moment


class ReportedReissue(_Reported):
    """A reissue in the order of a certificate."""

    serial_number: Words
    reissued: Moment


class ReportedCertificate(_Reported):
    """A certificate, with the keys of ``CertificateInfo``."""

    name: Name
    declared: bool
    common_name: Words | None
    names: Names
    product: Words | None
    share: Words | None
    state: State
    reason: ReportedReason
    operation: NextOperation | None
    serial_number: Words | None
    verified_serial_number: Words | None
    not_before: Moment | None
    not_after: Moment | None
    due_at: Moment | None
    term_end: Moment | None
    order_id: Words | None
    remaining_days: Annotated[int, Field(ge=0, le=10000)] | None
    remaining_percentage: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None
    services: Annotated[list[ReportedService], Field(max_length=MOST_NAMES)]
    order: ReportedOrder | None
    former: ReportedFormer | None
    reissues: Annotated[list[ReportedReissue], Field(max_length=MOST_REISSUES)]


def read_certificates(reported: list[Any]) -> tuple[list[CertificateInfo], list[str]]:
    """Return the certificates of a report, and a sentence for each that cannot be used."""
    found: dict[str, CertificateInfo] = {}
    problems = []
    for number, raw in enumerate(reported[:MOST_CERTIFICATES], 1):
        try:
            certificate = cast("CertificateInfo", ReportedCertificate.model_validate(raw).model_dump())
        except ValidationError as error:
            problems.append(f"certificate {number} of its report: {quote(_objection(error))}")
            continue
        if certificate["name"] in found:
            problems.append(f"certificate {number} of its report: {certificate['name']} is reported twice")
            continue
        found[certificate["name"]] = certificate
    if len(reported) > MOST_CERTIFICATES:
        problems.append(f"it reports {len(reported)} certificates, and {MOST_CERTIFICATES} are read")
    return list(found.values()), problems


def _objection(error: ValidationError) -> str:
    """Return the first problem, without the value: it may be a secret of the host."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]
