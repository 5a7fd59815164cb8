# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first step of a batch: place the orders of all hosts with one account, or resume existing orders.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import Problem, joined, problem_of
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import Sent, State
from .._issuance.allowed_requests import is_own_customer, within_declaration
from .._issuance.concurrency import AccountRefusedError, obtain_all
from .._issuance.jobs import Job, difference, with_live_orders
from .._issuance.obtaining import Obtain, not_placed, nothing_placed
from .._issuance.order_conversion import InvalidOrderError, next_item, read_order, result_of
from .._issuance.ordered_certificate import SharedLimit
from .._issuance.outcome import Outcome
from .._issuance.prediction import predict_all
from .._issuance.waiting import Patience
from .._partner_api.api_errors import AuthenticationError
from .clocks import clock_warnings, hold_back
from .order_preflight import inspect
from .order_records import obstacles, withdraw_left
from .validation_queue import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._handover.batches import OrderDifference, PendingOrder
    from .._handover.certificate_results import CertificateResult
    from .._handover.order_items import OrderItem
    from .._handover.shared_items import Assignment
    from .._issuance.ordered_certificate import Order
    from .._partner_api.api_errors import CertumError, SettingsError
    from .._partner_api.client import PartnerApi
    from .batch_host import BatchHost
    from .record_tasks import HostRoute

WORKERS = 8
DUE = Reason(ReasonCode.REQUESTED, "a certificate is due")
NOT_ORDERED = Reason(ReasonCode.NOT_ORDERED, "nothing was ordered")


@dataclass(frozen=True)
class WantedOrder:
    """One certificate that a host requests; ``problem`` is the reason why it is not ordered."""

    host: BatchHost
    name: str
    job: Job | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Placed:
    """One certificate after the step: its result in the form of certum_certificates, and its pending order if any."""

    host: str
    result: CertificateResult
    pending: PendingOrder | None = None
    diff: OrderDifference | None = None


@dataclass(frozen=True)
class Placement:
    """The result of the step for one account. ``to_withdraw`` are records that the operator's tasks withdraw."""

    placed: Sequence[Placed]
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    to_withdraw: Sequence[HostRoute] = ()


def place_orders(api: PartnerApi, hosts: Sequence[BatchHost], *, check_mode: bool) -> Placement:
    """Place the due orders, each at most once. The account is read at most once for all hosts."""
    read = [wanted for host in hosts for wanted in _read_all(host)]
    asked, warnings, notes = _inspected([each for each in read if each.job], check_mode=check_mode)
    asked = _with_obstacles(asked)
    wanted = [each.job for each in asked if each.job]
    jobs = wanted
    try:
        jobs = hold_back(api, [(each.host.clock, job) for each, job in zip(asked, wanted)])
        jobs = with_live_orders(api, jobs)
        outcomes, ends = _obtain(api, jobs, check_mode=check_mode), check_mode
    except AuthenticationError as error:
        outcomes, ends = _after_refusal(jobs, error), True
    done = [_placed(api, each, job, outcome, ends=ends) for each, job, outcome in zip(asked, jobs, outcomes)]
    refused = [_refused(each) for each in read if each.problem]
    warnings += [f"{each.host.name}: {each.name}: {job.warning}" for each, job in zip(asked, jobs) if job.warning]
    left = [(each.host, each.job.item) for each, outcome in zip(asked, outcomes) if each.job and is_done(outcome)]
    not_withdrawn, by_tasks = ([], []) if check_mode else withdraw_left(left)
    warnings += not_withdrawn
    reported = {
        each.host.name for each, before, after in zip(asked, wanted, jobs) if after.problem and not before.problem
    }
    clocks = [host.clock for host in hosts if host.clock and host.name not in reported]
    warnings += clock_warnings(clocks, controller_ahead=api.controller_ahead())
    return Placement([*refused, *done], warnings, notes, by_tasks)


def unsent_orders(hosts: Sequence[BatchHost], error: SettingsError) -> list[Placed]:
    """Return the results of a step that sent nothing, so that a host does not record an order as perhaps sent."""
    read = [wanted for host in hosts for wanted in _read_all(host)]
    jobs = [(each.host.name, each.job) for each in read if each.job]
    return [Placed(host, result_of(_not_sent(job, error), job.order)) for host, job in jobs]


def _inspected(wanted: Sequence[WantedOrder], *, check_mode: bool) -> tuple[list[WantedOrder], list[str], list[str]]:
    """Return the certificates, the warnings and the notes. A certificate with a mistake is not sent."""
    found = inspect([(each.host, each.job.item) for each in wanted if each.job], check_mode=check_mode)
    warnings = [f"{each.host.name}: {words}" for each, seen in zip(wanted, found) for words in seen.warnings]
    notes = [f"{each.host.name}: {words}" for each, seen in zip(wanted, found) for words in seen.notes]
    kept = [replace(each, job=_held_back(each, seen.mistakes)) for each, seen in zip(wanted, found)]
    return kept, warnings, notes


def _held_back(wanted: WantedOrder, mistakes: Sequence[Problem]) -> Job | None:
    """Return the job, with its mistakes as the problem for which it is not sent."""
    if wanted.job is None or not mistakes:
        return wanted.job
    return replace(wanted.job, reason=None, problem=joined(mistake.about(wanted.name) for mistake in mistakes))


def _with_obstacles(wanted: Sequence[WantedOrder]) -> list[WantedOrder]:
    """Return the certificates. One whose validation record cannot be published is not sent."""
    found = obstacles([(each.host, each.job.item) for each in wanted if each.job])
    return [replace(each, job=_held_back(each, [problem])) if problem else each for each, problem in zip(wanted, found)]


def is_done(outcome: Outcome) -> bool:
    """Return whether the CA has decided about the order, so that it looks for no record any more."""
    return outcome.placed and outcome.state in (State.ISSUED, State.REJECTED)


def _read_all(host: BatchHost) -> list[WantedOrder]:
    """Return the certificates that the host requests, each name once: a second key of a name is a second purchase."""
    found: dict[str, WantedOrder] = {}
    for item in host.orders:
        wanted = _read(host, item)
        found[wanted.name] = replace(wanted, job=None, problem=_twice(wanted)) if wanted.name in found else wanted
    return [*found.values(), *(WantedOrder(host, each.name or "", problem=each) for each in host.refused)]


def _twice(wanted: WantedOrder) -> Problem:
    remedy = "Nothing was sent. Check the host: it may be compromised."
    return Problem(f"the host requests this certificate more than once. {remedy}", remedy).about(quote(wanted.name, 80))


def _read(host: BatchHost, item: OrderItem) -> WantedOrder:
    name = str(item.get("name"))
    try:
        kept = within_declaration(
            item,
            host=host.owner_of(name),
            declared=host.items,
            read=host.declarations,
            assigned=host.assigned.get(name),
        )
        order = _bounded(host, read_order(kept))
    except InvalidOrderError as error:
        return WantedOrder(host, name, problem=problem_of(error))
    return WantedOrder(host, name, Job(item=kept, order=order, reason=DUE))


def _bounded(host: BatchHost, order: Order) -> Order:
    """Return the order with the limits of its declaration."""
    declaration, given = host.declarations[order.name], host.items[order.name].get("customer")
    return replace(
        order,
        declared=frozenset(declaration.names),
        own_customer=is_own_customer(order.customer, declared=given, host=host.owner_of(order.name), name=order.name),
        given_customer=given or "",
        allow_duplicate=declaration.allow_duplicate,
        purchase=host.settings.purchase,
        duplicate_of=host.duplicates.get(order.name, ""),
        shared=_shared_limit(host.assigned.get(order.name)),
    )


def _shared_limit(assigned: Assignment | None) -> SharedLimit | None:
    if assigned is None:
        return None
    return SharedLimit(
        group=assigned["group"],
        held=assigned["held"],
        outside=tuple(assigned["outside"]),
        replace=assigned["replace"],
    )


def _obtain(api: PartnerApi, jobs: Sequence[Job], *, check_mode: bool) -> list[Outcome]:
    """Advance each order without waiting. A validation code that the host may know is not requested again."""
    due = [job.order for job in jobs if job.reason]
    if check_mode:
        outcomes = iter(predict_all(api, due))
    else:
        obtain = Obtain(api=api, trigger=False, may_ask_for_code=_never)
        patience = Patience(timeout=0, longest_pause=1)
        outcomes = iter(obtain_all(obtain, due, patience=patience, workers=WORKERS))
    return [next(outcomes) if job.reason else _not_asked(job, job.problem) for job in jobs]


def _after_refusal(jobs: Sequence[Job], error: AuthenticationError) -> list[Outcome]:
    """Return the outcomes after the CA refused the account. Orders that this run did not send are not ordered."""
    sent = iter(error.outcomes if isinstance(error, AccountRefusedError) else ())
    return [next(sent, None) or _not_sent(job, error) if job.reason else _not_asked(job, job.problem) for job in jobs]


def _not_sent(job: Job, error: CertumError) -> Outcome:
    """Return the outcome of an order that this run did not send. An earlier run may have sent or placed it."""
    outcome = not_placed(job.order, error)
    return replace(outcome, state=State.UNKNOWN) if job.order.sent is Sent.YES else outcome


def _never(_order: Order) -> bool:
    return False


def _not_asked(job: Job, problem: Problem | None) -> Outcome:
    order = job.order
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.UNKNOWN if order.sent.is_uncertain else State.NOT_ORDERED,
        reason=nothing_placed(order),
        problem=problem,
    )


def _placed(api: PartnerApi, wanted: WantedOrder, job: Job, outcome: Outcome, *, ends: bool) -> Placed:
    result = result_of(outcome, job.order, environment=api.environment)
    goes_on = outcome.state is State.PENDING and outcome.placed and not ends
    return Placed(
        wanted.host.name,
        result,
        _pending(wanted, job, outcome) if goes_on else None,
        difference(job, outcome, host=wanted.host.name) if outcome.changed else None,
    )


def _pending(wanted: WantedOrder, job: Job, outcome: Outcome) -> PendingOrder:
    host = wanted.host
    return {
        "host": host.name,
        "name": outcome.name,
        "item": next_item(job.item, job.order, outcome),
        "places": places(host.declarations[outcome.name], directory=host.directory_of(outcome.name)),
        "published": False,
        "validated": False,
        "attempts": 0,
        "void_codes": [],
        "too_many_checks": False,
        "failure": None,
        "waited": 0.0,
        "records_waited": 0.0,
        "ca_codes": _codes_of_ca(job, outcome),
        "records": [],
    }


def _codes_of_ca(job: Job, outcome: Outcome) -> list[str]:
    """Return the code if the CA has just sent it. The code of an existing order is what the host reports."""
    code = outcome.validation.code if outcome.validation else None
    return [code] if code and code != job.order.validation_code else []


def _refused(wanted: WantedOrder) -> Placed:
    """Return the result of a certificate that is not ordered. Without an order the host's record stays as it is."""
    outcome = Outcome(name=wanted.name, order_id="", state=State.UNKNOWN, reason=NOT_ORDERED, problem=wanted.problem)
    return Placed(wanted.host.name, result_of(outcome))
