# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the result of every task for a test, and kills the run where the test requests it.

Not part of the collection. CERTUM_TEST_RESULTS is the file that gets one JSON object for each result and one recap.
CERTUM_TEST_DIE_BEFORE is the name of a task before which everything dies like in a power failure.
CERTUM_TEST_REQUEST_TIMEOUT is how many seconds the role waits for an answer of the CA, which no variable sets.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: results
type: notification
short_description: Writes results for tests
description: Writes every result as JSON.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "results"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        if seconds := os.environ.get("CERTUM_TEST_REQUEST_TIMEOUT"):
            access = importlib.import_module(
                "ansible_collections.certops.certum.plugins.module_utils._module.account_access"
            )
            real = access.open_api
            vars(access)["open_api"] = lambda params: real({**params, "request_timeout": int(seconds)})

    def _write(self, **line: Any) -> None:
        with Path(os.environ["CERTUM_TEST_RESULTS"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def _result(self, status: str, result: Any, *, ignored: bool = False) -> None:
        name = result._task.get_name().rpartition(" : ")[2]
        self._write(
            status=status,
            host=result._host.get_name(),
            task=name,
            action=result._task.action,
            ignored=ignored,
            result=result._result,
        )

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        if task.get_name().rpartition(" : ")[2] == os.environ.get("CERTUM_TEST_DIE_BEFORE"):
            os.kill(os.getpid(), signal.SIGKILL)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._result("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._result("failed", result, ignored=ignore_errors)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._result("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._result("unreachable", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write(recap={host: stats.summarize(host) for host in stats.processed})
