# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a step for each certificate: a failure does not block the others, and all problems are reported at the end.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .._handover.problems import problem_of
from .store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .._handover.problems import Problem

_I = TypeVar("_I", bound="Mapping[str, object]")
_R = TypeVar("_R")


def for_each(items: Iterable[_I], act: Callable[[_I], _R]) -> tuple[list[_R], list[Problem]]:
    """Return the result of ``act`` for every item that succeeded, and a problem for every item that failed.

    Every item has a ``name``.
    """
    results, problems = [], []
    for item in items:
        try:
            results.append(act(item))
        except StoreError as error:
            problems.append(problem_of(error).about(str(item["name"])))
    return results, problems
