# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ..module_utils._module.current_certificates import result_if_current
from .certum_order import ActionModule as RunModule

LOCAL = "local"


class ActionModule(RunModule):
    """Return the result without a process of the module if no certificate is due. Otherwise run the module.

    certum_certificate and certum_certificates use this action plugin.
    """

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the module."""
        found = result_if_current(self._task.action, self._task.args) if self._sees_the_same_files() else None
        return super().run(tmp, task_vars) if found is None else found

    def _sees_the_same_files(self) -> bool:
        """Return whether a process of the module would see the files and the environment of this process."""
        changed = self._task.async_val or any(self._task.environment or ())
        return self._connection.transport == LOCAL and not self._connection.become and not changed
