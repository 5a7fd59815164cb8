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
from .known_services import SYSTEMD, why_systemd_does_not_run_it
from .rollback_message import ASK, FailedStepError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._handover.problems import Problem
    from .._handover.reasons import Reason
    from .._store.change import Change
    from .._store.layout import Layout
    from .known_services import Service


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

    def why_down(self, service: Service) -> str | None:
        """Return the reason why a service is down, None if it runs. Without a way to ask, it counts as running.

        Raises FailedStepError where its status_command gives no answer.
        """
        if service.status_command:
            answer = self.ask(service.status_command)
            if answer.objection is None:
                return None
            if not answer.ran:
                raise FailedStepError(ASK, answer.objection)
            return f"is stopped (its status_command: {answer.objection})"
        if service.unit is None:
            return None
        answer = self.ask((*SYSTEMD, service.unit))
        return None if answer.objection else why_systemd_does_not_run_it(answer.output)


@dataclass(frozen=True)
class ServiceOutcome:
    """The result for one service. ``done`` are the certificates that succeeded, with the change of each.

    ``moved`` is true if another certificate is active than before, although it did not succeed. ``note`` is a sentence
    for the operator that is not a problem.
    """

    service: Service
    reason: Reason
    done: Mapping[str, Change] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    moved: bool = False
    note: str | None = None

    @property
    def changed(self) -> bool:
        return self.moved or any(change.changed for change in self.done.values())
