# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test orders of a rehearsal: each is sent once and cancelled, whatever happens in between.

Private to the collection. Source: lifecycle.md 8, errors 1033, 1136, 1137, 1139, 1151.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._issuance.waiting import Patience
from .._partner_api.api_errors import CertumError
from .._partner_api.enums import ApiOperation
from .._partner_api.messages.quick_order import CancelOrderRequest

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from .observed_answer import ObservedAnswer
    from .probe import Probe
    from .recording_client import RecordingClient

_UNKNOWN, _BUSY, _CANCELLED = 1033, 1139, 1151
_ISSUED = {1136, 1137}
_REMEDY_IF_OPEN = "Look at the order with certum_order_info, and cancel it with certum_cancel."
_SECONDS = 15.0


@dataclass
class OpenOrders:
    """The orders that must be cancelled. An order is noted before it is sent, and removed when it is cancelled."""

    client: RecordingClient
    patience: Patience = field(default_factory=lambda: Patience(timeout=_SECONDS, longest_pause=3))
    _open: dict[str, bool] = field(default_factory=dict)

    def place(self, probe: Probe, body: Element, *, order_id: str) -> ObservedAnswer | None:
        """Send an order once. Return the answer if the CA placed it. Raises AuthenticationError."""
        self._open[order_id] = True
        answer = self.client.record(probe, ApiOperation.QUICK_ORDER, body)
        if answer is None or answer.is_fault or not answer.success_code:
            return None  # the outcome is unknown: the order stays noted
        self._open[order_id] = False
        if not answer.is_accepted:
            del self._open[order_id]
            return None
        return answer

    def note(self, order_id: str) -> None:
        """Note an order that an earlier rehearsal left."""
        self._open[order_id] = False

    def cancel(self, order_id: str, probe: Probe | None = None) -> Problem | None:
        """Cancel an order, and return the problem if it is still there. Records the answer that ended the attempt."""
        may_be_missing = self._open.get(order_id, False)
        words = "the CA did not answer"
        for _attempt in self.patience.looks():
            try:
                answer = self.client.ask(ApiOperation.CANCEL_ORDER, _cancellation(order_id))
            except CertumError as error:
                words = error.why
                if not error.worth_retrying:
                    break
                continue
            if probe is not None:
                self.client.evidence.answers[probe] = answer
            if answer.is_accepted or _CANCELLED in answer.codes:
                self._open.pop(order_id, None)
                return None
            words = f"the CA answered {answer.outcome}"
            if _ISSUED.intersection(answer.codes):
                return _issued(order_id)
            if not _is_passing(answer, may_be_missing=may_be_missing):
                break
        if may_be_missing and str(_UNKNOWN) in words:
            return _never_seen(order_id)
        return _left(order_id, words)

    def cancel_all(self) -> list[Problem]:
        """Cancel all orders that are still noted, and return the problems."""
        found = [self.cancel(order_id) for order_id in list(self._open)]
        self._open.clear()
        return [problem for problem in found if problem is not None]


def _cancellation(order_id: str) -> Element:
    return CancelOrderRequest(order_id=order_id, note="rehearsal").to_element()


def _is_passing(answer: ObservedAnswer, *, may_be_missing: bool) -> bool:
    """Return whether the next attempt may succeed. An order that was sent and is not known may still arrive."""
    if not answer.success_code:
        return True
    return _BUSY in answer.codes or (may_be_missing and _UNKNOWN in answer.codes)


def _issued(order_id: str) -> Problem:
    remedy = "Revoke its certificate with certum_revoke, if nobody uses it."
    text = f"The test order {quote(order_id)} cannot be cancelled, because its certificate is issued already. {remedy}"
    return Problem(text, remedy, name=order_id)


def _never_seen(order_id: str) -> Problem:
    remedy = "Run certum_order_info for this order in some minutes, and cancel the order if it exists."
    text = (
        f"The CA did not answer to the test order {quote(order_id)} and does not know it, so it was probably not "
        f"placed. {remedy}"
    )
    return Problem(text, remedy, name=order_id, outcome_unknown=True)


def _left(order_id: str, why: str) -> Problem:
    text = f"The test order {quote(order_id)} could not be cancelled: {quote(why)}. {_REMEDY_IF_OPEN}"
    return Problem(text, _REMEDY_IF_OPEN, name=order_id, outcome_unknown=True)
