# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import time
from functools import partial
from typing import Any

from ansible import constants
from ansible.plugins.action.normal import ActionModule as RunModule

from ..module_utils._batch.wait_board import WaitBoard, shown_while_it_waits
from ..module_utils._module.module_waits import waits_of_module
from ..module_utils._module.run_refusals import RUN_DIRECTORY


class ActionModule(RunModule):
    """Run a module that calls the CA as usual, and show that it waits.

    Its process learns which credentials the CA has refused in this run. All modules that call the CA use this action
    plugin (``meta/runtime.yml``), or a subclass.
    """

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the module."""
        # Only local modules get it. This process ends with the task.
        os.environ[RUN_DIRECTORY] = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]
        board = WaitBoard()
        board.put(self, waits_of_module(self._task.action, self._task.args, begins=time.monotonic()))
        with shown_while_it_waits(board, partial(self._display.display, stderr=True)):
            result: dict[str, Any] = super().run(tmp, task_vars)  # type: ignore[no-untyped-call]
        return result
