# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate of a play: the certificates of all its hosts, also if a host did not answer.

Private to the collection. Pure: the results of tasks and the time are arguments. A result may have any content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._handover.serial_number import same_serial_number
from .._handover.terms import AccountState, HostState
from .._lifecycle.forecast import forecasts
from .._lifecycle.former_certificate import EarlierReissue, Issuance, former_of
from .forecast_subjects import subjects_of
from .reported_certificate import read_certificates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._handover.estate import Estate, EstateCertificate, EstateHost
    from .._handover.problems import ShownProblem

FORMAT = 1
LONGEST_MESSAGE = 1000
LIMITED = "Run the playbook without --limit for a report of all hosts."
NOT_READ = "Read the message of the task for this host, correct the cause, then run again."
NO_ANSWER = "Make sure that the controller reaches the host, then run again."
DISTRUST = "Find out who changed the host before you trust it."


@dataclass(frozen=True)
class HostResults:
    """A host of the play, and what its tasks registered: ``info`` of certum_info, ``frozen`` of certum_freeze.

    None is a task that did not run.
    """

    name: str
    info: object
    frozen: object


def estate_of(hosts: Iterable[HostResults], *, now: datetime, limit: str | None = None) -> Estate:
    """Return the estate as the hosts report it. The account was not asked yet."""
    read = [found for each in hosts if (found := _read_host(each))]
    certificates = [certificate for dummy, found in read for certificate in found]
    certificates = with_former(certificates, now)
    return {
        "format": FORMAT,
        "generated_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "limit": quote(limit) if limit else None,
        "account": AccountState.NOT_ASKED.value,
        "problems": [_limited(limit).shown()] if limit else [],
        "hosts": [host for host, dummy in read],
        "certificates": certificates,
        "forecasts": forecasts(subjects_of(certificates, now), now),
    }


def _limited(limit: str) -> Problem:
    return Problem(f"This report is limited to {quote(limit)}. Other hosts are not in it. {LIMITED}", LIMITED)


def _read_host(host: HostResults) -> tuple[EstateHost, list[EstateCertificate]] | None:
    """Return the host and its certificates, None if the role was skipped for it."""
    info = host.info if isinstance(host.info, dict) else {}
    refused = _shown_of(host.frozen, "problems")
    if refused:
        return _without_report(host.name, HostState.FAILED, refused)
    if info.get("skipped"):
        return None
    if info.get("unreachable"):
        text = f"The host is unreachable: {_message(info)}"
        return _without_report(host.name, HostState.UNREACHABLE, [Problem(text, NO_ANSWER).shown()])
    if not isinstance(info.get("certificates"), list):
        return _without_report(host.name, HostState.FAILED, [_failed(info).shown()])
    certificates, unusable = read_certificates(info["certificates"])
    problems = [Problem(f"The host sent a report that cannot be used: {text}", DISTRUST).shown() for text in unusable]
    found: EstateHost = {
        "name": quote(host.name),
        "state": HostState.REPORTED.value,
        "problems": [*_shown_of(host.frozen, "refused"), *problems],
    }
    return found, [cast("EstateCertificate", {"host": found["name"], **each}) for each in certificates]


def _without_report(
    name: str, state: HostState, problems: list[ShownProblem]
) -> tuple[EstateHost, list[EstateCertificate]]:
    return {"name": quote(name), "state": state.value, "problems": problems}, []


def _failed(info: Mapping[str, Any]) -> Problem:
    if not info:
        return Problem("The host took no part: it failed or was unreachable in an earlier task.", NO_ANSWER)
    return Problem(f"The host sent no report: {_message(info)}", NOT_READ)


def _message(info: Mapping[str, Any]) -> str:
    return quote(info.get("msg") or "there is no message", LONGEST_MESSAGE).rstrip(".")


def _shown_of(frozen: object, key: str) -> list[ShownProblem]:
    """Return the problems with the variables of a host. The controller has found them."""
    found = frozen.get(key) if isinstance(frozen, dict) else None
    return [cast("ShownProblem", each) for each in found or () if isinstance(each, dict) and "text" in each]


def with_former(certificates: Sequence[EstateCertificate], now: datetime) -> list[EstateCertificate]:
    """Return the certificates, with the former one of a reissue that another host of the group has already.

    A host knows only its own disk. A certificate from the future is none: a host may report anything.
    """
    newest = {
        group: max(each, key=lambda certificate: str(certificate["not_before"]))
        for group, each in ((key, list(found)) for key, found in groupby(sorted(certificates, key=_group), _group))
    }
    return [_with_former(each, newest[_group(each)], now) for each in certificates]


def _group(certificate: EstateCertificate) -> tuple[str, str, str]:
    """Return what the certificates of a shared order have in common."""
    return certificate["share"] or f"@{certificate['host']}", certificate["name"], certificate["order_id"] or ""


def _with_former(certificate: EstateCertificate, newest: EstateCertificate, now: datetime) -> EstateCertificate:
    if certificate["former"] or not certificate["share"] or not certificate["order_id"]:
        return certificate
    mine, other = _issuance(certificate), _issuance(newest)
    if mine is None or other is None or other.not_before > now + timedelta(days=1):
        return certificate
    if same_serial_number(mine.serial_number, other.serial_number):
        return certificate
    former = former_of(mine, [other])
    if former is None:
        return certificate
    shown = {"serial_number": former.serial_number, "valid_until": f"{former.valid_until:%Y-%m-%dT%H:%M:%SZ}"}
    return cast("EstateCertificate", {**certificate, "former": shown})


def _issuance(certificate: EstateCertificate) -> Issuance | None:
    serial_number, start, end = certificate["serial_number"], certificate["not_before"], certificate["not_after"]
    if not (serial_number and start and end):
        return None
    reissues = tuple(
        EarlierReissue(each["serial_number"], read_time(each["reissued"])) for each in certificate["reissues"]
    )
    return Issuance(serial_number, certificate["order_id"], read_time(start), read_time(end), tuple(reissues))


def read_time(text: str) -> datetime:
    """Return a moment of the estate."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
