# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records for the operator's own tasks, with all values that the name of a record has to have afterwards.

Private to the collection. Many modules and providers replace all values of a name at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._dns_records.authoritative_servers import values_at
from .._dns_records.provider_settings import DEFAULT_TTL, TASKS
from .._dns_records.record_routing import RoutingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._dns_records.record_routing import Route
    from .._handover.batches import RecordTasks, TaskFile, TaskRecord
    from .batch_host import BatchHost
    from .record_plans import Places

    HostRoute = tuple[BatchHost, Route]


def record_tasks(places: Places, *, present: Iterable[HostRoute], absent: Iterable[HostRoute]) -> RecordTasks:
    """Return the records that the tasks publish, and those that they withdraw before."""
    going, coming = _of_tasks(absent), _of_tasks(present)
    before = {route: _values(places, host, route) for route, host in {**going, **coming}.items()}
    left = {route: before[route] - _same_name(route, going) for route in before}
    return {
        "absent": _files({route: left[route] for route in going}),
        "present": _files({route: left[route] | _same_name(route, coming) for route in coming}),
    }


def _of_tasks(routes: Iterable[HostRoute]) -> dict[Route, BatchHost]:
    return {route: host for host, route in routes if route.provider.provider == TASKS}


def _values(places: Places, host: BatchHost, route: Route) -> set[str]:
    """Return the values that are there; a name that cannot be looked up counts as empty."""
    try:
        return values_at(route, places.servers(host, route))
    except RoutingError:
        return set()


def _same_name(route: Route, others: Iterable[Route]) -> set[str]:
    return {each.value for each in others if (each.name, each.type) == (route.name, route.type)}


def _files(values: dict[Route, set[str]]) -> list[TaskFile]:
    files: dict[str, list[TaskRecord]] = {}
    for route, wanted in values.items():
        record: TaskRecord = {
            "name": route.name,
            "type": route.type,
            "value": route.value,
            "all_values": sorted(wanted if route.type == "TXT" else wanted & {route.value}),
            "ttl": route.provider.ttl or DEFAULT_TTL,
            "zone": route.zone,
        }
        records = files.setdefault(route.provider.options["file"], [])
        records += [] if record in records else [record]
    return [{"file": file, "records": records} for file, records in files.items()]
