# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.plugins.action import ActionBase

from ..module_utils._handover.plan_results import numbered
from ..module_utils._handover.reasons import Reason, ReasonCode
from ..module_utils._handover.terms import SummaryReport
from ..module_utils._module.frozen_variables import plain
from ..module_utils._module.registered_results import part_for
from ..module_utils._module.run_problems import RESULTS, run_problems
from ..module_utils._module.run_summary import service_notes, summary_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        found = {name: plain(variables.get(name)) for name in RESULTS} if options["worked"] else {}
        host = str(variables["inventory_hostname"])
        if options["report"] == SummaryReport.PROBLEMS:
            return {**result, "changed": False, **_all_problems(plain(options["problems"]), found, host)}
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

    def _notice(self) -> list[str]:
        return [CHECK_MODE] if self._task.check_mode else []


def _together(installed: Any, received: Any) -> dict[str, Any]:
    """Return the certificates that the host installed and those that it received, as one result."""
    results = [each for each in (installed, received) if isinstance(each, dict)]
    return {key: [each for result in results for each in result.get(key) or ()] for key in ("certificates", "deploy")}


def _all_problems(planned: list[dict[str, Any]], found: Mapping[str, Any], host: str) -> dict[str, Any]:
    """Return a failure with the text of each problem, or success if there are none."""
    texts = list(dict.fromkeys([*(str(problem.get("text")) for problem in planned), *run_problems(found, host)]))
    if texts:
        return {"failed": True, "msg": "\n".join(texts)}
    return {"msg": "", "reason": Reason(ReasonCode.REPORTED, "the run has no problems").shown()}
