# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Missing packages come from the distribution if the interpreter does."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.missing_packages import (
    install_commands,
    is_older,
    outdated_sentence,
)

APT, DNF = "'apt install python3-cryptography'", "'dnf install python3-cryptography'"


@pytest.mark.parametrize(
    ("packages", "executable", "in_environment", "managers", "commands"),
    [
        (["cryptography"], "/usr/bin/python3", False, ["apt"], [APT]),
        (["cryptography"], "/usr/bin/python3.9", False, ["dnf"], [DNF]),
        (["cryptography"], "/usr/bin/python3", False, ["zypper"], ["'zypper install python3-cryptography'"]),
        (["cryptography"], "/usr/bin/python3", False, [], [APT, DNF]),
        (["cryptography"], "/usr/bin/python3", True, ["apt"], ["'/usr/bin/python3 -m pip install cryptography'"]),
        (
            ["cryptography"],
            "/opt/py/bin/python3",
            False,
            ["apt"],
            ["'/opt/py/bin/python3 -m pip install cryptography'"],
        ),
        (
            ["httpx", "pydantic"],
            "/usr/bin/python3",
            False,
            ["apt"],
            ["'/usr/bin/python3 -m pip install httpx pydantic'"],
        ),
    ],
)
def test_command_suits_the_interpreter(
    packages: list[str], executable: str, in_environment: bool, managers: list[str], commands: list[str]
) -> None:
    assert commands == install_commands(
        packages,
        executable=executable,
        in_environment=in_environment,
        is_there=lambda path: path.name in managers,
    )


@pytest.mark.parametrize(
    ("version", "is_too_old"),
    [("2.8", True), ("3.2.1", True), ("3.3.2", False), ("3.10", False), ("38.0.4", False), ("50.0.0.dev1", False)],
)
def test_versions_are_compared_as_numbers(version: str, is_too_old: bool) -> None:
    assert is_older(version, than="3.3") == is_too_old


def test_outdated_package_is_named_with_its_version() -> None:
    assert outdated_sentence("cryptography", installed="3.3.2", oldest="3.3") is None
    words = str(outdated_sentence("cryptography", installed="2.8", oldest="3.3"))
    assert words.startswith("The Python package cryptography 2.8 of ")
    assert "version 3.3 or newer is needed" in words
