# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-playbook that has everything loaded already, for hundreds of runs.

A process of its own: it loads Ansible, its plugins and the collection's modules once, and forks for each run. What
plays the playbook is Ansible, task by task, each in a process of its own; only modules are not packed, sent and
unpacked, but called in a fork. Requests come as lines of JSON, answers go as lines of JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import disk  # type: ignore[import-not-found]  # beside this file, which is run as a program
from ansible.cli.playbook import PlaybookCLI
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible.module_utils import basic
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import init_plugin_loader

if TYPE_CHECKING:
    from types import ModuleType

NAMESPACES = {
    "certops.certum": "ansible_collections.certops.certum.plugins.modules",
    "ansible.builtin": "ansible.modules",
    "ansible.legacy": "ansible.modules",
}


class Engine:
    """Ansible, ready to play."""

    def __init__(self) -> None:
        cli = PlaybookCLI(["ansible-playbook", "any"])
        cli.parse()
        init_plugin_loader()
        self.loader, self.inventory, self.variables = cli._play_prereqs()
        mock.patch.object(ActionBase, "_execute_module", _call_module).start()

    def play(self, playbook: str) -> int:
        """Play it in this process; the exit code of ansible-playbook."""
        executor = PlaybookExecutor(
            playbooks=[playbook],
            inventory=self.inventory,
            variable_manager=self.variables,
            loader=self.loader,
            passwords={},
        )
        code: int = executor.run()
        return code

    def play_apart(self, request: dict[str, Any]) -> int:
        """Play it in a fork; its exit code, or minus the signal that ended it."""
        pid = os.fork()
        if pid == 0:
            code = 250
            try:
                os.setsid()
                output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                os.dup2(output, 1)
                os.dup2(output, 2)
                os.environ.update(request["environment"])
                code = self.play(request["playbook"])
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _call_module(
    action: ActionBase,
    module_name: str | None = None,
    module_args: dict[str, Any] | None = None,
    tmp: object = None,
    task_vars: dict[str, Any] | None = None,
    **_options: Any,
) -> dict[str, Any]:
    """In place of ActionBase._execute_module: call a module's main() in a fork, and read what it prints."""
    name = module_name or action._task.action
    arguments = dict(action._task.args if module_args is None else module_args)
    action._update_module_args(name, arguments, task_vars or {})
    module = _module(name)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(writer, 1)
            sys.stdout = os.fdopen(os.dup(1), "w")
            given = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, default=str).encode()
            vars(basic).update(_ANSIBLE_ARGS=given, _ANSIBLE_PROFILE="legacy")
            if control := os.environ.get(disk.CONTROL):
                disk.install(Path(control))
            with suppress(SystemExit):
                module.main()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    try:
        result = json.loads(text)
    except ValueError:
        return {"failed": True, "msg": f"MODULE FAILURE: {name} printed {text!r}"}
    return {**_in_lines(result), "_ansible_parsed": True}


def _in_lines(result: dict[str, Any]) -> dict[str, Any]:
    for stream in ("stdout", "stderr"):
        if stream in result:
            result.setdefault(f"{stream}_lines", result[stream].splitlines())
    return result


def _module(name: str) -> ModuleType:
    namespace, dummy, module = name.rpartition(".")
    return importlib.import_module(f"{NAMESPACES[namespace or 'ansible.builtin']}.{module}")


def main() -> None:
    """Warm up with the playbook that is named, then serve."""
    engine = Engine()
    for path in sorted((Path(__file__).parents[2] / "plugins/modules").glob("*.py")):
        _module(f"certops.certum.{path.stem}")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    engine.play(sys.argv[1])
    gc.collect()
    gc.freeze()  # what is loaded stays, so that forks share its memory
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for request in sys.stdin:
        print(json.dumps({"code": engine.play_apart(json.loads(request))}), file=answers, flush=True)


if __name__ == "__main__":
    main()
