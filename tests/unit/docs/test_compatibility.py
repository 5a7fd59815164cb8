# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of compatibility have what the metadata, the code, CI and the scenarios have."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._service.known_services import KNOWN
from ansible_collections.certops.certum.plugins.module_utils._third_party.host_packages import OLDEST_VERSION
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

PAGE = (COLLECTION / "docs/compatibility.md").read_text(encoding="utf-8")
README = (COLLECTION / "README.md").read_text(encoding="utf-8")
SCENARIOS = {path.parent.name for path in COLLECTION.glob("extensions/molecule/*/molecule.yml")}


def rows_of(heading: str, page: str = PAGE) -> dict[str, list[str]]:
    """Return the cells of the rows below a heading by their first cell."""
    (below,) = re.findall(rf"^## {heading}\n((?:(?!^## )[\s\S])*)", page, re.MULTILINE)
    rows = [row.strip("| ").split(" | ") for row in below.splitlines() if row.startswith("| ")]
    return {first: rest for first, *rest in rows}


def names_of_services() -> dict[str, set[str]]:
    """Return the names in ``deploy.service`` of each known service, by its title."""
    names = {title: set(re.findall(r"`(\w+)`", cells[0])) for title, cells in rows_of("Services").items()}
    return {title: found for title, found in names.items() if found and not found & {"check_command"}}


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
    named = {name for names in names_of_services().values() for name in names}
    assert named == set(KNOWN), "The table Services of docs/compatibility.md and known_services.py differ"
    unknown = {name for cells in rows.values() for name in re.findall(r"`(\w+)`", cells[1])} - SCENARIOS
    assert unknown == set(), "docs/compatibility.md names scenarios that extensions/molecule does not have"


def test_every_scenario_is_described() -> None:
    page = (COLLECTION / "docs/internals/test-hosts.md").read_text(encoding="utf-8")
    described = {name.strip("`") for name in rows_of("The scenarios", page) if name.startswith("`")}
    assert described == SCENARIOS, "The table of docs/internals/test-hosts.md and extensions/molecule differ"


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", "docs/site/index.md", "docs/pl/index.md"])
def test_list_of_services_in_a_text_is_complete(path: str) -> None:
    *most, last = names_of_services()
    text = " ".join((COLLECTION / path).read_text(encoding="utf-8").split())
    found = re.findall(rf"{most[0]}, {most[1]}.*? (?:and|i) \w+", text)
    assert {each.replace(" i ", " and ") for each in found} == {f"{', '.join(most)} and {last}"}, f"Correct {path}"


def test_rulebook_version_is_the_one_of_the_tests() -> None:
    needed = (COLLECTION / "requirements-dev.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"^ansible-rulebook == (\S+)", needed, re.MULTILINE)
    assert rows_of("Other software")["Event-Driven Ansible"][0] == f"ansible-rulebook {version}"
