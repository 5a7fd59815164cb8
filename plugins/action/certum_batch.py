# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.plugins.action import ActionBase

from ..module_utils._batch.duplicates_across_hosts import ACCOUNT
from ..module_utils._batch.shared_comparison import compare
from ..module_utils._handover.terms import BatchStep
from ..module_utils._module.frozen_variables import plain
from ..module_utils._module.raw_declarations import claimed_items
from ..module_utils._module.run_refusals import RUN_DIRECTORY
from ..module_utils._module.shared_removals import later_hosts
from ..module_utils._module.task_environment import environment_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FROZEN, PLANNED = "certum__frozen", "certum__planned"
PASSED = ("certum__orders", "certum__supply")
KNOWN = "certum__known"
WRITTEN = {option: f"certum_{option}" for option in ("certificates", "key", *ACCOUNT)}


def _call_of(variables: Mapping[str, Any]) -> str | None:
    """Return the call of the role for which a host has read its variables, or None if the host was skipped."""
    frozen = variables.get(FROZEN)
    return frozen.get("call") if isinstance(frozen, dict) else None


def _frozen_of(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the frozen variables of a host, the time of the freeze, and the groups that share certificates."""
    frozen = variables[FROZEN]
    return {**plain(frozen["variables"]), "frozen_at": plain(frozen["frozen_at"]), "shared": plain(frozen["shared"])}


def _passed_to(host: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the certificates that earlier steps passed to a host, with their orders. The controller made them."""
    found = [variables.get(each) for each in PASSED]
    hosts = [each.get("hosts") for each in found if isinstance(each, dict)]
    shares = [plain(each[host]) for each in hosts if isinstance(each, dict) and host in each]
    return {
        "certificates": [
            {key: each.get(key) for key in ("name", "serial_number", "order_id", "reason")}
            for share in shares
            for each in share["certificates"]
        ]
    }


def _of_role(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of the role by option name. No fact of the host is among them."""
    frozen = variables.get(FROZEN)
    if isinstance(frozen, dict) and isinstance(frozen.get("variables"), dict):
        return dict(plain(frozen["variables"]))
    facts = variables.get("ansible_facts") or {}
    return {
        option: plain(variables[name]) for option, name in WRITTEN.items() if name in variables and name not in facts
    }


def _before(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables with the declarations of earlier calls of the role that this call does not repeat."""
    frozen = plain(variables[FROZEN])
    names = {item["name"] for item in claimed_items(frozen["variables"])}
    return {**frozen["variables"], "certificates": [item for item in frozen["before"] if item["name"] not in names]}


class ActionModule(ActionBase):
    """Work for all hosts of a batch, on the controller. Documented by the module of the same name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the task. Nothing runs on a host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        dummy, options = self.validate_argument_spec(  # type: ignore[no-untyped-call]
            {
                "step": {"type": "str", "required": True, "choices": BatchStep.values()},
                "hosts": {"type": "list", "elements": "str", "required": True},
                "orders": {"type": "dict"},
                "failed_records": {"type": "list", "elements": "dict", "default": []},
                "shared": {"type": "dict"},
            }
        )
        if options["step"] == BatchStep.COMPARE:
            return {**result, **self._compared(options["hosts"], task_vars or {})}
        from ..module_utils._module.batch_action import REPORTS, REPORTS_OF_SHARING, STEPS_OF_SHARING, run_step  # noqa: PLC0415 - a quiet run loads no HTTP client

        sharing = options["step"] in STEPS_OF_SHARING
        is_removal = options["step"] == BatchStep.REMOVE
        variables = task_vars or {}
        others = variables["ansible_play_hosts" if options["step"] != BatchStep.ROLLBACK else "ansible_play_hosts_all"]
        everyone = [*options["hosts"], *others] if sharing else options["hosts"]
        known = self._hosts_of_this_call(list(dict.fromkeys(everyone)), variables)
        frozen = {host: {**_frozen_of(found), "in_batch": host in options["hosts"]} for host, found in known.items()}
        reports = {
            host: {
                report: plain(found[report])
                for report in (REPORTS_OF_SHARING if sharing else REPORTS)
                if report in found
            }
            for host, found in known.items()
        }
        if options["step"] in (BatchStep.SHARE, BatchStep.SUPPLY):
            reports = {host: {**each, KNOWN: _passed_to(host, known[host])} for host, each in reports.items()}
        os.environ.update(environment_of(self._task.environment, self._templar))
        os.environ[RUN_DIRECTORY] = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]
        done = run_step(
            options["step"],
            frozen,
            reports,
            show=partial(self._display.display, stderr=True),
            orders=plain(options["orders"]),
            failed_records=plain(options["failed_records"]),
            inventory=self._variables_of_others(options["step"], frozen, task_vars or {}),
            check_mode=bool(self._task.check_mode),
            shared=plain(options["shared"]),
            earlier=self._frozen_earlier(options["hosts"], variables) if is_removal else {},
            later=later_hosts(
                options["hosts"], everyone=variables["ansible_play_hosts_all"], alive=variables["ansible_play_hosts"]
            ),
            play_hosts=variables["ansible_play_hosts_all"],
            unreached=[
                host for host in variables["ansible_play_hosts_all"] if host not in variables["ansible_play_hosts"]
            ],
        )
        if not self._task.diff:
            done.pop("diff", None)
        return {**result, **done}

    def _compared(self, batch: Sequence[str], variables: Mapping[str, Any]) -> dict[str, Any]:
        everyone = list(dict.fromkeys([*batch, *variables["ansible_play_hosts"]]))
        known = self._hosts_of_this_call(everyone, variables)
        return dict(
            compare(
                {host: plain(found.get(PLANNED)) for host, found in known.items()},
                {host: plain(found[FROZEN]["shared"]) for host, found in known.items()},
                batch=batch,
                play=variables["ansible_play_hosts"],
            )
        )

    def _hosts_of_this_call(self, hosts: Sequence[str], task_vars: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Return the variables of the hosts that take part in this call.

        A play may call the role for some of its hosts only, or twice. Results that a host registered in an earlier call
        are ignored.
        """
        call = task_vars[FROZEN]["call"]
        everything = {host: task_vars["hostvars"].raw_get(host) for host in hosts}  # a result is not templated again
        return {host: variables for host, variables in everything.items() if _call_of(variables) == call}

    def _frozen_earlier(self, batch: Sequence[str], task_vars: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the frozen variables of the hosts of earlier batches."""
        others = [host for host in task_vars["ansible_play_hosts"] if host not in batch]
        return {host: _frozen_of(found) for host, found in self._hosts_of_this_call(others, task_vars).items()}

    def _variables_of_others(
        self, step: str, frozen: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        """Return the role's variables of all other hosts of the inventory, which may declare the same certificate.

        Hosts of an earlier batch have frozen variables. For a host that takes no part, the raw values of the inventory
        are used: no template is evaluated.
        """
        if step != BatchStep.ORDER:
            return {}
        hostvars, everyone = task_vars["hostvars"], task_vars["groups"]["all"]
        others = {host: _of_role(hostvars.raw_get(host)) for host in everyone if host not in frozen}
        return {
            **others,
            **{f"{host}, in an earlier call of the role": _before(hostvars.raw_get(host)) for host in frozen},
        }
