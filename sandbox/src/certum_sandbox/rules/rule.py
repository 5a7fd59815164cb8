# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules. A rule is an error code, a request element, and a function that checks whether a request breaks the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Breach = bool | str | Sequence[str]
"""The result of a check.

False or empty: the request keeps the rule. True: it breaks the rule, and the error value is the element. Texts: it
breaks the rule, with one error for each text.
"""

InquiryT_contra = TypeVar("InquiryT_contra", contravariant=True)


@dataclass(frozen=True)
class ApiError:
    """An ``Error`` of a response header."""

    code: int
    value: str


@dataclass(frozen=True)
class Rule(Generic[InquiryT_contra]):
    """A rule: one row of the error table and its check."""

    code: int
    element: str
    broken: Callable[[InquiryT_contra], Breach]

    def errors(self, inquiry: InquiryT_contra) -> list[ApiError]:
        """Return the errors of a request, none if it keeps the rule."""
        breach = self.broken(inquiry)
        if isinstance(breach, bool):
            return [ApiError(self.code, self.element)] if breach else []
        values = [breach] if isinstance(breach, str) else breach
        return [ApiError(self.code, value) for value in values if value]


def rule(code: int, element: str = "") -> Callable[[Callable[[InquiryT_contra], Breach]], Rule[InquiryT_contra]]:
    """Return a decorator that turns a check into a rule."""
    return lambda broken: Rule(code, element, broken)


def check(rules: Iterable[Rule[InquiryT_contra]], inquiry: InquiryT_contra) -> list[ApiError]:
    """Return every error of a request, in the order of the rules."""
    return [error for each in rules for error in each.errors(inquiry)]
