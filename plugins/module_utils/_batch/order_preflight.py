# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight of new orders in a batch, with the settings of each host.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.problems import Problem, problem_of
from .._handover.reasons import ReasonCode
from .._handover.terms import NEVER_SENT, ValidationMethod
from .._preflight.examination import examine, staged
from .._preflight.resolver_address import InvalidPreflightError
from .._third_party.dnspython import DNS_PACKAGES_MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._handover.order_items import OrderItem
    from .._preflight.examination import Verdict
    from .._preflight.preflight_finding import DomainFinding
    from .batch_host import BatchHost, Settings

SECONDS = 30
NO, FAIL = "no", "fail"


@dataclass(frozen=True)
class Inspection:
    """The findings before an order. ``mistakes`` hold the order back; ``notes`` name checks that were not possible."""

    mistakes: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def inspect(items: Sequence[tuple[BatchHost, OrderItem]], *, check_mode: bool) -> list[Inspection]:
    """Return the findings about each item, in the order of the items.

    Hosts with the same settings are inspected together, so that they share one deadline.
    """
    found = [Inspection()] * len(items)
    for settings, numbers in _by_settings(items).items():
        for number, inspection in zip(numbers, _inspect(settings, [items[each] for each in numbers], check_mode)):
            found[number] = _with_note(inspection, *items[number]) if check_mode else inspection
    return found


def _with_note(inspection: Inspection, host: BatchHost, item: OrderItem) -> Inspection:
    """Return the inspection with a note on the test file and the listener, which check mode does not make."""
    validation = item.get("validation")
    if validation and validation.get("method") not in (None, ValidationMethod.FILE):
        return inspection
    note = (
        "check mode does not test port 80, because the host serves the validation file only during a run"
        if _listens_later(host, item)
        else "check mode does not test whether the web servers serve the web root, because it writes no test file there"
    )
    return replace(inspection, notes=(*inspection.notes, f"{item.get('name')}: {note}"))


def _listens_later(host: BatchHost, item: OrderItem) -> bool:
    """Return whether the host itself serves the validation file: then nothing listens in check mode."""
    declared = host.items.get(str(item.get("name")))
    return declared is not None and not (declared.get("validation") or {}).get("webroot")


def _by_settings(items: Sequence[tuple[BatchHost, OrderItem]]) -> dict[Settings, list[int]]:
    groups: dict[Settings, list[int]] = {}
    for number, (host, item) in enumerate(items):
        if host.settings.preflight != NO and item.get("sent") not in NEVER_SENT:
            groups.setdefault(host.settings, []).append(number)
    return groups


def _inspect(settings: Settings, items: Sequence[tuple[BatchHost, OrderItem]], check_mode: bool) -> list[Inspection]:
    if DNS_PACKAGES_MISSING:
        packages, remedy = ", ".join(DNS_PACKAGES_MISSING), "Install it, or set certum_preflight to no."
        missing = f"certum_preflight needs the Python package {packages} on the controller. {remedy}"
        return [Inspection(mistakes=(Problem(missing, remedy),))] * len(items)
    options = {
        "resolvers": settings.preflight_resolvers,
        "resolve": dict(settings.preflight_resolve),
        "timeout": SECONDS,
    }
    certificates = [
        staged(
            item,
            tried=host.has_trial(str(item.get("name"))),
            listens_later=check_mode and _listens_later(host, item),
        )
        for host, item in items
    ]
    try:
        verdicts = examine(certificates, options)
    except InvalidPreflightError as error:
        return [Inspection(mistakes=(problem_of(error),))] * len(items)
    return [_judged(verdict, fails=settings.preflight == FAIL) for verdict in verdicts]


def _judged(verdict: Verdict, *, fails: bool) -> Inspection:
    name = verdict.certificate.name
    if fails:
        mistakes = tuple(
            Problem(f"nothing was ordered, because {mistake.sentence}", mistake.remedy, code=ReasonCode.MISTAKE)
            for mistake in verdict.mistakes
        )
        return Inspection(mistakes, _sentences(name, verdict.doubts), _sentences(name, verdict.unknown))
    return Inspection((), _sentences(name, [*verdict.mistakes, *verdict.doubts]), _sentences(name, verdict.unknown))


def _sentences(name: str, findings: Sequence[DomainFinding]) -> tuple[str, ...]:
    return tuple(f"{name}: {finding.sentence}" for finding in findings)
