# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failing on request: what ``POST /sandbox/faults`` arranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from certum_sandbox.error_table import error_elements
from certum_sandbox.soap.schema import operations


class When(StrEnum):
    """Before the work is done, or after it, so that only the answer suffers."""

    BEFORE = "before"
    AFTER = "after"


class Effect(StrEnum):
    """What the caller sees."""

    DROP = "drop"
    HTTP_500 = "http-500"
    HTTP_503 = "http-503"
    DELAY = "delay"
    GARBAGE = "garbage"
    TRUNCATE = "truncate"
    EXIT = "exit"
    ERROR = "error"


@dataclass
class PlannedFault:
    """One fault. It lets ``skip`` matching calls pass, then hits ``times`` of them; ``code`` is that of an error."""

    operation: str
    when: When
    effect: Effect
    skip: int = 0
    times: int = 1
    seconds: float = 0.0
    code: int = 0

    @classmethod
    def parse(cls, wanted: Mapping[str, Any]) -> PlannedFault:
        """From the control API's JSON. ValueError says what is wrong with it."""
        known = {"operation", "when", "effect", "skip", "times", "seconds", "code"}
        unknown = set(wanted) - known
        if unknown or "effect" not in wanted:
            msg = f"a fault has {', '.join(sorted(known))}; effect is needed, {sorted(unknown)} is not known"
            raise ValueError(msg)
        operation = str(wanted.get("operation", "*"))
        if operation not in {"*", *operations()}:
            msg = f"there is no operation {operation!r}; give * or one of: {', '.join(operations())}"
            raise ValueError(msg)
        code = int(wanted.get("code", 0))
        if (code in error_elements()) != (wanted["effect"] == Effect.ERROR):
            msg = f"code, one of the documented error codes, belongs to the effect {Effect.ERROR}, and only to that"
            raise ValueError(msg)
        when = When(wanted.get("when", "before"))
        if code and when is When.AFTER:
            msg = f"the effect {Effect.ERROR} stands for a call that did not do its work, so when must be {When.BEFORE}"
            raise ValueError(msg)
        return cls(
            operation=operation,
            when=when,
            effect=Effect(wanted["effect"]),
            skip=int(wanted.get("skip", 0)),
            times=int(wanted.get("times", 1)),
            seconds=float(wanted.get("seconds", 0)),
            code=code,
        )

    def hits(self, operation: str, when: When) -> bool:
        """Whether it strikes this call; counts it if so."""
        if self.when is not when or self.operation not in {"*", operation} or not self.times:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class FaultPlan:
    """The faults still to come. They live in memory: a restarted sandbox is healthy."""

    def __init__(self) -> None:
        self._planned: list[PlannedFault] = []

    def add(self, fault: PlannedFault) -> None:
        """One more."""
        self._planned.append(fault)

    def clear(self) -> None:
        """None any more."""
        self._planned.clear()

    def left(self) -> list[PlannedFault]:
        """Those that have not hit as often as they are to."""
        return [fault for fault in self._planned if fault.times]

    def strike(self, operation: str, when: When) -> PlannedFault | None:
        """The first fault that hits this call at this point."""
        return next((fault for fault in self._planned if fault.hits(operation, when)), None)
