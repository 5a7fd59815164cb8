# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of a module work alone: they use no variable that a reader has to guess."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.unit.docs.documentation import MODULES, PLUGINS
from jinja2 import Environment, meta

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_ANSIBLE = {"ansible_play_batch", "inventory_hostname", "item", "lookup", "query"}
CONDITIONS = ("changed_when", "failed_when", "until", "when")


def texts_of(value: Any) -> Iterator[str]:
    """Return all strings of a task."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


def used_by(task: dict[str, Any]) -> set[str]:
    conditions = [f"{{{{ {task[key]} }}}}" for key in CONDITIONS if key in task]
    return {
        name
        for text in [*texts_of(task), *conditions]
        for name in meta.find_undeclared_variables(Environment(autoescape=True).parse(text))
    }


def missing(examples: str) -> Iterator[tuple[str, set[str]]]:
    """Return the tasks with variables that neither Ansible nor an earlier task of the examples sets."""
    known = set(OF_ANSIBLE)
    for task in yaml.safe_load(examples):
        known |= {task.get("register", "")}
        if unknown := used_by(task) - known - set(task.get("vars", {})):
            yield task["name"], unknown


@pytest.mark.parametrize("module", MODULES)
def test_every_variable_of_the_examples_is_set_in_them(module: str) -> None:
    assert list(missing(importlib.import_module(f"{PLUGINS}.modules.{module}").EXAMPLES)) == []


def test_variable_of_a_later_task_is_missing() -> None:
    tasks = [{"name": "Use", "m": {"a": ["{{ b.c }}"]}, "when": "d"}, {"name": "Register", "register": "b"}]
    assert list(missing(yaml.safe_dump(tasks))) == [("Use", {"b", "d"})]
