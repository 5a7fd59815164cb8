# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on request, which ``POST /sandbox/faults`` plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from certum_sandbox.error_table import error_elements
from certum_sandbox.soap.schema import operations


class When(StrEnum):
    """The point of a fault: before the work of a call, or after it, so that only the response is broken."""

    BEFORE = "before"
    AFTER = "after"


class Effect(StrEnum):
    """The effect of a fault for the caller."""

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
    """A fault. It skips ``skip`` matching calls, then strikes ``times`` calls. ``Effect.ERROR`` needs ``code``."""

    operation: str
    when: When
    effect: Effect
    skip: int = 0
    times: int = 1
    seconds: float = 0.0
    code: int = 0

    @classmethod
    def parse(cls, wanted: Mapping[str, Any]) -> PlannedFault:
        """Parse the JSON of the control API. Raise ValueError with the problem."""
        known = {"operation", "when", "effect", "skip", "times", "seconds", "code"}
        unknown = set(wanted) - known
        if unknown or "effect" not in wanted:
            msg = f"the keys of a fault are {', '.join(sorted(known))}; effect is required; unknown: {sorted(unknown)}"
            raise ValueError(msg)
        operation = str(wanted.get("operation", "*"))
        if operation not in {"*", *operations()}:
            msg = f"unknown operation {operation!r}; give * or one of: {', '.join(operations())}"
            raise ValueError(msg)
        code = int(wanted.get("code", 0))
        if (code in error_elements()) != (wanted["effect"] == Effect.ERROR):
            msg = f"the effect {Effect.ERROR} requires code, a documented error code; other effects take no code"
            raise ValueError(msg)
        when = When(wanted.get("when", "before"))
        if code and when is When.AFTER:
            msg = f"the effect {Effect.ERROR} replaces the work of a call; set when to {When.BEFORE}"
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

    def matches(self, operation: str, when: When) -> bool:
        """Return whether the fault strikes this call, and count the call."""
        if self.when is not when or self.operation not in {"*", operation} or not self.times:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class FaultPlan:
    """The planned faults. They are in memory only, so a restart removes them."""

    def __init__(self) -> None:
        self._planned: list[PlannedFault] = []

    def add(self, fault: PlannedFault) -> None:
        """Add a fault."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Remove all faults."""
        self._planned.clear()

    def left(self) -> list[PlannedFault]:
        """Return the faults that have strikes left."""
        return [fault for fault in self._planned if fault.times]

    def take(self, operation: str, when: When) -> PlannedFault | None:
        """Return the first fault that strikes this call at this point, or None."""
        return next((fault for fault in self._planned if fault.matches(operation, when)), None)
