# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.plugins.action import ActionBase

from ..module_utils._handover.open_items import fails
from ..module_utils._handover.plan_results import numbered
from ..module_utils._handover.reasons import Reason, ReasonCode
from ..module_utils._handover.terms import FailOn, SummaryReport
from ..module_utils._module.frozen_variables import plain
from ..module_utils._module.registered_results import part_for, registered
from ..module_utils._module.run_problems import RESULTS, as_open, once, pending_orders, run_problems, unreachable
from ..module_utils._module.run_recap import ENDED, FROZEN, PLANNED, WORKED, host_at_end, recap
from ..module_utils._module.run_summary import service_notes, summary_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ..module_utils._handover.open_items import OpenItem
    from ..module_utils._module.run_recap import HostAtEnd

INSTALLED, RECEIVED, ORDERS, DEPLOYED, RETURNED, WITHDRAWN, REMOVALS, REMOVED = (
    "certum__installed",
    "certum__received",
    "certum__orders",
    "certum_deploy__deployed",
    "certum__returned",
    "certum_deploy__withdrawn",
    "certum__removals",
    "certum__removed",
)
OPTIONS = {
    "report": {"type": "str", "choices": SummaryReport.values(), "default": SummaryReport.CERTIFICATES.value},
    "problems": {"type": "list", "elements": "dict", "default": []},
    "worked": {"type": "bool", "default": True},
    "hosts": {"type": "list", "elements": "str", "default": []},
    "fail_on": {
        "type": "list",
        "elements": "str",
        "choices": FailOn.values(),
        "default": [FailOn.REFUSED.value, FailOn.UNREACHABLE.value, FailOn.EXPIRED.value],
    },
}
CHECK_MODE = "Check mode changed nothing. The next lines show the results of a run without --check."


class ActionModule(ActionBase):
    """Report each certificate, on the controller. Documented by the module of the same name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the lines. They come from registered results and are not templated again."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        dummy, options = self.validate_argument_spec(OPTIONS)  # type: ignore[no-untyped-call]
        variables = task_vars or {}
        host = str(variables["inventory_hostname"])
        if options["report"] == SummaryReport.RECAP:
            return {**result, "changed": False, **self._recap(options["hosts"], variables)}
        found = registered(variables, RESULTS, host) if options["worked"] else {}
        if options["report"] == SummaryReport.PROBLEMS:
            items = [*_planned(plain(options["problems"]), variables), *run_problems(found, host)]
            items += self._pending(found, host) if FailOn.PENDING in options["fail_on"] else []
            return {**result, "changed": False, **_all_problems(once(items), options["fail_on"])}
        return {**result, "changed": False, **self._certificates(found, host)}

    def _certificates(self, found: Mapping[str, Any], host: str) -> dict[str, Any]:
        lines = summary_lines(
            installed=_together(found.get(INSTALLED), found.get(RECEIVED)),
            certificates=part_for(found.get(ORDERS), host).get("certificates"),
            deployed=found.get(DEPLOYED),
            removed=found.get(REMOVED),
            revoked=part_for(found.get(REMOVALS), host).get("revoked"),
            returned=found.get(RETURNED),
        )
        notes = service_notes(found.get(DEPLOYED), found.get(RETURNED), found.get(WITHDRAWN))
        if not lines and not notes:
            return {"msg": [], "reason": Reason(ReasonCode.REPORTED, "the run worked on no certificate").shown()}
        return {
            "_ansible_verbose_always": True,
            "msg": [*self._notice(), *lines, *notes],
            "reason": Reason(ReasonCode.REPORTED, f"the run worked on {numbered(len(lines))}").shown(),
        }

    def _recap(self, hosts: Sequence[str], variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the recap of the batch and of all hosts that left the play, in the order of the inventory.

        A host that is a batch of its own does not look at others.
        """
        everyone = variables["ansible_play_hosts_all"] if variables[FROZEN]["once"] else hosts
        batch, active = {*hosts}, {*variables["ansible_play_hosts"], *hosts}
        at_end = [
            self._host_at_end(host, variables, left=host not in active)
            for host in everyone
            if host in batch or host not in active
        ]
        found = [each for each in at_end if each]
        done = recap(found)
        # The report of a single host has the same, so its recap is not printed.
        shown = {"_ansible_verbose_always": True} if done.lines and len(found) > 1 else {}
        return {**shown, "msg": done.lines, "reason": done.reason.shown()}

    def _host_at_end(self, host: str, variables: Mapping[str, Any], *, left: bool) -> HostAtEnd | None:
        own, call = variables["hostvars"].raw_get(host), variables[FROZEN]["call"]
        known = registered(own, (FROZEN, PLANNED, WORKED, ENDED), host)
        worked = left or known.get(WORKED) == call
        results = registered(own, RESULTS, host) if worked else {}
        pending = self._pending(results, host)
        return host_at_end(host, {**results, **known}, pending=pending, call=call, left=left)

    def _pending(self, found: Mapping[str, Any], host: str) -> list[OpenItem]:
        """Return the pending orders. Check mode waits for nothing."""
        return [] if self._task.check_mode else pending_orders(found, host)

    def _notice(self) -> list[str]:
        return [CHECK_MODE] if self._task.check_mode else []


def _together(installed: Any, received: Any) -> dict[str, Any]:
    """Return the certificates that the host installed and those that it received, as one result."""
    results = [each for each in (installed, received) if isinstance(each, dict)]
    return {key: [each for result in results for each in result.get(key) or ()] for key in ("certificates", "deploy")}


def _planned(problems: list[dict[str, Any]], variables: Mapping[str, Any]) -> Iterator[OpenItem]:
    """Yield the problems of the plan. A host that does not answer has no plan, and a message of Ansible."""
    planned = variables.get(PLANNED)
    if isinstance(planned, dict) and planned.get("unreachable"):
        yield unreachable(planned.get("msg"))
        return
    yield from map(as_open, problems)


def _all_problems(items: Sequence[OpenItem], fail_on: Collection[str]) -> dict[str, Any]:
    """Return a failure with the text of each problem, or success if none of them fails the host."""
    texts = [item["text"] for item in items]
    if any(fails(item, fail_on) for item in items):
        return {"failed": True, "msg": "\n".join(texts)}
    if texts:
        reason = Reason(ReasonCode.REPORTED, "certum_fail_on names no kind of problem that the run has")
        return {"_ansible_verbose_always": True, "msg": "\n".join(texts), "reason": reason.shown()}
    return {"msg": "", "reason": Reason(ReasonCode.REPORTED, "the run has no problems").shown()}
