# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All answers that a rehearsal has recorded.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .finding import Finding, not_seen
from .probe import PROBES_WITH_PERMISSION, Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .observed_answer import ObservedAnswer

NO_PERMISSION = "it needs a test order, and this run had no permission to order"


@dataclass
class Evidence:
    """The answers, and the reasons why requests have no answer. ``with_permission`` says that the run could order."""

    with_permission: bool = False
    answers: dict[Probe, ObservedAnswer] = field(default_factory=dict)
    unanswered: dict[Probe, str] = field(default_factory=dict)

    def get(self, probe: Probe) -> ObservedAnswer | None:
        return self.answers.get(probe)

    def accepted(self, probe: Probe) -> ObservedAnswer | None:
        """Return the answer if the CA accepted the request."""
        answer = self.answers.get(probe)
        return answer if answer is not None and answer.is_accepted else None

    def all(self) -> Iterator[ObservedAnswer]:
        yield from self.answers.values()

    def lacks(self, *probes: Probe) -> Finding:
        """Return the finding of a question whose requests have no usable answer."""
        for probe in probes:
            answer = self.answers.get(probe)
            if probe in self.unanswered:
                return not_seen(f"{probe}: {self.unanswered[probe]}")
            if answer is None and probe in PROBES_WITH_PERMISSION and not self.with_permission:
                return not_seen(NO_PERMISSION)
            if answer is None:
                return not_seen(f"{probe} was not requested")
            if not answer.is_accepted:
                return not_seen(f"{probe}: the CA answered {answer.outcome}")
        return not_seen("the CA sent no such data")
