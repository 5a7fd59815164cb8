# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every task of every role and playbook: its machine, and the variables that it reads."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY = Path(__file__).parents[3]
FILES = sorted([*REPOSITORY.glob("roles/*/tasks/*.yml"), *REPOSITORY.glob("playbooks/*.yml")])
KEYWORDS = {"delegate_to", "become", "connection", "run_once"}
PINNED = {
    "ansible_connection": "ansible.builtin.local",
    "ansible_become": False,
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    "ansible_remote_tmp": "{{ lookup('ansible.builtin.config', 'DEFAULT_LOCAL_TMP') }}",
    "ansible_shell_type": "sh",
    "ansible_shell_executable": "/bin/sh",
}
RUNTIME = yaml.safe_load((REPOSITORY / "meta/runtime.yml").read_text(encoding="utf-8"))
OF_CONTROLLER = set(RUNTIME["action_groups"]["certum"])
OF_OTHER_HOSTS = {"certum_deploy", "certum_transfer"}
"""A host sends a key, or rolls back, in the batch of another host."""
ONLY_CONTROLLER = ("roles/certum_awx/", "playbooks/awx_setup.yml")
"""They run on localhost alone, so there is no other host whose facts could replace a variable."""
MODULES = {path.stem for path in REPOSITORY.glob("plugins/modules/*.py")}
ACTION_PLUGINS = {path.stem for path in REPOSITORY.glob("plugins/action/*.py")}
READS = re.compile(r"\b(certum|certum_deploy|adopt|cancel|rehearse|revoke)_(?!_|deploy__|report__)[a-z]\w*")


@dataclass(frozen=True)
class Task:
    """A task with what it inherits from its blocks and its play."""

    file: str
    body: Mapping[str, Any]
    inherited: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}: {self.body.get('name')}"

    @property
    def action(self) -> str:
        return next((key for key in self.body if "." in key), "")

    @property
    def is_of_controller(self) -> bool:
        """Return whether it calls the CA, or is delegated to the controller."""
        module = self.action.rpartition(".")[2]
        return ("delegate_to" in self.inherited and module not in OF_OTHER_HOSTS) or module in OF_CONTROLLER


def tasks_in(bodies: list[dict[str, Any]], file: str, inherited: Mapping[str, Any]) -> Iterator[Task]:
    for body in bodies:
        own = {key: body[key] for key in KEYWORDS if key in body}
        merged = {**inherited, **own, "vars": {**inherited.get("vars", {}), **body.get("vars", {})}}
        parts = [body[part] for part in ("block", "rescue", "always") if part in body]
        for part in parts:
            yield from tasks_in(part, file, merged)
        if not parts:
            yield Task(file, body, merged)


def all_tasks() -> list[Task]:
    found: list[Task] = []
    for path in FILES:
        file = str(path.relative_to(REPOSITORY))
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if file.startswith("roles"):
            found += tasks_in(content, file, {})
        for play in content if file.startswith("playbooks") else ():
            inherited = {key: play[key] for key in (*KEYWORDS, "vars") if key in play}
            found += tasks_in(play.get("tasks", []), file, inherited)
    return found


TASKS = all_tasks()


def test_every_task_is_seen() -> None:
    assert len(TASKS) > 30
    assert {task.action.rpartition(".")[2] for task in TASKS} >= {"certum_plan", "certum_batch", "mail"}


@pytest.mark.parametrize("task", [task for task in TASKS if task.is_of_controller], ids=str)
def test_controller_task_stays_on_the_controller(task: Task) -> None:
    """Task variables are stronger than those of the inventory, and keywords are not."""
    assert task.inherited.get("delegate_to") == "localhost"
    assert task.inherited.get("become") is False
    assert PINNED.items() <= task.inherited["vars"].items()


def test_every_module_of_the_role_has_its_action_plugin() -> None:
    """The batch runs in Ansible's own process, and the results of a host, and all access to the CA, pass one place."""
    routed = {name: to["action_plugin"] for name, to in RUNTIME["plugin_routing"]["modules"].items()}
    elsewhere = {"certum_batch", "certum_freeze", "certum_preflight", "certum_report", "certum_summary"}
    of_hosts, of_controller = "certops.certum.certum_plan", "certops.certum.certum_order"
    of_certificates = "certops.certum.certum_certificates"
    by_plugin = {plugin: {name for name, to in routed.items() if to == plugin} for plugin in routed.values()}

    assert {"certum_order", "certum_certificates", "certum_plan", *elsewhere} - {"certum_preflight"} == ACTION_PLUGINS
    assert by_plugin.keys() == {of_hosts, of_controller, of_certificates}
    assert (
        by_plugin[of_controller] | by_plugin[of_certificates] | {"certum_order", "certum_certificates"} == OF_CONTROLLER
    )
    assert by_plugin[of_hosts] | {"certum_plan"} == MODULES - elsewhere - OF_CONTROLLER


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_task_reads_only_frozen_values(task: Task) -> None:
    """A host can replace all other values by a fact. Variables that a task passes on are not read."""
    if task.action.endswith("certum_freeze") or task.file.startswith(ONLY_CONTROLLER):
        return
    options = task.body.get(task.action)
    passed = {*task.body.get("vars", {}), *(options if isinstance(options, dict) else ())}
    if task.file.startswith("roles/certum_deploy"):  # the role certum passes them to these files
        passed |= {f"certum_deploy_{name}" for name in ("path", "certificates", "command_timeout", "verify_timeout")}
    text = json.dumps({key: value for key, value in task.body.items() if key != "name"})
    assert {found.group() for found in READS.finditer(text)} - passed - MODULES - {"certum_mail"} == set()


def test_role_variables_read_only_frozen_values() -> None:
    for path in sorted({*REPOSITORY.glob("roles/*/vars/*.yml")} - {*REPOSITORY.glob("roles/certum_awx/vars/*.yml")}):
        text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
        assert [found.group() for found in READS.finditer(text)] == [], path


def test_unguarded_task_is_found() -> None:
    (bare,) = tasks_in([{"name": "x", "certops.certum.certum_cancel": {}, "delegate_to": "localhost"}], "x", {})
    assert bare.is_of_controller
    assert not PINNED.items() <= bare.inherited["vars"].items()
    assert READS.search("{{ certum_api_url }}")
    assert not READS.search("{{ certum__run.api_url }} {{ certum_deploy__deployed }}")
