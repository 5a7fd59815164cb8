# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One round of a batch: validate the domains of published orders, wait, and fetch issued certificates.

Private to the collection. A round ends when no order is left to wait for, when the time is over, or when another round
is useful: the place of a waiting order is free now, an order has a new validation code, or another run has replaced a
validation file.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.problems import problem_of
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import State, ValidationMethod
from .._handover.waits import Wait, WaitsFor
from .._issuance.concurrency import pursue_all
from .._issuance.domain_validation import CodeState
from .._issuance.obtaining import Obtain
from .._issuance.order_conversion import InvalidOrderError, read_order, result_of
from .._issuance.order_state import domain_has_failed, domain_is_not_validated, is_open, only_people_act
from .._issuance.outcome import Outcome
from .._issuance.waiting import Patience
from .validation_codes import code_to_use, with_code, without_code
from .validation_queue import choose, must_give_way, rounds_left
from .wait_board import WaitBoard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from .._handover.batches import PendingOrder
    from .._handover.certificate_results import CertificateResult
    from .._issuance.order_in_progress import Pursuit
    from .._issuance.ordered_certificate import Order
    from .._partner_api.client import PartnerApi
    from .batch_host import BatchHost

    Validated = tuple[PendingOrder, CertificateResult, bool]
    """A pending order after the round, its result, and whether this run can do more for the order."""

WORKERS = 8
MOST_ATTEMPTS = 8
LINGER = 3.0
"""Seconds for which a round continues although another round is useful: most orders are issued in that time."""
JITTER = 1.0
"""Seconds of a random pause, so that two runs for one order do not request a new code at the same moment."""
NOT_ASKED = Reason(ReasonCode.NOT_ASKED, "the CA got no request")


@dataclass(frozen=True)
class Entry:
    """A pending order in this round. ``timeout`` is the rest of the seconds that its host waits."""

    pending: PendingOrder
    order: Order
    timeout: float


@dataclass(frozen=True)
class Round:
    """The orders of one round. ``waiting`` are orders that wait for a place.

    With ``is_short`` other orders wait for name servers, so the round does not wait for issuance.
    """

    entries: Sequence[Entry]
    waiting: Sequence[PendingOrder] = ()
    is_short: bool = False

    @property
    def timeout(self) -> float:
        """The seconds after which the round is over; less if other orders wait for a place, which share the time."""
        longest = max((entry.timeout for entry in self.entries), default=0.0)
        if not self.waiting:
            return longest
        return longest / rounds_left([*(entry.pending for entry in self.entries), *self.waiting])

    def is_enough(self, pursuits: Sequence[Pursuit], moment: float) -> bool:
        """Return whether to stop looking, ``moment`` seconds after the first look."""
        left = [each for entry, each in zip(self.entries, pursuits) if not each.done and moment < entry.timeout]
        needed = self.is_short or any(map(_needs_another_round, pursuits)) or self._has_free_place(pursuits)
        return not left or (needed and moment >= LINGER)

    def _has_free_place(self, pursuits: Sequence[Pursuit]) -> bool:
        now = [_after(entry, pursuit, 0.0) for entry, pursuit in zip(self.entries, pursuits)]
        chosen = choose([*(each for each in now if each), *self.waiting])
        return sum(each["published"] for each in chosen) > sum(each is not None for each in now)


@dataclass(frozen=True, eq=False)
class RoundView:
    """Puts what the orders of a round wait for on a board. ``began`` is the moment of the first look."""

    board: WaitBoard
    round: Round
    began: float

    def shown(self) -> AbstractContextManager[None]:
        """Show the orders of the round while the block runs."""
        return self.board.during(self, [self._wait(entry, WaitsFor.ANSWER) for entry in self.round.entries])

    def is_enough(self, pursuits: Sequence[Pursuit], moment: float) -> bool:
        """Return whether to stop looking, and show what the orders wait for after this look."""
        pairs = zip(self.round.entries, pursuits)
        self.board.put(self, [self._wait(entry, _waits_for(each)) for entry, each in pairs if not each.done])
        return self.round.is_enough(pursuits, moment)

    def _wait(self, entry: Entry, what: WaitsFor) -> Wait:
        pending = entry.pending
        return Wait(
            subject=f"{pending['host']}: {pending['name']}",
            what=what,
            since=self.began - pending["waited"],
            until=self.began + min(entry.timeout, self.round.timeout),
        )


def _waits_for(pursuit: Pursuit) -> WaitsFor:
    progress = pursuit.progress
    if pursuit.unanswered or progress is None:
        return WaitsFor.ANSWER
    if not is_open(progress):
        return WaitsFor.ISSUANCE
    if only_people_act(progress, by_mail=pursuit.order.method is ValidationMethod.ADMIN):
        return WaitsFor.PEOPLE
    return WaitsFor.VALIDATION if domain_is_not_validated(progress) else WaitsFor.ISSUANCE


def validate_round(
    api: PartnerApi,
    hosts: Mapping[str, BatchHost],
    published: Sequence[PendingOrder],
    waiting: Sequence[PendingOrder],
    *,
    is_short: bool = False,
    board: WaitBoard | None = None,
) -> tuple[list[Validated], float]:
    """Validate the published orders of one account, and wait. ``waiting`` are orders of any account without a place.

    Return for each published order its new state, its result in the form of certum_certificates, and whether this run
    can do more for it; and the seconds that the round took. Raises AuthenticationError.
    """
    entries: list[Entry] = []
    results: list[Validated] = []
    for each in published:
        if each["failure"] and not _was_written(hosts[each["host"]], each):
            results.append((each, each["failure"], False))
            continue
        try:
            entries.append(_entry(hosts[each["host"]], each))
        except InvalidOrderError as error:
            results.append((each, _unreadable(each, error), False))
    this_round = Round(entries, waiting, is_short)
    by_order = {entry.order.order_id: entry for entry in entries}
    obtain = Obtain(
        api=api,
        trigger=True,
        may_ask_for_code=lambda order: by_order[order.order_id].pending["attempts"] > 0,
        may_trigger=lambda order: not by_order[order.order_id].pending["too_many_checks"],
    )
    if any(entry.pending["attempts"] and not entry.order.validation_code for entry in entries):
        time.sleep(random.uniform(0, JITTER))  # noqa: S311 - a pause is no secret
    began = time.monotonic()
    view = RoundView(board or WaitBoard(), this_round, began)
    pause = min((hosts[entry.pending["host"]].settings.wait_sleep for entry in entries), default=1.0)
    with view.shown():
        pursuits = pursue_all(
            obtain,
            [entry.order for entry in entries],
            patience=Patience(timeout=this_round.timeout, longest_pause=max(pause, 1.0)),
            workers=WORKERS,
            enough=view.is_enough,
        )
    if any(map(_has_failed, pursuits)):
        time.sleep(random.uniform(0, 2 * JITTER))  # noqa: S311 - runs that share a web root must not collide again
    elapsed = time.monotonic() - began
    others = waiting if elapsed >= this_round.timeout else ()
    results += [_concluded(obtain, entry, pursuit, elapsed, others) for entry, pursuit in zip(entries, pursuits)]
    return results, elapsed


def _entry(host: BatchHost, pending: PendingOrder) -> Entry:
    """Return the pending order as an entry of the round. Raises InvalidOrderError."""
    validation = host.items[pending["name"]].get("validation") or {}
    order = replace(read_order(pending["item"]), web_root=validation.get("webroot") or "")
    order = replace(order, validation_code=code_to_use(host, pending))
    return Entry(pending, order, max(host.settings.wait_timeout - pending["waited"], 0.0))


def _was_written(host: BatchHost, pending: PendingOrder) -> bool:
    """Return whether the host had to write the validation file again, because another order had replaced it."""
    published = host.reports.get("certum__published")
    written = published.get("written") if isinstance(published, dict) else None
    return isinstance(written, list) and pending["name"] in written


def _needs_another_round(pursuit: Pursuit) -> bool:
    return pursuit.done and (pursuit.needs_code or _has_new_code(pursuit) or _has_failed(pursuit))


def _has_new_code(pursuit: Pursuit) -> bool:
    outcome = pursuit.outcome
    return outcome.state is State.PENDING and outcome.changed and outcome.problem is None


def _has_failed(pursuit: Pursuit) -> bool:
    return (
        pursuit.outcome.state is State.PENDING
        and pursuit.outcome.problem is None
        and pursuit.progress is not None
        and is_open(pursuit.progress)
        and domain_has_failed(pursuit.progress)
        and not pursuit.code_state.delay
    )


def _is_validated(pursuit: Pursuit) -> bool:
    progress = pursuit.progress
    return progress is not None and is_open(progress) and not domain_is_not_validated(progress)


def _after(entry: Entry, pursuit: Pursuit, elapsed: float) -> PendingOrder | None:
    """Return the pending order after this round; None if this run can do no more for it."""
    pending, outcome = entry.pending, pursuit.outcome
    attempts = pending["attempts"] + 1
    later: PendingOrder = {
        **pending,
        "item": with_code(pending["item"], entry.order.validation_code),
        "waited": pending["waited"] + elapsed,
        "validated": _is_validated(pursuit),
        "too_many_checks": pending["too_many_checks"] or pursuit.code_state is CodeState.TOO_MANY_CHECKS,
        "failure": None,
    }
    if not pursuit.done:
        return later
    if attempts > MOST_ATTEMPTS or outcome.state is not State.PENDING or outcome.problem:
        return None
    if pursuit.needs_code:
        return {**later, "attempts": attempts, "item": without_code(pending["item"]), "void_codes": _void(entry)}
    if _has_new_code(pursuit) and outcome.validation:
        code = outcome.validation.code
        item, known = with_code(pending["item"], code), [*pending["ca_codes"], code]
        return {**later, "attempts": attempts, "item": item, "void_codes": _void(entry), "ca_codes": known}
    if _has_failed(pursuit):
        return {**later, "attempts": attempts}
    return None


def _void(entry: Entry) -> list[str]:
    code = entry.order.validation_code
    return [*entry.pending["void_codes"], *([code] if code else [])]


def _concluded(
    obtain: Obtain, entry: Entry, pursuit: Pursuit, elapsed: float, waiting: Sequence[PendingOrder]
) -> Validated:
    """Return the state of the order after the round.

    After a failed validation the order stays in the batch: its host checks whether the file is still there. An order
    that was not validated in its share of the time gives its place to a waiting order; the next run continues it.
    """
    later = _after(entry, pursuit, elapsed)
    has_time = elapsed < entry.timeout and not (later and must_give_way(later, waiting))
    if later is None or not (has_time or _has_failed(pursuit)):
        return later or entry.pending, _result(obtain, entry, obtain.conclude(pursuit)), False
    result = _result(obtain, entry, pursuit.outcome)
    if _has_failed(pursuit):
        later["failure"] = _result(obtain, entry, obtain.conclude(pursuit))
    if "validation_code" not in later["item"]:
        result["validation"] = None
    return later, result, True


def _result(obtain: Obtain, entry: Entry, outcome: Outcome) -> CertificateResult:
    return result_of(outcome, entry.order, environment=obtain.api.environment)


def _unreadable(pending: PendingOrder, error: InvalidOrderError) -> CertificateResult:
    problem = problem_of(error)
    outcome = Outcome(name=pending["name"], order_id="", state=State.UNKNOWN, reason=NOT_ASKED, problem=problem)
    return result_of(outcome)
