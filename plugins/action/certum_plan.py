# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.plugins.action.normal import ActionModule as RunModule

from ..module_utils._handover.problems import as_problem, ended_with
from ..module_utils._handover.reasons import Reason, ReasonCode
from ..module_utils._module.copied_store import without_copies
from ..module_utils._module.declared_names import (
    Played,
    declared_by,
    names_not_declared,
    names_of_play,
    problems_with_names,
)
from ..module_utils._module.host_facts import split_facts
from ..module_utils._module.last_plan import command_for, planned_in
from ..module_utils._module.option_specs import DEFAULT_PATH
from ..module_utils._module.plan_digest import digest_of
from ..module_utils._module.visible_text import report_of_host

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..module_utils._handover.problems import Problem

FROZEN = "certum__frozen"
PLAN = "certum_plan"
DISTRUST = (
    "Host {host} returned facts with the result of {module}, which returns none. The facts were dropped. "
    "Find out who changed the host before you trust it."
)


class ActionModule(RunModule):
    """Run a module on its host as usual, and make the report of the host harmless for a terminal.

    All modules that run on hosts use this action plugin (``meta/runtime.yml``).
    """

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the module without any character that acts on a terminal."""
        before = self._planned_before(task_vars) if self._is_plan else None
        result: dict[str, Any] = report_of_host(before or super().run(tmp, task_vars))  # type: ignore[no-untyped-call]
        variables = task_vars or {}
        warnings = list(result.get("warnings", ()))
        result, foreign = split_facts(result, self._discovered_interpreter_key)
        if foreign:
            warnings.append(DISTRUST.format(host=variables.get("inventory_hostname"), module=self._task.action))
        if self._is_plan:
            warnings += _warnings(result, host=variables.get("inventory_hostname"))
            result = _with_problems(result, _problems_with_names(variables))
        if result.get("ordered_by"):
            path = str(self._task.args.get("path") or DEFAULT_PATH)
            declared = len(self._task.args.get("certificates") or ())
            result = without_copies(result, inventory=variables["groups"]["all"], path=path, declared=declared)
        if warnings:
            result["warnings"] = warnings
        return result

    @property
    def _is_plan(self) -> bool:
        return str(self._task.action.rpartition(".")[2]) == PLAN

    def _planned_before(self, task_vars: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the last plan without work if nothing has changed since. One command on the host looks."""
        args = self._task.args
        digest = None if self._task.async_val else digest_of(args)
        if digest is None:
            return None
        self._task.args = {**args, "digest": digest}
        command = self._command_to_look(str(args.get("path") or DEFAULT_PATH), digest, task_vars or {})
        if command is None:
            return None
        looked = self._low_level_execute_command(command)  # type: ignore[no-untyped-call]
        return planned_in(looked["stdout"]) if looked["rc"] == 0 else None

    def _command_to_look(self, path: str, digest: str, variables: Mapping[str, Any]) -> str | None:
        if getattr(self._connection._shell, "SHELL_FAMILY", "") != "sh" or self._task.delegate_to:
            return None
        python = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        return command_for(str(self._templar.template(python)).strip(), path=path, digest=digest)


def _warnings(result: Mapping[str, Any], *, host: object) -> Iterator[str]:
    """Yield a warning for each finding. Ansible shows equal warnings only once, so each warning names its host."""
    for finding in result.get("findings", ()):
        yield f"Host {host}: {finding['name']}: {finding['reason']['text']}"


def _with_problems(result: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    if not problems or "problems" not in result:
        return result
    reason = Reason(ReasonCode.NAME_NOT_DECLARED, "\n".join(problem.text for problem in problems))
    return {**result, **ended_with([*map(as_problem, result["problems"]), *problems]), "reason": reason.shown()}


def _problems_with_names(task_vars: Mapping[str, Any]) -> list[Problem]:
    """Return the problems with names in certum_replace and certum_order_again.

    The variables of other hosts are read only if a name is not among the host's own declarations.
    """
    frozen = task_vars.get(FROZEN)
    if not isinstance(frozen, dict) or not frozen.get("variables"):
        return []
    own = frozen["variables"]
    if not names_not_declared(own, declared_by(own)):
        return []
    played = Played(
        host=task_vars["inventory_hostname"],
        lockstep=frozen["once"],
        batch=task_vars["ansible_play_batch"],
        active=task_vars["ansible_play_hosts"],
        everyone=task_vars["ansible_play_hosts_all"],
    )
    hostvars = task_vars["hostvars"]
    declared = names_of_play(played, lambda host: hostvars[host].get(FROZEN))
    return [] if declared is None else problems_with_names(names_not_declared(own, declared), declared)
