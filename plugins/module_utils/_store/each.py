# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One certificate's trouble is its own: the others go on, and everything is told at the end.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .._handover.problems import Problem, ended, problem_of
from .errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

_R = TypeVar("_R")


def for_each(
    items: Iterable[Mapping[str, Any]], act: Callable[[Mapping[str, Any]], _R]
) -> tuple[list[_R], list[Problem]]:
    """The results of ``act`` for every item that has one, and a problem for every item that failed."""
    results, problems = [], []
    for item in items:
        try:
            results.append(act(item))
        except StoreError as error:
            problems.append(problem_of(error).about(item["name"]))
    return results, problems


def outcome(*, problems: Sequence[Problem], **result: Any) -> dict[str, Any]:
    """A module's result, failed if there were problems; ``problems`` is always there."""
    return ended(problems, **result, problems=[problem.shown() for problem in problems])
