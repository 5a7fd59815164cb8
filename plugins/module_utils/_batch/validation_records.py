# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation records of a round: publish them, wait for all name servers, and withdraw them.

Private to the collection. The controller publishes only codes that the CA sent to it in this run. A code that a host
reports is used only if DNS has it already: otherwise a compromised host could have any value published.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._dns_records.authoritative_servers import Watch, words_of_lag
from .._dns_records.provider_access import publish, withdraw
from .._dns_records.record_routing import RoutingError
from .._handover.problems import Problem, joined, problem_of
from .._handover.terms import State
from .._handover.waits import Wait, WaitsFor
from .record_plans import Places, Plan, has_provider, items_of, key_of, routes_of, uses_tasks
from .validation_codes import without_code
from .wait_board import WaitBoard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .._dns_records.authoritative_servers import NameServer
    from .._dns_records.provider_access import Failed
    from .._dns_records.record_routing import Route
    from .._handover.batches import BatchOrders, PendingOrder, RecordItem
    from .batch_host import BatchHost
    from .record_plans import Key
    from .record_tasks import HostRoute

    Withdrawal = tuple[list[str], list[HostRoute]]

LINGER = 10.0
"""Seconds for which orders whose records are visible wait for those whose records are not."""
PUBLISH_AGAIN = 15.0
"""Seconds after which a record is published again: another run, or another host, may have overwritten the change."""
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.1, 5.0, 2.0


@dataclass
class RecordsRound:
    """The pending orders before validation is triggered.

    ``late`` are the orders whose records are not on all name servers yet: another round waits for them. ``problems``
    are those of orders whose records could not be published, or not in time.
    """

    pending: list[PendingOrder]
    late: set[Key] = field(default_factory=set)
    problems: dict[Key, Problem] = field(default_factory=dict)

    def replace(self, order: PendingOrder) -> None:
        """Put a pending order in the place of its former state."""
        self.pending = [order if key_of(each) == key_of(order) else each for each in self.pending]

    def fail(self, key: Key, problems: Iterable[Problem]) -> None:
        """Keep an order out of this round, with the reason."""
        self.problems[key] = joined(each.about(key[1]) for each in problems)


def publish_records(
    hosts: Mapping[str, BatchHost],
    orders: BatchOrders,
    failed_values: Collection[str] = (),
    board: WaitBoard | None = None,
) -> RecordsRound:
    """Publish the records of all orders whose turn it is, and wait until every name server has them.

    ``failed_values`` are the values of records that the operator's tasks did not publish: nothing waits for them.
    ``board`` shows the wait.
    """
    done = RecordsRound(list(orders["pending"]))
    try:
        _publish_records(done, hosts, orders, failed_values, board or WaitBoard())
    except Exception as error:
        for order in orders["pending"]:
            if _needs_records(hosts, order):
                done.fail(key_of(order), [_defect(error)])
    return done


def _defect(error: Exception) -> Problem:
    """Return the problem of an unexpected error, without its text, which could have a secret."""
    remedy = "Report this message as a defect of certops.certum."
    return Problem(f"an unexpected error at the DNS records: {type(error).__name__}. {remedy}", remedy)


def _publish_records(
    done: RecordsRound,
    hosts: Mapping[str, BatchHost],
    orders: BatchOrders,
    failed_values: Collection[str],
    board: WaitBoard,
) -> None:
    places = Places()
    plans: dict[Key, Plan] = {}
    servers: dict[Key, dict[Route, list[NameServer]]] = {}
    for order in orders["pending"]:
        if not _needs_records(hosts, order):
            continue
        try:
            if plan := places.plan(hosts[order["host"]], order, orders):
                servers[plan.key] = {each: places.servers(plan.host, each) for each in plan.routes}
                plans[plan.key] = plan
                done.replace({**order, "records": [*order["records"], *_new_items(plan)]})
        except RoutingError as error:
            done.fail(key_of(order), [problem_of(error)])
    with board.during(_publish, _waits(plans.values(), WaitsFor.PROVIDER)):
        _publish(done, [each for each in plans.values() if each.is_from_ca])
    reported = [each for each in plans.values() if not each.is_from_ca]
    _use_if_visible(done, reported, Watch(_of(servers, reported)))
    failed = [each for each in plans.values() if any(route.value in failed_values for route in each.routes)]
    _stop_unless_visible(done, failed, Watch(_of(servers, failed)))
    going = [each for key, each in plans.items() if each.is_from_ca and key not in done.problems]
    with board.during(_wait, _waits(going, WaitsFor.NAME_SERVERS)):
        _wait(done, going, Watch(_of(servers, going)))


def _waits(plans: Iterable[Plan], what: WaitsFor) -> list[Wait]:
    now = time.monotonic()
    return [
        Wait(": ".join(plan.key), what, now - plan.order["records_waited"], now + max(plan.seconds_left, 0.0))
        for plan in plans
    ]


def _needs_records(hosts: Mapping[str, BatchHost], order: PendingOrder) -> bool:
    host = hosts.get(order["host"])
    if host is None or not order["published"] or order["validated"]:
        return False
    return has_provider(host, host.declarations[order["name"]].method)


def _new_items(plan: Plan) -> list[RecordItem]:
    return [each for each in items_of(plan) if each not in plan.order["records"]]


def _of(
    servers: Mapping[Key, Mapping[Route, list[NameServer]]], plans: Iterable[Plan]
) -> dict[Route, list[NameServer]]:
    return {route: found for plan in plans for route, found in servers[plan.key].items()}


def _publish(done: RecordsRound, plans: Sequence[Plan]) -> None:
    """Publish what the controller itself publishes. The tasks of the operator have published their records before."""
    failed = publish(each for plan in plans for each in plan.routes if each.provider.publishes)
    for plan in plans:
        if found := [failed[each] for each in plan.routes if each in failed]:
            done.fail(plan.key, _not_published(found))


def _not_published(failed: Iterable[Failed]) -> list[Problem]:
    return [Problem(f"not published: {each.text}", each.remedy) for each in failed]


def _use_if_visible(done: RecordsRound, plans: Sequence[Plan], watch: Watch) -> None:
    """Void the codes that only a host reports and that DNS does not have. The CA then sends a new one."""
    if not plans:
        return
    watch.look()
    for plan in plans:
        if any(watch.lagging(each) for each in plan.routes):
            order = next(each for each in done.pending if key_of(each) == plan.key)
            void = [*order["void_codes"], plan.code]
            done.replace({**order, "item": without_code(order["item"]), "void_codes": void})


def _stop_unless_visible(done: RecordsRound, plans: Sequence[Plan], watch: Watch) -> None:
    """Keep the orders of failed tasks out of this round. Tasks may have published a record before they failed."""
    if not plans:
        return
    watch.look()
    for plan in plans:
        if lagging := _words_of_lag(plan, watch):
            remedy = "Validation was not triggered. Correct the tasks, then run again."
            text = f"not on all name servers, because your tasks failed: {lagging}. {remedy}"
            done.fail(plan.key, [Problem(text, remedy)])


def _wait(done: RecordsRound, plans: Sequence[Plan], watch: Watch) -> None:
    """Wait until all name servers have the records of all orders, or until it is the turn of the others."""
    if not plans:
        return
    began, pause, again = time.monotonic(), FIRST_PAUSE, PUBLISH_AGAIN
    others = _others(done, plans)
    while True:
        watch.look()
        elapsed = time.monotonic() - began
        late = [plan for plan in plans if any(watch.lagging(each) for each in plan.routes)]
        over = [plan for plan in late if elapsed >= plan.seconds_left]
        has_ready = others or len(late) < len(plans)
        if len(late) == len(over) or (has_ready and elapsed >= _linger(late)):
            break
        if elapsed >= again:
            publish(each for plan in late for each in plan.routes if each.provider.publishes)
            again = elapsed + PUBLISH_AGAIN
        shortest = min(plan.seconds_left - elapsed for plan in late if plan not in over)
        time.sleep(min(pause, max(shortest, 0.0)))
        pause = min(pause * GROWTH, LONGEST_PAUSE)
    for plan in over:
        done.fail(plan.key, [_lag(plan, watch, elapsed)])
    done.late = {plan.key for plan in late if plan not in over}
    _count_time(done, plans, elapsed)


def _others(done: RecordsRound, plans: Sequence[Plan]) -> bool:
    """Return whether an order of the round waits for no records."""
    waiting = {*(plan.key for plan in plans), *done.problems}
    return any(order["published"] and key_of(order) not in waiting for order in done.pending)


def _linger(late: Sequence[Plan]) -> float:
    """Return the time to wait together. It doubles with every round, because each round triggers validation again."""
    return max(LINGER, min((plan.order["records_waited"] for plan in late), default=0.0))


def _lag(plan: Plan, watch: Watch, elapsed: float) -> Problem:
    seconds = plan.order["records_waited"] + elapsed
    remedy = (
        "Validation was not triggered. Check that these servers follow the primary server of the zone, or set "
        "certum_dns_timeout to a longer time. Then run again."
    )
    words = _words_of_lag(plan, watch)
    return Problem(f"not on all name servers after {seconds:.0f} seconds: {words}. {remedy}", remedy)


def _words_of_lag(plan: Plan, watch: Watch) -> str:
    """Return the name servers that do not have a record of the order; empty if all have them."""
    return "; ".join(
        f"the validation record {each} in zone {each.zone}: {words_of_lag(lagging)}"
        for each in plan.routes
        if (lagging := watch.lagging(each))
    )


def _count_time(done: RecordsRound, plans: Sequence[Plan], elapsed: float) -> None:
    """Count the time for all orders of the batch, except where certum_dns_timeout is a limit of its own."""
    own = {plan.key for plan in plans if plan.host.dns.timeout is not None}
    waited = {plan.key for plan in plans}
    done.pending = [
        {
            **order,
            "waited": order["waited"] + (0.0 if key_of(order) in own else elapsed),
            "records_waited": order["records_waited"] + (elapsed if key_of(order) in waited else 0.0),
        }
        for order in done.pending
    ]


def withdraw_records(hosts: Mapping[str, BatchHost], before: Sequence[PendingOrder], result: BatchOrders) -> Withdrawal:
    """Withdraw the records that are not needed any more.

    Return a warning for each that may still be there, and all records that are not needed any more: the operator's
    tasks withdraw their part of them.

    The record of a pending order stays, because the CA may still look for it (lifecycle.md 4.1): until the order is
    issued or rejected, has a problem, or gets another code.
    """
    try:
        return _withdraw_records(hosts, before, result)
    except Exception as error:
        return [_defect(error).text], []


def _withdraw_records(
    hosts: Mapping[str, BatchHost], before: Sequence[PendingOrder], result: BatchOrders
) -> Withdrawal:
    after = {key_of(each): each for each in result["pending"]}
    kept_pending = _pending(result, with_problem=False)
    leaving: dict[Key, list[Route]] = {}
    for order in before:
        key = key_of(order)
        if not order["records"] or key[0] not in hosts:
            continue
        code = after[key]["item"].get("validation_code") if key in after else None
        keeps_all = key not in after and key in kept_pending
        stays = [each for each in order["records"] if keeps_all or each["code"] == code]
        goes = [each for each in order["records"] if each not in stays]
        leaving[key] = list(routes_of(hosts, order, goes))
        if key in after:
            after[key]["records"] = stays
    failed = withdraw(each for routes in leaving.values() for each in routes if each.provider.publishes)
    later = _pending(result, with_problem=True)  # the next run knows their codes and withdraws them
    warnings = [
        f"{key[0]}: {key[1]}: not withdrawn: {failed[each].text}"
        for key, routes in leaving.items()
        for each in routes
        if each in failed and key not in later
    ]
    return warnings, [(hosts[key[0]], each) for key, routes in leaving.items() for each in routes]


def _pending(result: BatchOrders, *, with_problem: bool) -> Collection[Key]:
    """Return the orders that the CA has not decided about, with or without a problem."""
    return {
        (host, each["name"])
        for host, share in result["hosts"].items()
        for each in share["certificates"]
        if each["state"] == State.PENDING and bool(each["problem"]) is with_problem
    }


def to_publish_by_tasks(hosts: Mapping[str, BatchHost], result: BatchOrders, places: Places) -> list[HostRoute]:
    """Return the records that the operator's tasks publish before the next round, and others of the same orders.

    A record without a place is left out: the next round finds the reason and reports it.
    """
    routes: list[HostRoute] = []
    for order in result["pending"]:
        if not (_needs_records(hosts, order) and uses_tasks(hosts[order["host"]])):
            continue
        try:
            plan = places.plan(hosts[order["host"]], order, result)
        except RoutingError:
            continue
        if plan and plan.is_from_ca and not any(each["code"] == plan.code for each in order["records"]):
            routes += [(plan.host, each) for each in plan.routes]
    return routes
