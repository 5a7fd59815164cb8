# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of certum_certificate and certum_certificates.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .._handover.problems import Problem, ended, joined, problem_of
from .._handover.reasons import Reason, ReasonCode, summary
from .._handover.terms import State
from .._issuance.concurrency import obtain_all
from .._issuance.destination_files import (
    Destination,
    DestinationError,
    lack_at,
    recall,
    remember,
    supply,
    why_needed,
    write,
)
from .._issuance.fetching import fetch_again
from .._issuance.jobs import Job, difference, with_live_orders
from .._issuance.obtaining import Obtain, nothing_placed
from .._issuance.order_conversion import next_item, read_orders, result_of
from .._issuance.outcome import Outcome
from .._issuance.prediction import predict_all
from .._issuance.waiting import Patience
from .._lifecycle.declaration import only_set
from .._partner_api.api_errors import CertumError
from .._store.store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._handover.order_items import OrderItem
    from .._issuance.destination_files import Lack
    from .._issuance.ordered_certificate import Order
    from .._partner_api.client import PartnerApi

OF_MANY = ("problem", "public_key_sha256", "term_end", "environment")
"""The values that only certum_certificates returns for each certificate."""


def make_certificates(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Advance every certificate of ``params`` as far as possible, and return the result of the module."""
    now = datetime.now(timezone.utc)
    items: list[OrderItem] = params["certificates"]
    jobs = with_live_orders(api, _read_jobs(items, read_orders(items), now=now))
    due = [job for job in jobs if job.reason]
    outcomes = predict_all(api, [job.order for job in due]) if check_mode else _obtain_all(api, due, params)
    backups: list[str] = []
    if not check_mode:
        outcomes = [_keep(job, outcome, now=now, backups=backups) for job, outcome in zip(due, outcomes)]
    found = iter(outcomes)
    everything = [next(found) if job.reason else _not_due(api, job, check_mode=check_mode) for job in jobs]
    pending = [
        next_item(job.item, job.order, outcome)
        for job, outcome in zip(due, outcomes)
        if outcome.state is State.PENDING and outcome.placed and not check_mode
    ]
    return {**_result(jobs, everything, api.environment), "orders": pending, "backup_files": backups}


def current_certificates(params: Mapping[str, Any], environment: str | None) -> dict[str, Any] | None:
    """Return the result of make_certificates if no certificate is due and no file is missing, otherwise None."""
    items: list[OrderItem] = params["certificates"]
    jobs = _read_jobs(items, read_orders(items), now=datetime.now(timezone.utc))
    if any(job.reason or job.problem or job.lack for job in jobs):
        return None
    return {**_result(jobs, [_current(job.order) for job in jobs], environment), "orders": [], "backup_files": []}


def _result(jobs: Sequence[Job], outcomes: Sequence[Outcome], environment: str | None) -> dict[str, Any]:
    return {
        **ended([outcome.problem for outcome in outcomes if outcome.problem]),
        "changed": any(outcome.changed for outcome in outcomes),
        "reason": summary(
            ((outcome.name, outcome.reason) for outcome in outcomes), otherwise="no certificate was requested"
        ).shown(),
        "certificates": [
            result_of(outcome, job.order, environment=environment) for job, outcome in zip(jobs, outcomes)
        ],
        "diff": [difference(job, outcome) for job, outcome in zip(jobs, outcomes) if outcome.changed],
    }


def _read_jobs(items: Sequence[OrderItem], orders: Sequence[Order], *, now: datetime) -> list[Job]:
    return [_read_job(item, order, now=now) for item, order in zip(items, orders)]


def _read_job(item: OrderItem, order: Order, *, now: datetime) -> Job:
    try:
        order = recall(item, order)
        reason = why_needed(order, item, now=now)
        return Job(item=item, order=order, reason=reason, lack=None if reason else lack_at(Destination.of(item)))
    except DestinationError as error:
        return Job(item=item, order=order, reason=None, problem=problem_of(error))


def _obtain_all(api: PartnerApi, due: Sequence[Job], params: Mapping[str, Any]) -> list[Outcome]:
    patience = Patience.of(params)
    obtain = Obtain(api=api, trigger=params["trigger_validation"])
    return obtain_all(obtain, [job.order for job in due], patience=patience, workers=params["concurrency"])


def _keep(job: Job, outcome: Outcome, *, now: datetime, backups: list[str]) -> Outcome:
    """Write the certificate. A write error becomes a problem of this certificate and affects nothing else."""
    try:
        if outcome.issued:
            destination = Destination.of(job.item)
            backups += write(destination, outcome.issued, backup=bool(job.item.get("backup")), now=now)
            outcome = _add_problem(outcome, destination.problem(outcome.issued))
        remember(job.item, job.order, outcome)
    except StoreError as error:
        return _add_problem(outcome, problem_of(error))
    return outcome


def _add_problem(outcome: Outcome, problem: Problem | None) -> Outcome:
    if problem is None:
        return outcome
    return replace(outcome, problem=joined([*filter(None, [outcome.problem]), problem.about(outcome.name)]))


def _not_due(api: PartnerApi, job: Job, *, check_mode: bool) -> Outcome:
    order = job.order
    if job.problem:
        return Outcome(
            name=order.name,
            order_id=order.order_id,
            state=State.UNKNOWN if order.sent.is_uncertain else State.NOT_ORDERED,
            reason=nothing_placed(order),
            problem=job.problem,
        )
    return _supplied(api, job, job.lack, check_mode=check_mode) if job.lack else _current(order)


def _supplied(api: PartnerApi, job: Job, lack: Lack, *, check_mode: bool) -> Outcome:
    """Fetch a current certificate again, to write the files that are missing beside it."""
    outcome = _current(job.order)
    outcome = replace(outcome, reason=Reason(ReasonCode.FILES_MISSING, f"{outcome.reason}, {lack.words}"))
    if check_mode:
        return replace(outcome, changed=True)
    destination = Destination.of(job.item)
    try:
        issued = fetch_again(api, job.order, serial_number=lack.serial_number)
        changed = supply(destination, lack, issued)
    except (CertumError, StoreError) as error:
        return _add_problem(outcome, problem_of(error))
    return _add_problem(replace(outcome, changed=changed), destination.problem(issued))


def _current(order: Order) -> Outcome:
    reason = Reason(ReasonCode.CURRENT, "the certificate is current")
    return Outcome(name=order.name, order_id=order.order_id, state=State.CURRENT, reason=reason, placed=True)


def make_certificate(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return the result of certum_certificate, whose options are those of a single certificate."""
    return _of_one(
        make_certificates(api, {**params, "certificates": [only_set(params)], "concurrency": 1}, check_mode=check_mode)
    )


def current_certificate(params: Mapping[str, Any], environment: str | None) -> dict[str, Any] | None:
    """Return the same if the certificate is not due and no file is missing, otherwise None."""
    found = current_certificates({"certificates": [only_set(params)]}, environment)
    return found and _of_one(found)


def _of_one(result: Mapping[str, Any]) -> dict[str, Any]:
    (only,) = result["certificates"]
    return {
        **{key: value for key, value in result.items() if key not in ("certificates", "orders")},
        **{key: value for key, value in only.items() if key not in OF_MANY},
    }
