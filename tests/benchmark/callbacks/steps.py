# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback of Ansible that writes the elapsed time of each task."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: steps
type: aggregate
short_description: Write the time of each task to the file that BENCHMARK_STEPS names
description: Only for the benchmark of this collection.
"""


class CallbackModule(CallbackBase):
    """Add up the tasks by name. With the strategy ``linear`` no two tasks run at once."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "steps"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._task, self._began = "start of Ansible", time.perf_counter()
        self._steps: dict[str, float] = {}

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Note the end of the last task and the beginning of this one."""
        self._end()
        self._task = task.get_name().rpartition(" : ")[2]

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Write the file."""
        self._end()
        steps = [{"task": task, "wall_s": seconds} for task, seconds in self._steps.items()]
        Path(os.environ["BENCHMARK_STEPS"]).write_text(json.dumps(steps))

    def _end(self) -> None:
        now = time.perf_counter()
        self._steps[self._task] = self._steps.get(self._task, 0.0) + now - self._began
        self._began = now
