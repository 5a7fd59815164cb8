# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recap of a batch: each certificate and each host that is not as declared, and the number of all others.

Private to the collection. Pure. The results of modules may have any shape: a host may return anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.plan_results import numbered
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import DeclaredState
from .registered_results import dicts_in
from .run_problems import as_open, once, run_problems, unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._handover.open_items import OpenItem

FROZEN, PLANNED, WORKED, ENDED = "certum__frozen", "certum__planned", "certum__worked", "certum__ended"
LONGEST = 300
LEFT = "the host left the play before this role was done: it does not answer, or a task of the play failed"


@dataclass(frozen=True)
class HostAtEnd:
    """A host at the end of a run, with the number of its declared certificates."""

    name: str
    declared: int
    open_items: Sequence[OpenItem]

    @property
    def others(self) -> int:
        """The number of certificates that are as declared. Of a host with a problem of its own, none is counted."""
        names = {item["name"] for item in self.open_items}
        return 0 if None in names else max(self.declared - len(names), 0)


@dataclass(frozen=True)
class Recap:
    """The lines of a recap, none if everything is as declared, and its summary."""

    lines: list[str]
    reason: Reason


def host_at_end(
    host: str, results: Mapping[str, Any], *, pending: Sequence[OpenItem], call: object, left: bool
) -> HostAtEnd | None:
    """Return a host of the play, or None if it takes no part in this call of the role, or has reported its end.

    ``results`` are its registered results by variable name. ``left`` means that the host is not in the play any more.
    """
    frozen = results.get(FROZEN)
    takes_part = isinstance(frozen, dict) and frozen.get("call") == call
    if left:
        return None if _has_reported(results) else _left(host, results if takes_part else {})
    if not takes_part:
        return None
    items = [*planned_problems(frozen, results.get(PLANNED)), *run_problems(results, host), *pending]
    return HostAtEnd(host, _declared(frozen), once(items))


def _has_reported(results: Mapping[str, Any]) -> bool:
    """Return whether the host failed at the last task of the role, as hosts of earlier batches."""
    ended = results.get(ENDED)
    return isinstance(ended, dict) and bool(ended.get("failed"))


def _left(host: str, results: Mapping[str, Any]) -> HostAtEnd:
    said = [each.get("msg") for each in results.values() if isinstance(each, dict) and each.get("unreachable")]
    return HostAtEnd(host, _declared(results.get(FROZEN)), [unreachable(said[0] if said else LEFT)])


def planned_problems(frozen: object, planned: object) -> list[OpenItem]:
    """Return the problems of a host before its work began: with its variables, its declarations and its plan."""
    refused = [as_open(each) for each in dicts_in(frozen, "refused")]
    of_variables = [as_open(each) for each in dicts_in(frozen, "problems")]
    if of_variables or not isinstance(planned, dict):
        return [*refused, *of_variables]
    if "problems" in planned:
        return [*refused, *(as_open(each) for each in dicts_in(planned, "problems"))]
    silent = planned.get("unreachable")
    return [*refused, unreachable(planned.get("msg")) if silent else as_open({"text": planned.get("msg")})]


def recap(hosts: Sequence[HostAtEnd]) -> Recap:
    """Return a line for each different problem with all its certificates, and the number of other certificates."""
    items = [(host.name, item) for host in hosts for item in host.open_items]
    as_declared = numbered(sum(host.others for host in hosts))
    if not items:
        return Recap([], Reason(ReasonCode.REPORTED, f"everything is as declared: {as_declared}"))
    first = f"Not as declared: {len(items)}. As declared: {as_declared}."
    same: dict[str, list[str]] = {}
    for host, item in items:
        subject = host if item["name"] is None else f"{host}: {item['name']}"
        same.setdefault(f"{item['code']}: {_words(item)}", []).append(quote(subject, LONGEST))
    lines = [f"{', '.join(subjects)}: {words}" for words, subjects in same.items()]
    return Recap([first, *lines], Reason(ReasonCode.REPORTED, first))


def _words(item: OpenItem) -> str:
    """Return the reason and the remedy. A long reason is cut, and the remedy stays."""
    text, remedy = " ".join(item["text"].split()), " ".join(item["remedy"].split())
    text = text.removeprefix(f"{item['name']}: ")
    if not remedy:
        return quote(text, 2 * LONGEST)
    why = quote(text.replace(remedy, "").strip(), LONGEST)
    return f"{why} {quote(remedy, LONGEST)}".strip()


def _declared(frozen: object) -> int:
    """Return the number of certificates that a host declares present."""
    variables = frozen.get("variables") if isinstance(frozen, dict) else None
    items = dicts_in(variables, "certificates")
    return sum(item.get("state") != DeclaredState.ABSENT for item in items)
