# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation records around the step ``order``: can they be published, and did an earlier run leave some?

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._dns_records.provider_access import check, withdraw
from .._dns_records.record_routing import RoutingError
from .._handover.problems import Problem
from .._handover.terms import NEVER_SENT, Operation
from .._lifecycle.publication import publication
from .record_plans import Places, has_provider, is_only_for_the_ca
from .validation_codes import CODE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._dns_records.provider_access import Failed
    from .._dns_records.record_routing import Route
    from .._handover.order_items import OrderItem
    from .batch_host import BatchHost
    from .record_tasks import HostRoute


def obstacles(items: Sequence[tuple[BatchHost, OrderItem]]) -> list[Problem | None]:
    """Return for each item the reason why its records could not be published, found before anything is ordered.

    A reissue is left out: the CA may not validate its names again.
    """
    places = Places()
    found = [_routes_before(places, host, item) for host, item in items]
    failed = check(
        each for routes in found if not isinstance(routes, Problem) for each in routes if each.provider.publishes
    )
    return [
        routes if isinstance(routes, Problem) else _first_failure(str(item.get("name")), routes, failed)
        for (dummy, item), routes in zip(items, found)
    ]


def _routes_before(places: Places, host: BatchHost, item: OrderItem) -> tuple[Route, ...] | Problem:
    """Return the places of the records, still without a code; empty if nothing has to be checked."""
    declaration = host.declarations[str(item.get("name"))]
    is_paid = item.get("operation") != Operation.REISSUE and item.get("sent") not in NEVER_SENT
    if not (is_paid and has_provider(host, declaration.method)):
        return ()
    try:
        return places.routes(host, publication(method=declaration.method, code="", names=declaration.names).records)
    except RoutingError as error:
        return _not_ordered(declaration.name, str(error), error.remedy)


def _not_ordered(name: str, words: str, remedy: str) -> Problem:
    return Problem(f"nothing was ordered, because {words}", remedy).about(name)


def _first_failure(name: str, routes: Sequence[Route], failed: Mapping[Route, Failed]) -> Problem | None:
    found = next((failed[each] for each in routes if each in failed), None)
    return _not_ordered(name, f"records cannot be published: {found.text}", found.remedy) if found else None


def withdraw_left(items: Sequence[tuple[BatchHost, OrderItem]]) -> tuple[list[str], list[HostRoute]]:
    """Withdraw the records that an earlier run left for orders that are done.

    Return a warning for each that stays, and all these records: the operator's tasks withdraw their part of them. Only
    the host knows the code of such an order, so a record is removed only where nothing but the CA looks.
    """
    places, warnings = Places(), []
    leaving: dict[Route, BatchHost] = {}
    names: dict[Route, str] = {}
    for host, item in items:
        name, code = str(item.get("name")), item.get("validation_code")
        method = host.declarations[name].method
        if not (code and CODE.match(code) and has_provider(host, method)):
            continue
        records = publication(method=method, code=code, names=host.declarations[name].names).records
        try:
            routes = places.routes(host, records)
        except RoutingError as error:
            warnings.append(f"{host.name}: {name}: records of an earlier run were not withdrawn: {error}")
            continue
        leaving.update({each: host for each in routes if is_only_for_the_ca(each)})
        names.update(dict.fromkeys(routes, name))
    failed = withdraw(each for each in leaving if each.provider.publishes)
    warnings += [f"{leaving[each].name}: {names[each]}: not withdrawn: {failed[each].text}" for each in failed]
    return warnings, [(host, each) for each, host in leaving.items()]
