# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-playbook with everything loaded already, for hundreds of runs.

A program of its own: it loads Ansible and the collection's modules once, and forks for each run. What plays the
playbook is Ansible, task by task, each in a process of its own; only modules are not packed, sent and unpacked, which
takes most of a run's time, but called in a fork. Requests come as lines of JSON, answers go as lines of JSON.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import sys
import traceback
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable
from unittest import mock

from ansible import constants
from ansible.cli.playbook import PlaybookCLI
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
PROFILE = "legacy"
CLONE_NEWNS = 0x00020000
INTERNAL = "ansible.module_utils._internal"  # since ansible-core 2.19; it marks the process as controller or target
PACKED = ActionBase._execute_module
BUILT_IN = ("command", "copy", "file", "stat")


def _serve() -> None:
    init_plugin_loader()
    importlib.import_module("ansible.executor.playbook_executor")  # which the command loads late
    for path in sorted((Path(__file__).parents[2] / "plugins/modules").glob("*.py")):
        _module(f"certops.certum.{path.stem}")
    for name in BUILT_IN:
        _module(f"ansible.builtin.{name}")
    mock.patch("ansible.cli.init_plugin_loader").start()
    mock.patch.object(ActionBase, "_execute_module", _execute_module).start()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    gc.collect()
    gc.freeze()  # loaded modules stay, so that forks share their memory
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        status = _wait_for(partial(_play, **request))
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), file=answers, flush=True)


def _play(words: list[str], environment: dict[str, str], directory: str, output: str, umask: int, mounts: str) -> int:
    """Do one run, in a process of its own; return the exit code of ansible-playbook."""
    os.setsid()
    if mounts:
        _enter(mounts)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.chdir(directory)
    if umask >= 0:
        os.umask(umask)
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(constants)  # they come from the environment
    try:
        code: int = PlaybookCLI(["ansible-playbook", *words]).run()
    finally:
        atexit._run_exitfuncs()
    return code


def _enter(mounts: str) -> None:
    """Enter the mount namespace of a test's machine (os.setns is new in Python 3.12)."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(mounts).open("rb") as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {mounts}")


def _execute_module(
    action: ActionBase,
    module_name: str | None = None,
    module_args: dict[str, Any] | None = None,
    tmp: object = None,
    task_vars: dict[str, Any] | None = None,
    ignore_unknown_opts: bool = False,
    **options: Any,
) -> dict[str, Any]:
    """Replace ActionBase._execute_module: call a module's main() in a fork, and read its output."""
    name = module_name or action._task.action
    if name.rpartition(".")[0] not in NAMESPACES or not _is_at_hand(action, task_vars or {}):
        return PACKED(  # type: ignore[no-any-return]
            action, module_name, module_args, task_vars=task_vars, ignore_unknown_opts=ignore_unknown_opts, **options
        )
    arguments = dict(action._task.args if module_args is None else module_args)
    action._update_module_args(name, arguments, task_vars or {}, ignore_unknown_opts=ignore_unknown_opts)
    reader, writer = os.pipe()

    def call() -> int:
        os.dup2(writer, 1)
        sys.stdout = os.fdopen(os.dup(1), "w")
        given = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, default=str).encode()
        vars(basic).update(_ANSIBLE_ARGS=given, _ANSIBLE_PROFILE=PROFILE)
        vars(sys.modules.get(INTERNAL, basic)).update(is_controller=False)
        _begin_like_an_interpreter()
        with suppress(SystemExit):
            _module(name).main()
        return 0

    said = {"stdout": _read_while(reader, writer, call), "stderr": "", "rc": 0}
    profile = [PROFILE] if hasattr(basic, "_ANSIBLE_PROFILE") else []  # since ansible-core 2.19
    result: dict[str, Any] = action._parse_returned_data(said, *profile)
    return _in_lines(result)


def _is_at_hand(action: ActionBase, task_vars: dict[str, Any]) -> bool:
    """Return whether this interpreter would run the module, on this machine, as this user and in this environment."""
    if action._connection.transport != "local":
        return False
    interpreter = action._templar.template(task_vars.get("ansible_python_interpreter"))
    return interpreter == sys.executable and not action._play_context.become and not any(action._task.environment or ())


def _begin_like_an_interpreter() -> None:
    for directory in filter(None, os.environ.get("PYTHONPATH", "").split(":")):
        path = Path(directory, "sitecustomize.py")
        if path.exists():
            exec(compile(path.read_text(), path, "exec"), {"__file__": str(path)})


def _read_while(reader: int, writer: int, act: Callable[[], int]) -> str:
    """Yield the output of a fork that calls a function."""
    pid = _fork(act)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return text


def _wait_for(act: Callable[[], int]) -> int:
    """Return the status of a finished fork that calls a function."""
    return os.waitpid(_fork(act), 0)[1]


def _fork(act: Callable[[], int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 250
    try:
        code = act()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _in_lines(result: dict[str, Any]) -> dict[str, Any]:
    for stream in ("stdout", "stderr"):
        if stream in result:
            result.setdefault(f"{stream}_lines", result[stream].splitlines())
    return result


def _module(name: str) -> ModuleType:
    namespace, dummy, module = name.rpartition(".")
    return importlib.import_module(f"{NAMESPACES[namespace]}.{module}")


if __name__ == "__main__":
    _serve()
