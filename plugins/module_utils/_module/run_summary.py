# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line for each certificate that a run of the role worked on for a host.

Private to the collection. Pure. The results of modules may have any shape: a host may return anything, and a module
that could not work at all returns only a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.reasons import ReasonCode
from .._handover.terms import State
from .registered_results import dicts_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Found = dict[str, Any]
LONGEST = 1500
DATE = 10
STATES = {
    State.PENDING.value: "order pending",
    State.REJECTED.value: "order rejected",
    State.NOT_ORDERED.value: "not ordered",
    State.UNKNOWN.value: "order state unknown",
}
"""Words for the states of an order that is not issued."""


def summary_lines(
    *,
    installed: object,
    certificates: object,
    deployed: object,
    removed: object,
    revoked: object = None,
    returned: object = None,
) -> list[str]:
    """Return a line for each certificate: its name, what was done, its dates, its order and its service.

    ``installed`` and ``removed`` are results of certum_install (``removed`` with state absent). ``deployed`` is the
    result of certum_deploy, and ``returned`` the one of its state rolled_back. ``certificates`` are the results of the
    orders of the host, ``revoked`` its certificates that the CA revoked.
    """
    on_disk = {each["name"]: each for each in _named(installed, "certificates")}
    orders = {each["name"]: each for each in _named({"all": certificates}, "all")}
    lines = [
        "; ".join(
            [
                f"{name}: {_reason(on_disk.get(name) or orders[name])}",
                *_dates(on_disk.get(name, {}), orders.get(name, {})),
                *_order(on_disk.get(name, {}), orders.get(name, {})),
                *(_return(name, returned) or _deployment(name, deployed, installed)),
            ]
        )
        for name in dict.fromkeys([*on_disk, *orders])
    ]
    lines += [
        "; ".join([f"{each['name']}: {_reason(each)}", *_revocations(each["name"], revoked)])
        for each in _named(removed, "certificates")
    ]
    return [quote(line, LONGEST) for line in lines]


def _named(result: object, key: str) -> list[Found]:
    return [each for each in dicts_in(result, key) if isinstance(each.get("name"), str)]


def service_notes(*results: object) -> list[str]:
    """Return the notes about services that do not run or were not verified, from results of certum_deploy."""
    found = [result.get("notes") for result in results if isinstance(result, dict)]
    notes = [note for each in found if isinstance(each, list) for note in each if isinstance(note, str)]
    return [quote(note, LONGEST) for note in dict.fromkeys(notes)]


def _reason(found: Mapping[str, Any]) -> str:
    reason = found.get("reason")
    return str(reason.get("text")) if isinstance(reason, dict) else ""


def _code(found: Mapping[str, Any]) -> str:
    reason = found.get("reason")
    return str(reason.get("code")) if isinstance(reason, dict) else ""


def _dates(on_disk: Mapping[str, Any], order: Mapping[str, Any]) -> Iterator[str]:
    if on_disk.get("not_after"):
        yield f"valid until {_day(on_disk['not_after'])}"
    if on_disk.get("next_due") and order.get("state") in (None, State.ISSUED.value):
        yield f"next due on {_day(on_disk['next_due'])}"


def _order(on_disk: Mapping[str, Any], order: Mapping[str, Any]) -> Iterator[str]:
    """Yield the state of an order that is not issued, with its reason."""
    if not on_disk or not order or order.get("state") == State.ISSUED.value:
        return
    state = str(order.get("state"))
    is_placed = state in (State.PENDING.value, State.REJECTED.value) and on_disk.get("ordered")
    ordered = f" (ordered on {_day(on_disk['ordered'])})" if is_placed else ""
    yield f"{STATES.get(state, state.replace('_', ' '))}{ordered}: {_reason(order)}"


def _revocations(name: str, revoked: object) -> list[str]:
    return [_reason(each) for each in _named({"all": revoked}, "all") if each["name"] == name]


def _return(name: str, returned: object) -> list[str]:
    """Return the reason of each service that uses the former certificate again."""
    found = ((each, each.get("certificates")) for each in _named(returned, "services"))
    return [_reason(service) for service, names in found if isinstance(names, list) and name in names]


def _deployment(name: str, deployed: object, installed: object) -> Iterator[str]:
    """Yield each service of the certificate, and the addresses at which a handshake verified it."""
    asked = {each["name"]: each for each in _named(installed, "deploy")}
    if name not in asked:
        return
    declared = {each.get("service") for each in dicts_in(asked[name], "deploy")}
    for service in _named(deployed, "services"):
        if service["name"] not in declared:
            continue
        uses, verified = service.get("certificates"), service.get("verified")
        is_used = isinstance(uses, list) and name in uses and _code(service) == ReasonCode.DEPLOYED.value
        addresses = verified.get(name) if isinstance(verified, dict) else None
        if not is_used:
            yield _reason(service)
        elif isinstance(addresses, list) and addresses:
            yield f"{service['name']} uses it, verified at {', '.join(map(str, addresses))}"
        else:
            yield f"{service['name']} was reloaded, not verified: deploy.verify names no address"


def _day(moment: object) -> str:
    return str(moment)[:DATE]
