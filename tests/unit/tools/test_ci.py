# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`.ci/run` and the workflows run the same checks, and a release runs them too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
WORKFLOWS = REPOSITORY / ".github/workflows"
REUSABLE = {"reusable-nox-run.yml": "nox", "reusable-nox-matrix.yml": "sanity"}
"""What the workflows of antsibull-nox do, and the target that does the same here."""
MORE = {suite: f"{suite}-share" for suite in ("conformance", "integration", "chaos", "hosts")}
"""What is done every night, and the share of it that is done for each commit."""
ACTION = re.compile(r"[\w.-]+/[\w./-]+@[\w./-]+")


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((WORKFLOWS / name).read_text())
    return found


def targets_in(text: str) -> set[str]:
    """Return the targets that the commands in a text make, without options and variables."""
    lines = re.findall(r"(?:\bmake|\$\(MAKE\))[ \t]+(.*)", text)
    return {word for line in lines for word in line.split() if re.fullmatch(r"[a-z][a-z-]*|\$\(breaks\)", word)}


def of_ci() -> set[str]:
    """Return what `.ci/run` makes, with the parts of `make test` in its place."""
    found = targets_in((REPOSITORY / ".ci/run").read_text())
    makefile = (REPOSITORY / "Makefile").read_text()
    match = re.search(r"^test:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert match
    parts = targets_in(match.group(1)) - {"$(breaks)"}
    return (found - {"test"}) | parts | {"chaos-histories"}


def of_workflow() -> set[str]:
    found = set()
    for job in workflow("ci.yml")["jobs"].values():
        found |= {target for name, target in REUSABLE.items() if name in job.get("uses", "")}
        for step in job.get("steps", ()):
            found |= targets_in(step.get("run", ""))
    return found


def test_ci_and_the_workflow_run_the_same_checks() -> None:
    assert "make test breaks=chaos-histories" in (REPOSITORY / ".ci/run").read_text()
    assert of_workflow() - {*MORE} == of_ci()
    assert {*MORE} <= of_workflow(), "every night all of it"


def test_release_publishes_only_what_all_checks_passed() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert jobs["check"]["uses"] == "./.github/workflows/ci.yml"
    assert jobs["publish"]["needs"] == ["check", "build"]
    assert jobs["publish"]["environment"] == "release"
    assert [name for name, job in jobs.items() if "permissions" in job] == ["publish"]


def test_every_action_has_a_version() -> None:
    used = [
        step["uses"]
        for path in WORKFLOWS.glob("*.yml")
        for job in workflow(path.name)["jobs"].values()
        for step in [job, *job.get("steps", ())]
        if not step.get("uses", "./").startswith("./")
    ]
    assert used
    assert [each for each in used if not ACTION.fullmatch(each)] == []
