# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment fits the collection, and the README of certum_awx names what the role creates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[3]
CONTROLLER_PYTHON = (3, 11)


def content_of(path: str) -> Any:
    return yaml.safe_load((REPOSITORY / path).read_text().replace("!unsafe", ""))


def test_execution_environment_has_what_the_controller_needs() -> None:
    definition = content_of("execution-environment.yml")
    needed = definition["dependencies"]
    python = re.fullmatch(r"python(\d+)\.(\d+)", needed["python_interpreter"]["package_system"])
    oldest = content_of("meta/runtime.yml")["requires_ansible"].removesuffix(".0")

    assert definition["version"] == 3
    assert python
    assert tuple(map(int, python.groups())) >= CONTROLLER_PYTHON
    assert needed["ansible_core"]["package_pip"].replace(" ", "") == f"ansible-core{oldest}"
    assert needed["galaxy"]["collections"] == ["certops.certum"]


def test_readme_names_every_job_template() -> None:
    templates = content_of("roles/certum_awx/vars/main.yml")["certum_awx__job_templates"]
    readme = (REPOSITORY / "roles/certum_awx/README.md").read_text()
    assert re.findall(r"^\| job template \| `Certum (\w+)`", readme, re.MULTILINE) == [
        each["name"] for each in templates
    ]
