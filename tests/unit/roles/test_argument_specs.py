# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role and modules accept the same declaration, although it is described in two places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import (
    declaration_options,
    defaults_options,
)

ROLES = Path(__file__).parents[3] / "roles"
TYPED = ("type", "elements", "required", "choices", "default")


def options_of(role: str) -> dict[str, Any]:
    specs = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())
    options: dict[str, Any] = specs["argument_specs"]["main"]["options"]
    return options


def shape(options: dict[str, Any]) -> dict[str, Any]:
    """Return types and limits without the words."""
    return {
        name: {key: option[key] for key in TYPED if key in option} | {"options": shape(option.get("options", {}))}
        for name, option in options.items()
    }


def test_declaration_is_equal_for_role_and_modules() -> None:
    module = declaration_options()["certificates"]["options"]
    assert shape(options_of("certum")["certum_certificates"]["options"]) == shape(module)


def test_every_default_for_declarations_has_its_variable() -> None:
    defaults = defaults_options()["defaults"]["options"]
    role = options_of("certum")
    for name, option in shape(defaults).items():
        variable = shape(role)[f"certum_{name}"]
        assert {**variable, "default": None} == {**option, "default": None}


@pytest.mark.parametrize("role", ["certum", "certum_deploy"])
def test_defaults_equal_the_argument_spec(role: str) -> None:
    defaults = yaml.safe_load((ROLES / role / "defaults/main.yml").read_text())
    options = options_of(role)
    assert set(defaults) == set(options)
    assert {name: options[name].get("default") for name in options} == defaults
