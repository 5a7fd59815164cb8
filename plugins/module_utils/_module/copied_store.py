# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find certificates that another host of the inventory ordered: the host is a clone, or its directory is a copy.

Private to the collection. Pure. The host knows which host ordered its certificates. The controller knows the hosts of
the inventory. A host that is no longer in the inventory was renamed, which is no problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.plan_results import words_of_plan
from .._handover.problems import Problem, ended_with
from .._handover.terms import PlanAction
from .._lifecycle.former_certificate import FORMER_DAYS

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

REMEDY = (
    "If this host is a copy of {other}, move {path}/{name} away and run again: this host then has an order of its own. "
    "If both names are for one machine, keep one of them in the inventory."
)


def without_copies(
    planned: Mapping[str, Any], *, inventory: Container[str], path: str, declared: int = 0
) -> dict[str, Any]:
    """Return the plan without the due certificates that another host ordered. Each of them is a problem.

    If two hosts share an order, the first reissue on one host makes the CA revoke the certificate of the other. Until
    then the certificate on disk is valid, so it may be installed and deployed. ``declared`` is the number of
    certificates that the host declares.
    """
    ordered_by = planned.get("ordered_by")
    named = ordered_by.items() if isinstance(ordered_by, dict) else ()
    copies = {str(name): str(other) for name, other in named if other in inventory}
    if not copies:
        return dict(planned)
    problems = [_problem(name, other, path) for name, other in copies.items()]
    ended = ended_with(problems)
    return {
        **_without_copied_work(planned, copies, declared),
        **ended,
        "msg": "\n".join(filter(None, [str(planned.get("msg") or ""), ended["msg"]])),
        "due": [item for item in planned.get("due") or () if _name(item) not in copies],
        "problems": [*(planned.get("problems") or ()), *ended["problems"]],
    }


def _without_copied_work(planned: Mapping[str, Any], copies: Mapping[str, str], declared: int) -> dict[str, Any]:
    """Return the plan with other words for each copy that would be due: it is not issued here."""
    reasons = planned.get("reasons")
    sentences = planned.get("sentences")
    if not isinstance(reasons, list) or not isinstance(sentences, list) or len(reasons) != len(sentences):
        return dict(planned)
    lines = [(each, sentence) for each, sentence in zip(reasons, sentences) if not _issues(each, copies)]
    copied = [str(_name(each)) for each in reasons if _issues(each, copies)]
    if not copied:
        return dict(planned)
    words = words_of_plan(
        declared,
        due=len(planned.get("due") or ()) - len(copied),
        activate=len(planned.get("activate") or ()),
        remove=len(planned.get("absent") or ()),
        unchecked=len(planned.get("notes") or ()),
    )
    return {
        **planned,
        "reasons": [each for each, _sentence in lines],
        "sentences": [*(_not_issued(name, copies[name]) for name in copied), *(sentence for _each, sentence in lines)],
        "reason": {**(planned.get("reason") or {}), "text": words},
    }


def _issues(planned: object, copies: Mapping[str, str]) -> bool:
    return _name(planned) in copies and isinstance(planned, dict) and planned.get("action") == PlanAction.ISSUE.value


def _not_issued(name: str, other: str) -> str:
    return f"{quote(name, 80)}: not issued on this host, because host {quote(other, 80)} ordered the certificate"


def _name(item: object) -> object:
    return item.get("name") if isinstance(item, dict) else None


def _problem(name: str, other: str, path: str) -> Problem:
    remedy = REMEDY.format(other=quote(other, 80), path=quote(path, 200), name=quote(name, 80))
    return Problem(
        f"the certificate was ordered by host {quote(other, 80)}, which is in the inventory too. This host does not "
        f"reissue or renew it: the CA would revoke the certificate of {quote(other, 80)} in {FORMER_DAYS} days. "
        f"{remedy}",
        remedy,
    ).about(quote(name, 80))
