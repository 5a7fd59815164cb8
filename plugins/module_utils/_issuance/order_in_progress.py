# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of one order within a run.

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
    from .._partner_api.messages.order_lookup import OrderProgress
    from .ordered_certificate import Order
    from .outcome import Outcome

LOOKS_BEFORE_A_FAILURE_IS_BELIEVED = 3
LOOKS_BEFORE_AN_OLD_FAILURE_IS_BELIEVED = 5
LOOKS_BEFORE_ASKING_AGAIN = 3
"""Pauses between looks grow, so validation is triggered again after a second, half a minute, and three minutes."""
REST_WITHOUT_AN_ANSWER = 3.0


@dataclass(frozen=True)
class Pursuit:
    """``done`` means that this run can do no more for the order.

    ``progress`` is the CA's last report of the order, ``when_asked`` the report before validation was last triggered.
    ``looks`` counts the looks since validation was first triggered, ``looks_when_asked`` those before it was last
    triggered. ``code_state`` is the CA's answer to the last trigger. ``unanswered`` is the error of the last look, and
    ``rests_until`` the moment before which another look is useless. ``needs_code`` means that the CA accepts no known
    validation code, and that this call may not request a new one.
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
        """Whether to trigger validation now: for the first time, or again after a check that ended in an error."""
        if self.when_asked is None:
            return True
        return self.code_state is CodeState.NOT_CHECKED and self._looks_since >= LOOKS_BEFORE_ASKING_AGAIN

    @property
    def _looks_since(self) -> int:
        return self.looks - self.looks_when_asked

    def asking(self, progress: OrderProgress) -> Pursuit:
        """Return the pursuit at the moment when validation is triggered."""
        return replace(self, when_asked=progress, looks_when_asked=self.looks)

    def at(self, moment: float, *, longest_pause: float) -> Pursuit:
        """Return the pursuit after a look at this moment. While only people act, the pause is the longest one."""
        rest = 0.0
        if self.unanswered:
            rest = min(REST_WITHOUT_AN_ANSWER, longest_pause)
        elif self.progress and only_people_act(self.progress, by_mail=self.order.method is ValidationMethod.ADMIN):
            rest = longest_pause
        return replace(self, rests_until=moment + rest)

    def looked(self, progress: OrderProgress) -> Pursuit:
        """Return the pursuit after one more look."""
        later = replace(self, progress=progress, looks=self.looks + 1)
        return replace(later, done=domain_has_failed(progress) and later._failure_is_ours(progress))

    def _failure_is_ours(self, progress: OrderProgress) -> bool:
        """Return whether a failure is the result of our check, and not still that of an earlier one.

        The date of the last change distinguishes them, if the CA updates it; otherwise more looks are needed.
        """
        if self.code_state.delay:
            return False
        before = self.when_asked.last_update_date if self.when_asked else None
        if before != progress.last_update_date:
            return self._looks_since >= LOOKS_BEFORE_A_FAILURE_IS_BELIEVED
        return self._looks_since >= LOOKS_BEFORE_AN_OLD_FAILURE_IS_BELIEVED
