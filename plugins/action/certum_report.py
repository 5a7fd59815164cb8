# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.plugins.action import ActionBase

from ..module_utils._handover.problems import KnownError, Problem, as_problem, failure, joined, problem_of
from ..module_utils._handover.reasons import Reason, ReasonCode
from ..module_utils._module.declared_names import Played
from ..module_utils._module.frozen_variables import plain
from ..module_utils._module.run_refusals import RUN_DIRECTORY
from ..module_utils._module.task_environment import environment_of
from ..module_utils._module.visible_text import visible_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..module_utils._report.estate_of_play import HostResults

FROZEN, INFO = "certum_report__frozen", "certum_report__info"
NOT_FROZEN = "Call the role certops.certum.certum_report in place of this module: it reads the variables first."
TEMPLATES = Path(__file__).parents[2] / "roles/certum_report/templates"


class ActionModule(ActionBase):
    """Write the report of all hosts, on the controller. Documented by the module of the same name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the task. Nothing runs on a host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec({})  # type: ignore[no-untyped-call]
        variables = task_vars or {}
        frozen = variables.get(FROZEN)
        if not isinstance(frozen, dict):
            return {**result, **failure(Problem(NOT_FROZEN, NOT_FROZEN)), "failed": True}
        results = {host: self._results_of(host, variables) for host in variables["ansible_play_hosts_all"]}
        waiting = _waiting(results, variables, lockstep=bool(frozen["once"]))
        if waiting:
            words = f"the report is written after the last host: {len(waiting)} of {len(results)} have yet to report"
            return {**result, "changed": False, "reason": Reason(ReasonCode.NOTHING_TO_DO, words).shown()}
        values = _first_values([plain(frozen), *(each.frozen for each in results.values())])
        if values is None:
            refused = [as_problem(each) for each in plain(frozen["problems"])]
            return {**result, **visible_sentences(dict(failure(joined(refused)))), "failed": True}
        os.environ.update(environment_of(self._task.environment, self._templar))
        os.environ[RUN_DIRECTORY] = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]
        try:
            done = self._write(values, _taking_part(results, variables), variables)
        except KnownError as error:
            return {**result, **visible_sentences(dict(failure(problem_of(error)))), "failed": True}
        if not self._task.diff:
            done.pop("diff", None)
        shown = {"msg": [done["reason"]["text"], *done["notes"]], "_ansible_verbose_always": True}
        return {**result, **visible_sentences({**done, **shown})}

    def _results_of(self, host: str, variables: Mapping[str, Any]) -> HostResults:
        """Return the registered results of a host, without evaluating any template. A fact is no result."""
        from ..module_utils._report.estate_of_play import HostResults  # noqa: PLC0415 - loads the forecast and pydantic

        raw = variables["hostvars"].raw_get(host)
        facts = raw.get("ansible_facts") or {}
        found = {name: plain(raw[name]) for name in (INFO, FROZEN) if name in raw and name not in facts}
        return HostResults(name=host, info=found.get(INFO), frozen=found.get(FROZEN))

    def _write(self, values: dict[str, Any], hosts: list[HostResults], variables: Mapping[str, Any]) -> dict[str, Any]:
        from ..module_utils._module.report_action import run_report  # noqa: PLC0415 - loads the HTTP client

        limit = variables.get("ansible_limit")
        return run_report(
            values,
            hosts,
            now=datetime.now(timezone.utc),
            limit=str(plain(limit)) if limit else None,
            templates=TEMPLATES,
            check_mode=bool(self._task.check_mode),
        )


def _first_values(frozen: Sequence[object]) -> dict[str, Any] | None:
    """Return the variables of the first host that has usable ones: they say where the report goes."""
    found = (each.get("variables") for each in frozen if isinstance(each, dict))
    return next((each for each in found if isinstance(each, dict) and each), None)


def _waiting(results: Mapping[str, HostResults], variables: Mapping[str, Any], *, lockstep: bool) -> list[str]:
    """Return the hosts that report later: those of later batches, or without batches all that are not ready yet."""
    played = Played(
        host=variables["inventory_hostname"],
        lockstep=lockstep,
        batch=variables["ansible_play_batch"],
        active=variables["ansible_play_hosts"],
        everyone=variables["ansible_play_hosts_all"],
    )
    return [host for host in played.later() if results[host].info is None]


def _taking_part(results: Mapping[str, HostResults], variables: Mapping[str, Any]) -> list[HostResults]:
    """Return the hosts of the report. A host that is well and has no result was left out of the role."""
    well = set(variables["ansible_play_hosts"])
    return [each for host, each in results.items() if each.info is not None or host not in well]
