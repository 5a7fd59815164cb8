# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads everything that the collection documents about options and results from the static YAML."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTION = Path(__file__).parents[3]
PLUGINS = "ansible_collections.certops.certum.plugins"
MODULES = sorted(path.stem for path in COLLECTION.glob("plugins/modules/certum_*.py"))
FRAGMENTS = sorted(path.stem for path in COLLECTION.glob("plugins/doc_fragments/_*.py"))
ROLES = sorted(path.parent.parent.name for path in COLLECTION.glob("roles/*/meta/argument_specs.yml"))


def results_of(module: str) -> dict[str, Any]:
    """Return the documented results of a module."""
    found: dict[str, Any] = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").RETURN)
    return found


def described() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the place of a description, and the options or results by name."""
    for module in MODULES:
        text = importlib.import_module(f"{PLUGINS}.modules.{module}").DOCUMENTATION
        yield f"{module} DOCUMENTATION", yaml.safe_load(text).get("options") or {}
        yield f"{module} RETURN", results_of(module)
    for fragment in FRAGMENTS:
        for name, text in vars(
            importlib.import_module(f"{PLUGINS}.doc_fragments.{fragment}").ModuleDocFragment
        ).items():
            if name.isupper():
                yield f"{fragment}.{name}", yaml.safe_load(text).get("options") or {}
    for role in ROLES:
        specs = yaml.safe_load((COLLECTION / "roles" / role / "meta/argument_specs.yml").read_text())
        yield f"role {role}", specs["argument_specs"]["main"]["options"]


def with_nested(where: str, options: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return path, name and description of every option and result, with nested ones."""
    for name, option in options.items():
        path = f"{where}: {name}"
        yield path, name, option
        for below in ("suboptions", "options", "contains"):
            yield from with_nested(path, option.get(below) or {})
