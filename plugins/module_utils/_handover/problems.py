# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Problems: sentences for the operator, and the same facts as data for a playbook.

Private to the collection. Pure, and imports nothing of the other rooms. The fragment ``_attributes`` documents them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from .reasons import ReasonCode

if TYPE_CHECKING:
    from collections.abc import Iterable


class ShownProblem(TypedDict):
    """A problem as a part of a result, see ``Problem``."""

    name: str | None
    code: str
    text: str
    error_codes: list[int]
    element: str | None
    remedy: str
    outcome_unknown: bool


class Failure(TypedDict):
    """The values that every failed module returns."""

    msg: str
    error_codes: list[int]
    element: str | None
    remedy: str
    outcome_unknown: bool


class _Ended(TypedDict):
    failed: bool
    msg: str


class Ended(_Ended, total=False):
    """The common keys of every result, beside a module's own keys. A failure has all of them."""

    error_codes: list[int]
    element: str | None
    remedy: str
    outcome_unknown: bool


class EndedWithProblems(Ended):
    """The common keys and the list of problems, for modules that continue with all other certificates."""

    problems: list[ShownProblem]


class KnownError(Exception):
    """An error that a module reports without a traceback. Its text has the object, place, reason and remedy."""

    error_codes: tuple[int, ...] = ()
    """The CA's codes, in the order of its answer."""

    element: str | None = None
    """The element of the request that the first error code is about."""

    remedy: str = ""
    """What to do, as complete sentences."""

    problem_code: ReasonCode = ReasonCode.FAILED
    """The code of the problem."""

    outcome_unknown: bool = False
    """Whether the CA may have carried out the request nevertheless. If so, look for its result before you try again."""

    def __init__(self, text: str, *, remedy: str | None = None) -> None:
        super().__init__(text)
        if remedy is not None:
            self.remedy = remedy


@dataclass(frozen=True)
class Problem:
    """A problem that requires an action of the operator. ``text`` is complete, the other fields repeat its facts.

    ``name`` is the certificate or the service, or None if the problem concerns all of them. ``code`` decides with
    ``certum_fail_on`` whether the problem fails its host.
    """

    text: str
    remedy: str
    name: str | None = None
    error_codes: tuple[int, ...] = ()
    element: str | None = None
    outcome_unknown: bool = False
    code: ReasonCode = ReasonCode.FAILED

    def __str__(self) -> str:
        return self.text

    def about(self, name: str) -> Problem:
        """Return the problem for one certificate. The text then begins with its name, once."""
        label = f"{name}: "
        return replace(self, name=name, text=f"{label}{self.text.removeprefix(label)}")

    def shown(self) -> ShownProblem:
        """Return it as an element of a result."""
        return {
            "name": self.name,
            "code": self.code.value,
            "text": with_remedy_last(self.text, self.remedy),
            "error_codes": list(self.error_codes),
            "element": self.element,
            "remedy": self.remedy,
            "outcome_unknown": self.outcome_unknown,
        }


def with_remedy_last(text: str, remedy: str) -> str:
    """Return the text with the remedy at its end, where an operator looks for it.

    A missing remedy is added. A text of several lines that contains the remedy stays as it is, because it may be the
    text of several problems.
    """
    if not remedy or text.endswith(remedy):
        return text
    before, found, after = text.rpartition(remedy)
    if found:
        return text if "\n" in text else f"{before}{after.strip()} {remedy}"
    if remedy.partition(". ")[0] in text:
        return text
    if "\n" in text:
        return f"{text}\n{remedy}"
    return f"{text}{'' if text.endswith(('.', '!', '?')) else '.'} {remedy}"


def as_problem(shown: ShownProblem) -> Problem:
    """Return the problem that an element of a result shows."""
    return Problem(
        text=shown["text"],
        remedy=shown["remedy"],
        name=shown["name"],
        error_codes=tuple(shown["error_codes"]),
        element=shown["element"],
        outcome_unknown=shown["outcome_unknown"],
        code=_code_of(shown.get("code")),
    )


def _code_of(code: object) -> ReasonCode:
    """Return the code that a result shows. A host may return anything."""
    return ReasonCode(code) if code in ReasonCode.values() else ReasonCode.FAILED


def problem_of(error: KnownError) -> Problem:
    """Return the problem of an error. Without codes of its own, it has those of the error that it was raised from."""
    cause = error.__cause__
    source = cause if isinstance(cause, KnownError) and not error.error_codes else error
    return Problem(
        text=str(error),
        remedy=error.remedy,
        error_codes=source.error_codes,
        element=source.element,
        outcome_unknown=error.outcome_unknown,
        code=source.problem_code if error.problem_code is ReasonCode.FAILED else error.problem_code,
    )


def joined(problems: Iterable[Problem]) -> Problem:
    """Return one problem for several: each sentence and each code once, in their order, and the first element."""
    each = list(problems)
    names, codes = {problem.name for problem in each}, {problem.code for problem in each}
    return Problem(
        text="\n".join(dict.fromkeys(problem.shown()["text"] for problem in each)),
        remedy=" ".join(dict.fromkeys(problem.remedy for problem in each if problem.remedy)),
        name=names.pop() if len(names) == 1 else None,
        error_codes=tuple(dict.fromkeys(code for problem in each for code in problem.error_codes)),
        element=next((problem.element for problem in each if problem.element), None),
        outcome_unknown=any(problem.outcome_unknown for problem in each),
        code=codes.pop() if len(codes) == 1 else ReasonCode.SEVERAL,
    )


def ended(problems: Iterable[Problem]) -> Ended:
    """Return the common keys of a result. The module fails if there are problems."""
    each = list(problems)
    return {"failed": True, **failure(joined(each))} if each else {"failed": False, "msg": ""}


def ended_with(problems: Iterable[Problem]) -> EndedWithProblems:
    """Return the common keys of a result, and the list of problems."""
    each = list(problems)
    return {**ended(each), "problems": [problem.shown() for problem in each]}


def failure(problem: Problem) -> Failure:
    """Return the values of a module that fails with this problem."""
    shown = problem.shown()
    return {
        "msg": shown["text"],
        "error_codes": shown["error_codes"],
        "element": shown["element"],
        "remedy": shown["remedy"],
        "outcome_unknown": shown["outcome_unknown"],
    }
