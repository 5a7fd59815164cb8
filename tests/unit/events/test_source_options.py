# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of the source are checked before anything is sent, and documented as they are."""

from __future__ import annotations

import ast
import asyncio
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._events import source_options as options_file
from ansible_collections.certops.certum.plugins.module_utils._events.source_options import (
    OPTIONS,
    SourceOptionsError,
    source_options,
)
from ansible_collections.certops.certum.plugins.module_utils._events.watch import SourceStoppedError
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

SOURCE = COLLECTION / "extensions/eda/plugins/event_source/certum.py"
ACCESS = {"api_environment": "test", "api_username": "partner", "api_password": "canary-password"}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "ENVIRONMENT", "USERNAME", "PASSWORD", "CA_PATH"):
        monkeypatch.delenv(f"CERTUM_API_{name}", raising=False)


def constant(name: str) -> Any:
    """Return the YAML of a constant of the source, which is read like a documentation tool does."""
    for statement in ast.parse(SOURCE.read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return yaml.safe_load(ast.literal_eval(statement.value))
    raise AssertionError(f"the source has no {name}")


def test_documented_options_are_those_that_are_accepted() -> None:
    facts = ("type", "default", "required", "choices")
    documented = constant("DOCUMENTATION")["options"]
    assert {name: {fact: each[fact] for fact in facts if fact in each} for name, each in documented.items()} == {
        name: {fact: each[fact] for fact in facts if fact in each} for name, each in OPTIONS.items()
    }


def test_examples_are_accepted() -> None:
    for example in constant("EXAMPLES"):
        ((name, args),) = example.items()
        assert name == "certops.certum.certum"
        assert source_options({**ACCESS, **args}).state_file is not None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, ["api_username", "CERTUM_API_USERNAME", "api_environment", "CERTUM_API_URL"]),
        ({**ACCESS, "api_environment": "prod"}, ["production, test"]),
        ({**ACCESS, "remaining_day": 3}, ["remaining_day", "remaining_days"]),
        ({**ACCESS, "feedback": True}, ["feedback"]),
        ({**ACCESS, "remaining_days": 31}, ["remaining_days is 31", "1 to 30"]),
        ({**ACCESS, "remaining_days": 0}, ["remaining_days is 0"]),
        ({**ACCESS, "delay": 0}, ["delay is 0", "at least 1"]),
        ({**ACCESS, "delay": "often"}, ["delay"]),
        ({**ACCESS, "api_password": 12345}, ["api_password must be text", "quotation marks"]),
    ],
)
def test_wrong_arguments_are_refused_with_a_remedy(args: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(SourceOptionsError) as caught:
        source_options(args)
    text = str(caught.value)
    assert [word for word in words if word not in text] == []
    assert text.endswith(SourceOptionsError.remedy)
    assert "canary" not in text
    assert "12345" not in text


def test_variables_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ACCESS.items():
        monkeypatch.setenv(f"CERTUM_{name.upper()}", value)
    given = source_options({})
    assert {name: given.api[name] for name in ACCESS} == ACCESS
    assert (given.delay, given.remaining_days, given.state_file) == (300, 7, None)


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options_file, "CONTROLLER_PACKAGES_MISSING", ("httpx", "pydantic-xml"))
    with pytest.raises(SourceOptionsError, match=f"'{sys.executable} -m pip install httpx pydantic-xml'"):
        source_options(ACCESS)


@pytest.mark.parametrize("path", [SOURCE, Path("extensions/eda/plugins/event_source/certum.py")])
def test_source_runs_by_its_path_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ansible-rulebook runs the file of a collection, or of a directory, by its path."""
    monkeypatch.chdir(COLLECTION)
    main = runpy.run_path(str(path))["main"]
    with pytest.raises(SourceStoppedError, match="missing required arguments") as caught:
        asyncio.run(main(asyncio.Queue(), {}))
    assert caught.value.__traceback__ is None
