# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host of services: how a command runs there, whether a service runs, and the result for one service.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import command
from .rollback_message import ASK, FailedStepError
from .systemd_units import SHOW, is_booted, read_units, why_units_do_not_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._handover.problems import Problem
    from .._handover.reasons import Reason
    from .._store.change import Change
    from .._store.layout import Layout
    from .declared_services import Service
    from .systemd_units import Unit


@dataclass(frozen=True)
class ServiceHost:
    """Where the certificates are, and how many seconds a command and all handshakes of a service may take."""

    layout: Layout
    command_timeout: float
    verify_timeout: float
    check_mode: bool

    def ask(self, words: Sequence[str]) -> command.CommandResult:
        return command.run(words, timeout=self.command_timeout)

    def objections(self, commands: Iterable[Sequence[str]]) -> list[str]:
        """Run the commands and return the objections of those that fail."""
        return [answer.objection for answer in map(self.ask, commands) if answer.objection is not None]

    def find(self, service: Service) -> FoundService:
        """Ask which unit the host has and whether the service runs. Without a way to ask, it counts as running.

        Raises FailedStepError where its status_command gives no answer.
        """
        units = self._units_of(service) if service.entry else ()
        found = service.found_as([unit.name for unit in units if unit.is_loaded])
        if service.status_command:
            return FoundService(found, self._declared_down(service.name, service.status_command), units)
        down = why_units_do_not_run(units, starters=service.starters) if service.is_of_systemd else None
        return FoundService(found, down, units)

    def why_no_systemd(self, service: Service) -> str | None:
        """Return the reason why systemd cannot reload the service: this host does not run systemd. None if it can."""
        if not service.is_of_systemd or is_booted():
            return None
        return self.ask((*SHOW, *service.units)).objection

    def is_stopped(self, service: Service) -> bool:
        """Return whether systemd knows a unit of the service and does not run it. Its own reload command then fails."""
        units = [unit for unit in self._units_of(service) if unit.is_loaded]
        return bool(units) and why_units_do_not_run(units, starters=service.starters) is not None

    def _units_of(self, service: Service) -> tuple[Unit, ...]:
        answer = self.ask((*SHOW, *service.units))
        return () if answer.objection else read_units(answer.output)

    def _declared_down(self, service: str, status_command: Sequence[str]) -> str | None:
        answer = self.ask(status_command)
        if answer.objection is None:
            return None
        if not answer.ran:
            raise FailedStepError(ASK, answer.objection, service=service)
        return f"is stopped (its status_command: {answer.objection})"


@dataclass(frozen=True)
class FoundService:
    """A service as the host has it. ``down`` is the reason why it does not run, None if it runs."""

    service: Service
    down: str | None
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class ServiceOutcome:
    """The result for one service. ``done`` are the certificates that succeeded, with the change of each.

    ``moved`` is true if another certificate is active than before, although it did not succeed. ``note`` is a sentence
    for the operator that is not a problem. ``verified`` are the addresses that served each certificate. ``rolled_back``
    are the certificates that failed and were rolled back, or would be.
    """

    service: Service
    reason: Reason
    done: Mapping[str, Change] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    moved: bool = False
    note: str | None = None
    verified: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rolled_back: Sequence[str] = ()

    @property
    def changed(self) -> bool:
        return self.moved or any(change.changed for change in self.done.values())
