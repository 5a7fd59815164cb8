# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of compatibility have what the metadata, the code, CI and the scenarios have."""

from __future__ import annotations

import re
from typing import Any

import yaml
from ansible_collections.certops.certum.plugins.module_utils._service.known_services import KNOWN
from ansible_collections.certops.certum.plugins.module_utils._third_party.host_packages import OLDEST_VERSION
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

PAGE = (COLLECTION / "docs/compatibility.md").read_text(encoding="utf-8")
README = (COLLECTION / "README.md").read_text(encoding="utf-8")


def rows_of(heading: str) -> dict[str, list[str]]:
    """Return the cells of the rows below a heading by their first cell."""
    (below,) = re.findall(rf"^## {heading}\n((?:(?!^## )[\s\S])*)", PAGE, re.MULTILINE)
    rows = [row.strip("| ").split(" | ") for row in below.splitlines() if row.startswith("| ")]
    return {first: rest for first, *rest in rows}


def content_of(path: str) -> Any:
    return yaml.safe_load((COLLECTION / path).read_text(encoding="utf-8"))


def test_versions_of_the_controller_are_those_of_metadata_and_ci() -> None:
    rows = rows_of("Controller")
    core, python = rows["ansible-core"], rows["Python"]
    tested = content_of(".github/workflows/ci.yml")["jobs"]["suites"]["strategy"]["matrix"]["include"]
    assert f">={core[0].split()[0]}.0" == content_of("meta/runtime.yml")["requires_ansible"]
    assert core[1] == ", ".join(f"{each['ansible-core']} (Python {each['python']})" for each in tested)
    assert python[1].split(", ") == sorted(each["python"] for each in tested)
    assert f"The controller needs ansible-core {core[0]} and Python {python[0]}" in " ".join(README.split())


def test_packages_of_the_controller_are_those_of_the_requirements() -> None:
    lines = (COLLECTION / "meta/ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = {re.split(r"[ >=<]", line)[0] for line in lines if line and not line.startswith("#")}
    assert {name for row in rows_of("Controller") for name in re.findall(r"`([\w-]+)`", row)} == needed


def test_versions_of_hosts_are_those_of_the_code() -> None:
    rows = rows_of("Hosts")
    assert rows["`cryptography`"][0].startswith(f"{OLDEST_VERSION} or newer")
    assert f"Python {rows['Python'][0]}" in README


def test_distributions_are_those_of_the_readme() -> None:
    for name in ("Debian", "Ubuntu"):
        (row,) = re.findall(rf"^\| {name}.*\|$", PAGE, re.MULTILINE)
        assert row in README


def test_every_known_service_has_a_row_with_real_scenarios() -> None:
    rows = rows_of("Services")
    named = {name for cells in rows.values() if "_command" not in cells[0] for name in re.findall(r"`(\w+)`", cells[0])}
    scenarios = {path.parent.name for path in COLLECTION.glob("extensions/molecule/*/molecule.yml")}
    assert named == set(KNOWN)
    assert {name for cells in rows.values() for name in re.findall(r"`(\w+)`", cells[1])} <= scenarios


def test_rulebook_version_is_the_one_of_the_tests() -> None:
    needed = (COLLECTION / "requirements-dev.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"^ansible-rulebook == (\S+)", needed, re.MULTILINE)
    assert rows_of("Other software")["Event-Driven Ansible"][0] == f"ansible-rulebook {version}"
