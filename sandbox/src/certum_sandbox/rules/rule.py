# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rule is: an error code, the element it speaks of, and a function that tells whether a request breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Breach = bool | str | Sequence[str]
"""False or empty: kept. True: broken, the answer names the element. Texts: broken by these values, one error each."""

InquiryT_contra = TypeVar("InquiryT_contra", contravariant=True)


@dataclass(frozen=True)
class ApiError:
    """One ``Error`` of a response header."""

    code: int
    value: str


@dataclass(frozen=True)
class Rule(Generic[InquiryT_contra]):
    """One row of the service's error table, as far as it can be broken here."""

    code: int
    element: str
    broken: Callable[[InquiryT_contra], Breach]

    def errors(self, inquiry: InquiryT_contra) -> list[ApiError]:
        """Nothing, or what to answer."""
        breach = self.broken(inquiry)
        if isinstance(breach, bool):
            return [ApiError(self.code, self.element)] if breach else []
        values = [breach] if isinstance(breach, str) else breach
        return [ApiError(self.code, value) for value in values if value]


def rule(code: int, element: str = "") -> Callable[[Callable[[InquiryT_contra], Breach]], Rule[InquiryT_contra]]:
    """Make a rule of the function that tells whether it is broken."""
    return lambda broken: Rule(code, element, broken)


def check(rules: Iterable[Rule[InquiryT_contra]], inquiry: InquiryT_contra) -> list[ApiError]:
    """Every error of a request, in the order of the rules."""
    return [error for each in rules for error in each.errors(inquiry)]
