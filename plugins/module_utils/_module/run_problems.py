# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of one host in a run of the role, from the registered results of its tasks.

Private to the collection. Pure. The results of modules may have any shape: a host may return anything, and a module
that could not work at all returns only a message, or with ansible-core 2.19 not even that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.reasons import ReasonCode
from .._handover.terms import State
from .registered_results import dicts_in, part_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._handover.open_items import OpenItem

OWN_RESULTS = (
    "certum__staged",
    "certum__published",
    "certum__record_changes",
    "certum__recorded",
    "certum__installed",
    "certum__received",
    "certum__mailed",
    "certum_deploy__deployed",
    "certum__returned",
    "certum_deploy__withdrawn",
    "certum__removed",
)
"""The registered results of tasks that run for each host."""
RESULTS_FOR_HOSTS = ("certum__assigned", "certum__orders", "certum__supply", "certum__rollback", "certum__removals")
"""The registered results of tasks that run once for a batch. They have a part for each host in ``hosts``."""
SENT, SUPPLY, ORDERS = "certum__sealed", "certum__supply", "certum__orders"
DEPLOYED, RETURNED_EARLIER = "certum_deploy__deployed", "certum__returned_earlier"
RESULTS = (*OWN_RESULTS, *RESULTS_FOR_HOSTS, SENT, RETURNED_EARLIER)
"""The registered results that run_problems reads."""

SEE_OUTPUT = "Run again with -vvv to see its output."
NO_MESSAGE = f"A module failed without a message, so a step of this run was not done. {SEE_OUTPUT}"
RUN_AGAIN = "The order is pending: run again to continue."
MAKE_IT_ANSWER = "Make the host answer to Ansible, then run again."
CODES = frozenset(ReasonCode.values())
OF_SERVICES = (
    ReasonCode.ROLLED_BACK.value,
    ReasonCode.NOT_ROLLED_BACK.value,
    ReasonCode.NOT_RELOADED.value,
    ReasonCode.NO_SERVICE.value,
)
"""The codes of services that do not use the new certificate."""


def run_problems(results: Mapping[str, object], host: str) -> list[OpenItem]:
    """Return each problem of ``host`` once. ``results`` has registered results by variable name."""
    found = [problem for name in OWN_RESULTS for problem in _problems(results.get(name))]
    for name in RESULTS_FOR_HOSTS:
        found += _problems(part_for(results.get(name), host))
    return once([*found, *_not_sent(results, host), *_not_returned(results)])


def pending_orders(results: Mapping[str, object], host: str) -> list[OpenItem]:
    """Return the orders of ``host`` that are pending without a problem."""
    certificates = dicts_in(part_for(results.get(ORDERS), host), "certificates")
    return [_pending(each) for each in certificates if each.get("state") == State.PENDING and not each.get("problem")]


def as_open(problem: Mapping[str, Any]) -> OpenItem:
    """Return a problem of a result. It may come from a host, and an older one has no code."""
    name, code = problem.get("name"), problem.get("code")
    return {
        "name": name if isinstance(name, str) else None,
        "code": code if isinstance(code, str) and code in CODES else ReasonCode.FAILED.value,
        "text": str(problem.get("text")),
        "remedy": str(problem.get("remedy") or ""),
    }


def once(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Return each text once, in the order of its first item."""
    found: dict[str, OpenItem] = {}
    for item in items:
        found.setdefault(item["text"], item)
    return list(found.values())


def _pending(certificate: Mapping[str, Any]) -> OpenItem:
    reason = certificate.get("reason")
    words = reason.get("text") if isinstance(reason, dict) else None
    code = reason.get("code") if isinstance(reason, dict) else None
    people = ReasonCode.WAITING_FOR_PEOPLE.value
    more = "" if "run again" in str(words) else f". {RUN_AGAIN}"
    return {
        "name": str(certificate.get("name")),
        "code": people if code == people else ReasonCode.WAITING.value,
        "text": f"{certificate.get('name')}: {words}{more}",
        "remedy": "",
    }


def _not_sent(results: Mapping[str, object], host: str) -> list[OpenItem]:
    """Return the problems of the hosts that send private keys, if ``host`` waits for one."""
    if not dicts_in(part_for(results.get(SUPPLY), host), "transfers"):
        return []
    return [problem for sent in dicts_in(results.get(SENT), "results") for problem in _problems(sent)]


def _not_returned(results: Mapping[str, object]) -> Iterator[OpenItem]:
    """Yield why hosts of earlier batches keep a certificate that this host could not use."""
    deployed = results.get(DEPLOYED)
    if not isinstance(deployed, dict) or not deployed.get("rolled_back"):
        return
    returned = dicts_in(results.get(RETURNED_EARLIER), "results")
    silent = _hosts_of(each for each in returned if each.get("unreachable"))
    if silent:
        found = f"These hosts did not answer, so they keep the new certificate: {silent}"
        remedy = "Remove the cause of the failure, then run again with these hosts."
        yield as_open({"text": f"{found}. {remedy}", "remedy": remedy})
    reached = [each for each in returned if not each.get("unreachable")]
    done = _hosts_of(each for each in reached if not _problems(each))
    if done:
        yield as_open({"text": f"These hosts of earlier batches rolled back to the previous certificate too: {done}"})
    for each in reached:
        yield from _problems(each)


def _hosts_of(returned: Iterable[dict[str, Any]]) -> str:
    items = [each.get("item") for each in returned]
    return ", ".join(str(item.get("host")) for item in items if isinstance(item, dict))


def _problems(result: object) -> list[OpenItem]:
    """Return the problems of one result, or its message if it failed before it could list problems."""
    if not isinstance(result, dict):
        return []
    if "problems" in result:
        listed = [as_open(problem) for problem in dicts_in(result, "problems") if "text" in problem]
        return [_of_service(problem, result) for problem in listed]
    if result.get("unreachable"):
        return [unreachable(result.get("msg"))]
    if "msg" in result:
        return [as_open({"text": result["msg"]})]
    return [as_open({"text": NO_MESSAGE, "remedy": SEE_OUTPUT})] if "failed_when_result" in result else []


def unreachable(message: object) -> OpenItem:
    """Return the problem of a host that Ansible does not reach. ``message`` is Ansible's."""
    words = quote(message or "the host does not answer").rstrip(". :")
    return {
        "name": None,
        "code": ReasonCode.UNREACHABLE.value,
        "text": f"{words}. {MAKE_IT_ANSWER}",
        "remedy": MAKE_IT_ANSWER,
    }


def _of_service(problem: OpenItem, result: Mapping[str, Any]) -> OpenItem:
    """Return the problem with the code of its service, which is more exact."""
    reasons = [each.get("reason") for each in dicts_in(result, "services") if each.get("name") == problem["name"]]
    codes = [str(reason.get("code")) for reason in reasons if isinstance(reason, dict)]
    exact = [code for code in codes if code in OF_SERVICES]
    return {**problem, "code": exact[0]} if exact and problem["code"] == ReasonCode.FAILED else problem
