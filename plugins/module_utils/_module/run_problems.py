# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of one host in a run of the role, from the registered results of its tasks.

Private to the collection. Pure. The results of modules may have any shape: a host may return anything, and a module
that could not work at all returns only a message, or with ansible-core 2.19 not even that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .registered_results import dicts_in, part_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
SENT, SUPPLY = "certum__sealed", "certum__supply"
DEPLOYED, RETURNED_EARLIER = "certum_deploy__deployed", "certum__returned_earlier"
RESULTS = (*OWN_RESULTS, *RESULTS_FOR_HOSTS, SENT, RETURNED_EARLIER)
"""The registered results that run_problems reads."""

NO_MESSAGE = (
    "A module failed without a message, so a step of this run was not done. Run again with -vvv to see its output."
)


def run_problems(results: Mapping[str, object], host: str) -> list[str]:
    """Return the text of each problem of ``host`` once. ``results`` has registered results by variable name."""
    texts = [text for name in OWN_RESULTS for text in _problems(results.get(name))]
    for name in RESULTS_FOR_HOSTS:
        texts += _problems(part_for(results.get(name), host))
    return list(dict.fromkeys([*texts, *_not_sent(results, host), *_not_returned(results)]))


def _not_sent(results: Mapping[str, object], host: str) -> list[str]:
    """Return the problems of the hosts that send private keys, if ``host`` waits for one."""
    if not dicts_in(part_for(results.get(SUPPLY), host), "transfers"):
        return []
    return [text for sent in dicts_in(results.get(SENT), "results") for text in _problems(sent)]


def _not_returned(results: Mapping[str, object]) -> Iterator[str]:
    """Yield why hosts of earlier batches keep a certificate that this host could not use."""
    deployed = results.get(DEPLOYED)
    if not isinstance(deployed, dict) or not deployed.get("rolled_back"):
        return
    returned = dicts_in(results.get(RETURNED_EARLIER), "results")
    silent = _hosts_of(each for each in returned if each.get("unreachable"))
    if silent:
        yield f"These hosts did not answer, so they keep the new certificate: {silent}"
    reached = [each for each in returned if not each.get("unreachable")]
    done = _hosts_of(each for each in reached if not _problems(each))
    if done:
        yield f"These hosts of earlier batches returned to the former certificate too: {done}"
    for each in reached:
        yield from _problems(each)


def _hosts_of(returned: Iterable[dict[str, Any]]) -> str:
    items = [each.get("item") for each in returned]
    return ", ".join(str(item.get("host")) for item in items if isinstance(item, dict))


def _problems(result: object) -> list[str]:
    """Return the problems of one result, or its message if it failed before it could list problems."""
    if not isinstance(result, dict):
        return []
    if "problems" in result:
        return _listed(result)
    if "msg" in result:
        return [str(result["msg"])]
    return [NO_MESSAGE] if "failed_when_result" in result else []


def _listed(result: object) -> list[str]:
    return [str(problem["text"]) for problem in dicts_in(result, "problems") if "text" in problem]
