# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One order on its way through a run.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.terms import ValidationMethod
from .domain_validation import CodeState
from .order_state import domain_has_failed, only_people_act

if TYPE_CHECKING:
    from .._partner_api.api_errors import CertumError
    from .._partner_api.messages.lookup import OrderProgress
    from .ordered_certificate import Order
    from .outcome import Outcome

LOOKS_BEFORE_A_FAILURE_IS_BELIEVED = 3
LOOKS_BEFORE_AN_OLD_FAILURE_IS_BELIEVED = 5
LOOKS_BEFORE_ASKING_AGAIN = 3
"""Pauses between looks grow, so the CA is asked again after a second, half a minute, and three minutes."""
REST_WITHOUT_AN_ANSWER = 3.0


@dataclass(frozen=True)
class Pursuit:
    """``done`` says that this run can do no more for the order.

    ``progress`` is what the CA said last, ``when_asked`` what it said before we asked it to check. ``looks`` counts how
    often we have looked since the first time that we asked, ``looks_when_asked`` how often before the last time.
    ``code_state`` is the answer to the last time. ``unanswered`` is why the last look saw nothing, and ``rests_until``
    the moment before which another would be in vain. ``needs_code`` says that there is no validation code that the CA
    takes, and that this call may not ask for one.
    """

    order: Order
    outcome: Outcome
    done: bool = False
    progress: OrderProgress | None = None
    when_asked: OrderProgress | None = None
    looks: int = 0
    looks_when_asked: int = 0
    code_state: CodeState = CodeState.WORKS
    unanswered: CertumError | None = None
    rests_until: float = 0.0
    needs_code: bool = False

    @property
    def asks_now(self) -> bool:
        """Whether it is time to ask the CA to check: for the first time, or after a check that ended in an error."""
        if self.when_asked is None:
            return True
        return self.code_state is CodeState.NOT_CHECKED and self._looks_since >= LOOKS_BEFORE_ASKING_AGAIN

    @property
    def _looks_since(self) -> int:
        return self.looks - self.looks_when_asked

    def asking(self, progress: OrderProgress) -> Pursuit:
        """The same, at the moment of asking the CA to check."""
        return replace(self, when_asked=progress, looks_when_asked=self.looks)

    def at(self, moment: float, *, longest_pause: float) -> Pursuit:
        """The same, looked at just now. People take hours, so they are never asked after at the pace of machines."""
        rest = 0.0
        if self.unanswered:
            rest = min(REST_WITHOUT_AN_ANSWER, longest_pause)
        elif self.progress and only_people_act(self.progress, by_mail=self.order.method is ValidationMethod.ADMIN):
            rest = longest_pause
        return replace(self, rests_until=moment + rest)

    def looked(self, progress: OrderProgress) -> Pursuit:
        """One look later."""
        later = replace(self, progress=progress, looks=self.looks + 1)
        return replace(later, done=domain_has_failed(progress) and later._failure_is_ours(progress))

    def _failure_is_ours(self, progress: OrderProgress) -> bool:
        """The result of an earlier check may still stand while ours is running; the date tells, if the CA keeps it."""
        if self.code_state.delay:
            return False
        before = self.when_asked.last_update_date if self.when_asked else None
        if before != progress.last_update_date:
            return self._looks_since >= LOOKS_BEFORE_A_FAILURE_IS_BELIEVED
        return self._looks_since >= LOOKS_BEFORE_AN_OLD_FAILURE_IS_BELIEVED
