# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One command asks a host for its last plan. Whatever prevents that leads to a new plan."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host import unchanged
from ansible_collections.certops.certum.plugins.module_utils._host.unchanged import FORMAT, RECORD, main
from ansible_collections.certops.certum.plugins.module_utils._module.last_plan import command_for, planned_in

if TYPE_CHECKING:
    from pathlib import Path

PLAN = {"changed": False, "current": 1, "due": [], "notes": ["it's \u0105 plan"]}


@pytest.mark.parametrize(
    ("python", "chosen"),
    [
        ("/opt/python/bin/python3.12", "/opt/python/bin/python3.12"),
        ("auto", "/usr/bin/python3"),
        ("auto_silent", "/usr/bin/python3"),
        ("python3", None),
        ("/usr/bin/env python3", None),
        ("", None),
        ("None", None),
    ],
)
def test_command_needs_the_path_of_python(python: str, chosen: str | None) -> None:
    command = command_for(python, path="/etc/certum", digest="d")
    assert (shlex.split(command)[0] if command else None) == chosen


@pytest.mark.parametrize("path", ["/etc/no certum's store", "$(touch made)", "--help"])
def test_shell_gives_the_program_its_path_unchanged(tmp_path: Path, path: str) -> None:
    """Nothing is imported from the directory where the command runs, such as the home of the user who connects."""
    (tmp_path / "json.py").write_text("import pathlib; pathlib.Path('made').touch()")
    command = command_for(sys.executable, path=path, digest="d") or ""
    done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert (planned_in(done.stdout), done.stdout, done.stderr) == (None, "null", "")
    assert [each.name for each in tmp_path.iterdir()] == ["json.py"]


def test_program_prints_the_plan_of_a_path_with_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(unchanged, "seen_files", lambda path, now: f"those of {path}")
    result = {**PLAN, "add_host": {"host_name": "added"}}
    kept = {
        "format": FORMAT,
        "digest": "d",
        "from": 0,
        "until": 1e12,
        "files": f"those of {tmp_path}",
        "result": result,
    }
    (tmp_path / RECORD).write_text(json.dumps(kept))
    (tmp_path / RECORD).chmod(0o600)
    monkeypatch.setenv("STORES", str(tmp_path.parent))
    main(f"$STORES/{tmp_path.name}", "d")
    assert planned_in(capsys.readouterr().out) == PLAN


@pytest.mark.parametrize("stdout", ["", "null", "[1]", "Welcome to web1\n{}", '"text"', "{", "[" * 100_000])
def test_other_output_is_no_plan(stdout: str) -> None:
    found: dict[str, Any] | None = planned_in(stdout)
    assert found is None
