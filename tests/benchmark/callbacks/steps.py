# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback of Ansible that writes the elapsed time and the processor time of each task."""

from __future__ import annotations

import json
import os
import resource
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


def _moment() -> tuple[float, float]:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(each.ru_utime + each.ru_stime for each in used)


class CallbackModule(CallbackBase):
    """Add up the tasks by name. With the strategy ``linear`` no two tasks run at once."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "steps"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._task, self._began = "start of Ansible", _moment()
        self._steps: dict[str, tuple[float, float]] = {}

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Note the end of the last task and the beginning of this one."""
        self._end()
        self._task = task.get_name().rpartition(" : ")[2]

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Write the file."""
        self._end()
        steps = [{"task": task, "wall_s": wall, "cpu_s": cpu} for task, (wall, cpu) in self._steps.items()]
        Path(os.environ["BENCHMARK_STEPS"]).write_text(json.dumps(steps))

    def _end(self) -> None:
        now, (wall, cpu) = _moment(), self._steps.get(self._task, (0.0, 0.0))
        self._steps[self._task] = (wall + now[0] - self._began[0], cpu + now[1] - self._began[1])
        self._began = now
