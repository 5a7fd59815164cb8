# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils._handover.plan_results import numbered
from ..module_utils._handover.reasons import Reason, ReasonCode
from ..module_utils._module.frozen_variables import plain
from ..module_utils._module.registered_results import part_for
from ..module_utils._module.run_problems import RESULTS, run_problems
from ..module_utils._module.run_summary import service_notes, summary_lines

INSTALLED, RECEIVED, ORDERS, DEPLOYED, RETURNED, WITHDRAWN, REMOVED = (
    "certum__installed",
    "certum__received",
    "certum__orders",
    "certum_deploy__deployed",
    "certum__returned",
    "certum_deploy__withdrawn",
    "certum__removed",
)
CHECK_MODE = "Check mode changed nothing. The next lines show the results of a run without --check."


class ActionModule(ActionBase):
    """Report each certificate, on the controller. Documented by the module of the same name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the lines. They come from registered results and are not templated again."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec({})  # type: ignore[no-untyped-call]
        variables = task_vars or {}
        found = {name: plain(variables.get(name)) for name in RESULTS}
        host = str(variables["inventory_hostname"])
        lines = summary_lines(
            installed=_together(found[INSTALLED], found[RECEIVED]),
            certificates=part_for(found[ORDERS], host).get("certificates"),
            deployed=found[DEPLOYED],
            removed=found[REMOVED],
            returned=found[RETURNED],
        )
        return {
            **result,
            "_ansible_verbose_always": True,
            "changed": False,
            "msg": [*self._notice(), *lines, *service_notes(found[DEPLOYED], found[RETURNED], found[WITHDRAWN])],
            "problem_texts": run_problems(found, host),
            "reason": Reason(ReasonCode.REPORTED, f"the run worked on {numbered(len(lines))}").shown(),
        }

    def _notice(self) -> list[str]:
        return [CHECK_MODE] if self._task.check_mode else []


def _together(installed: Any, received: Any) -> dict[str, Any]:
    """Return the certificates that the host installed and those that it received, as one result."""
    results = [each for each in (installed, received) if isinstance(each, dict)]
    return {key: [each for result in results for each in result.get(key) or ()] for key in ("certificates", "deploy")}
