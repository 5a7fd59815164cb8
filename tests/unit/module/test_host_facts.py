# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No fact of a host passes, except the Python that Ansible found there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.host_facts import split_facts

KEY = "discovered_interpreter_python"
PYTHON = {KEY: "/usr/bin/python3"}
CASES: dict[str, tuple[object, str | None, dict[str, Any], bool]] = {
    "no facts": (None, None, {}, False),
    "the Python that Ansible found": (PYTHON, KEY, {"ansible_facts": PYTHON}, False),
    "a Python that Ansible did not look for": (PYTHON, None, {}, True),
    "other facts": ({"certum_api_url": "http://x"}, None, {}, True),
    "other facts beside the Python": ({**PYTHON, "certum_api_url": "http://x"}, KEY, {"ansible_facts": PYTHON}, True),
    "facts without the Python": ({"certum_api_url": "http://x"}, KEY, {}, True),
    "something else": (["certum_api_url"], KEY, {}, True),
}


@pytest.mark.parametrize(("facts", "discovered", "kept", "foreign"), CASES.values(), ids=CASES)
def test_only_the_discovered_python_stays(
    facts: object, discovered: str | None, kept: dict[str, Any], foreign: bool
) -> None:
    assert split_facts({"changed": True, "ansible_facts": facts}, discovered) == ({"changed": True, **kept}, foreign)
