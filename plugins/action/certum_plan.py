# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.plugins.action.normal import ActionModule as RunModule

from ..module_utils._module.copied_store import without_copies
from ..module_utils._module.visible import report_of_host

FACTS = "ansible_facts"
DEFAULT_PATH = "/etc/certum"
DISTRUST = (
    "Host {host} returned facts with the result of {module}, which returns none. The facts were dropped. "
    "Find out who changed the host before you trust it."
)


class ActionModule(RunModule):
    """Run a module on its host as usual, and make what the host reports harmless for a terminal.

    It is the action plugin of all modules that run on hosts (``meta/runtime.yml``).
    """

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the module. Its sentences and data have no character that acts on a terminal."""
        result: dict[str, Any] = report_of_host(super().run(tmp, task_vars))  # type: ignore[no-untyped-call]
        if result.pop(FACTS, None):
            host = (task_vars or {}).get("inventory_hostname")
            warning = DISTRUST.format(host=host, module=self._task.action)
            result["warnings"] = [*result.get("warnings", ()), warning]
        if result.get("ordered_by"):
            inventory = (task_vars or {})["groups"]["all"]
            path = str(self._task.args.get("path") or DEFAULT_PATH)
            result = without_copies(result, inventory=inventory, path=path)
        return result
