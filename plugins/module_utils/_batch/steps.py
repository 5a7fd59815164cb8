# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a batch, for all its hosts and accounts in one process.

Private to the collection. Accounts are processed in parallel and never see each other's orders. Credentials that the CA
has refused are not tried again in the run.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import Problem, problem_of
from .._handover.reasons import as_reason, summary
from .._handover.waits import Wait, WaitsFor
from .._partner_api.api_errors import CertumError, SettingsError
from . import validation_queue
from .order_step import place_orders, unsent_orders
from .record_plans import Places, key_of
from .record_tasks import record_tasks
from .removal_step import removal_of, settle, without_ca
from .validation_records import publish_records, to_publish_by_tasks, withdraw_records
from .validation_round import validate_round
from .wait_board import WaitBoard, waits_without_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from .._handover.batches import (
        BatchOrders,
        BatchRemovals,
        HostOrders,
        HostRemovals,
        OrderDifference,
        OrderedBatch,
        PendingOrder,
        RecordTasks,
    )
    from .._handover.certificate_results import CertificateResult
    from .._handover.problems import ShownProblem
    from .._partner_api.client import PartnerApi
    from .batch_host import Account, BatchHost
    from .record_plans import Key
    from .record_tasks import HostRoute

    OpenApi = Callable[[Account], PartnerApi]
    HostResult = tuple[str, CertificateResult]
    """The name of a host, and a result in the form of certum_certificates."""

ACCOUNTS_AT_ONCE = 4
WORKERS = 8
NOTHING = "no order is left to process"


@dataclass
class StepOutcome:
    """The result of one step with one account. All hosts of the account have ``problem``."""

    results: list[HostResult] = field(default_factory=list)
    pending: list[PendingOrder] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    diffs: list[OrderDifference] = field(default_factory=list)
    to_withdraw: list[HostRoute] = field(default_factory=list)
    problem: Problem | None = None


def order(
    open_api: OpenApi, hosts: Sequence[BatchHost], *, check_mode: bool, board: WaitBoard | None = None
) -> OrderedBatch:
    """Place the orders of all hosts and return the batch. ``board`` shows the wait."""
    shown = board or WaitBoard()

    def step(account: Account, group: Sequence[BatchHost]) -> StepOutcome:
        try:
            opened = open_api(account)
        except SettingsError as error:
            results = [(each.host, each.result) for each in unsent_orders(group, error)]
            return StepOutcome(results=results, problem=problem_of(error))
        names = [f"{host.name}: {item.get('name')}" for host in group for item in host.orders]
        with opened as api, shown.during(account, waits_without_limit(names, WaitsFor.ORDER)):
            placement = place_orders(api, group, check_mode=check_mode)
        return StepOutcome(
            results=[(each.host, each.result) for each in placement.placed],
            pending=[each.pending for each in placement.placed if each.pending],
            warnings=list(placement.warnings),
            notes=list(placement.notes),
            diffs=[each.diff for each in placement.placed if each.diff],
            to_withdraw=list(placement.to_withdraw),
        )

    steps = _for_each_account(hosts, step)
    empty: HostOrders = {"certificates": [], "publish": [], "problems": []}
    before: BatchOrders = {
        "changed": False,
        "reason": summary((), otherwise=NOTHING).shown(),
        "hosts": {host.name: empty for host in hosts},
        "pending": [],
        "again": False,
        "troubles": {},
        "warnings": [],
        "record_tasks": {"present": [], "absent": []},
    }
    result = _result(before, hosts, steps)
    absent = [each for found in steps.values() for each in found.to_withdraw]
    return {
        **result,
        "record_tasks": _tasks({host.name: host for host in hosts}, result, absent),
        "warnings": list(dict.fromkeys(warning for found in steps.values() for warning in found.warnings)),
        "notes": [note for found in steps.values() for note in found.notes],
        "diff": [diff for found in steps.values() for diff in found.diffs],
    }


def validate(
    open_api: OpenApi,
    hosts: Sequence[BatchHost],
    before: BatchOrders,
    failed_values: Collection[str] = (),
    board: WaitBoard | None = None,
) -> BatchOrders:
    """Validate one round of pending orders, and wait. The orders of a host that left the batch stay as they are.

    ``failed_values`` are those of records that the operator's tasks did not publish. ``board`` shows the wait.
    """
    by_name = {host.name: host for host in hosts}
    shown = board or WaitBoard()
    records = publish_records(by_name, before, failed_values, shown)
    stopped = {*records.late, *records.problems}
    waiting = [each for each in records.pending if each["host"] in by_name and not each["published"]]

    def step(account: Account, group: Sequence[BatchHost]) -> StepOutcome:
        names = {host.name for host in group}
        own = [each for each in records.pending if each["host"] in names]
        published = [each for each in own if each["published"] and key_of(each) not in stopped]
        with open_api(account) as api:
            validated, elapsed = validate_round(
                api, by_name, published, waiting, is_short=bool(records.late), board=shown
            )
        others = [each for each in own if not each["published"] or key_of(each) in records.late]
        return StepOutcome(
            results=[
                *((later["host"], result) for later, result, _goes_on in validated),
                *_stopped(before, records.problems, names),
            ],
            pending=[
                *(later for later, _result, goes_on in validated if goes_on),
                *(validation_queue.passed_over(each, seconds=elapsed) for each in others),
            ],
        )

    with shown.during(validate, _in_line(by_name, waiting)):
        result = _result(before, hosts, _for_each_account(hosts, step))
    warnings, absent = withdraw_records(by_name, records.pending, result)
    return {**result, "warnings": warnings, "record_tasks": _tasks(by_name, result, absent)}


def _in_line(hosts: Mapping[str, BatchHost], waiting: Sequence[PendingOrder]) -> list[Wait]:
    """Return the orders that wait for a place."""
    now = time.monotonic()
    return [
        Wait(
            subject=": ".join(key_of(each)),
            what=WaitsFor.TURN,
            since=now - each["waited"],
            until=now + max(hosts[each["host"]].settings.wait_timeout - each["waited"], 0.0),
        )
        for each in waiting
    ]


def _tasks(hosts: Mapping[str, BatchHost], result: BatchOrders, absent: Sequence[HostRoute]) -> RecordTasks:
    places = Places()
    return record_tasks(places, present=to_publish_by_tasks(hosts, result, places), absent=absent)


def _stopped(before: BatchOrders, problems: Mapping[Key, Problem], hosts: Collection[str]) -> list[HostResult]:
    """Return the former results of orders whose records could not be published, with the problem."""
    return [
        (host, {**each, "problem": problem.shown()})
        for (host, name), problem in problems.items()
        if host in hosts
        for each in before["hosts"][host]["certificates"]
        if each["name"] == name
    ]


def _for_each_account(
    hosts: Sequence[BatchHost], step: Callable[[Account, Sequence[BatchHost]], StepOutcome]
) -> dict[Account, StepOutcome]:
    groups: dict[Account, list[BatchHost]] = {}
    for host in hosts:
        groups.setdefault(host.account, []).append(host)

    def guarded(account: Account) -> StepOutcome:
        try:
            return step(account, groups[account])
        except CertumError as error:
            return StepOutcome(problem=problem_of(error))
        except Exception as error:
            return StepOutcome(problem=_defect(error))

    with ThreadPoolExecutor(max_workers=ACCOUNTS_AT_ONCE) as pool:
        return dict(zip(groups, pool.map(guarded, groups)))


def _defect(error: Exception) -> Problem:
    remedy = "The next run finds every order that this run sent. Report this message as a defect of certops.certum."
    words = quote(f"{type(error).__name__}: {error}", 300)
    return Problem(f"certum_batch: an unexpected error: {words}. {remedy}", remedy, outcome_unknown=True)


def _result(before: BatchOrders, hosts: Sequence[BatchHost], steps: Mapping[Account, StepOutcome]) -> BatchOrders:
    """Return the batch with the results of a step. A host also publishes orders whose place has become free."""
    results = [result for found in steps.values() for result in found.results]
    pending = validation_queue.choose([each for found in steps.values() for each in found.pending])
    troubles = {
        **before["troubles"],
        **{host.name: found.problem.shown() for host in hosts if (found := steps[host.account]).problem},
    }
    freed = _keys(pending, published=True) - {(host, result["name"]) for host, result in results}
    return {
        "changed": any(result["changed"] for _host, result in results),
        "reason": summary(
            ((f"{host}: {each['name']}", as_reason(each["reason"])) for host, each in results), otherwise=NOTHING
        ).shown(),
        "hosts": {
            name: _share(
                name, share, results, freed, waiting=_keys(pending, published=False), trouble=troubles.get(name)
            )
            for name, share in before["hosts"].items()
        },
        "pending": pending,
        "again": bool(pending),
        "troubles": troubles,
        "warnings": [],
        "record_tasks": {"present": [], "absent": []},
    }


def _keys(pending: Sequence[PendingOrder], *, published: bool) -> set[tuple[str, str]]:
    return {(each["host"], each["name"]) for each in pending if each["published"] is published}


def _share(
    host: str,
    before: HostOrders,
    results: Sequence[HostResult],
    freed: Collection[tuple[str, str]],
    *,
    waiting: Collection[tuple[str, str]],
    trouble: ShownProblem | None,
) -> HostOrders:
    new = {result["name"]: result for name, result in results if name == host}
    certificates = list({**{each["name"]: each for each in before["certificates"]}, **new}.values())
    publish = [each for each in certificates if each["name"] in new or (host, each["name"]) in freed]
    found = [trouble, *(each["problem"] for each in certificates)]
    problems = {problem["text"]: problem for problem in found if problem}
    return {
        "certificates": certificates,
        "publish": [{**each, "validation": None} if (host, each["name"]) in waiting else each for each in publish],
        "problems": list(problems.values()),
    }


def remove(open_api: OpenApi, hosts: Sequence[BatchHost], *, check_mode: bool) -> BatchRemovals:
    """Revoke certificates that are declared absent with a reason; return the files that each host may remove."""
    removals = {host.name: removal_of(host) for host in hosts}
    settled: dict[str, HostRemovals] = {}
    changed: list[bool] = []

    def step(account: Account, group: Sequence[BatchHost]) -> StepOutcome:
        with open_api(account) as api, ThreadPoolExecutor(max_workers=WORKERS) as pool:
            found = pool.map(lambda host: settle(api, host, removals[host.name], check_mode=check_mode), group)
            for host, (share, revoked_now) in zip(group, found):
                settled[host.name] = share
                changed.append(revoked_now)
        return StepOutcome()

    steps = _for_each_account([host for host in hosts if removals[host.name].needs_ca], step)
    for host in hosts:
        if host.name not in settled:
            failed = steps.get(host.account)
            needs = removals[host.name].needs_ca
            settled[host.name] = without_ca(removals[host.name], failed.problem if failed and needs else None)
    revoked = (
        (f"{host}: {each['name']}", as_reason(each["reason"]))
        for host, share in settled.items()
        for each in share["revoked"]
    )
    return {
        "changed": any(changed),
        "reason": summary(revoked, otherwise="no certificate had to be revoked").shown(),
        "hosts": settled,
    }
