# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rooms of ``plugins/module_utils`` are as docs/architecture.md describes them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTION = Path(__file__).parents[2]
UTILS = COLLECTION / "plugins/module_utils"
FILES = sorted(path.relative_to(UTILS) for path in UTILS.rglob("*.py"))
ARCHITECTURE = (COLLECTION / "docs/architecture.md").read_text()
ROOMS = re.findall(r"^      (_\w+)/ ", ARCHITECTURE, re.MULTILINE)


def _tree(path: Path) -> ast.Module:
    return ast.parse((UTILS / path).read_text())


def _imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            package = path.parts[: len(path.parts) - node.level]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from ((*package, *name.split("."))[0] for name in names)


def test_documented_rooms_are_the_rooms_on_disk() -> None:
    assert sorted(ROOMS) == sorted({path.parts[0] for path in FILES})


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_rooms_below_it(room: str) -> None:
    imported = {used for path in FILES if path.parts[0] == room for used in _imported_rooms(path)}
    assert imported <= set(ROOMS[ROOMS.index(room) :])


def test_file_names_stand_once() -> None:
    assert [name for name, times in Counter(path.name for path in FILES).items() if times > 1] == []


def test_public_class_names_stand_once() -> None:
    found = Counter(
        node.name
        for path in FILES
        for node in _tree(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in found.items() if times > 1] == []


def test_documented_files_exist() -> None:
    documents = [ARCHITECTURE, *(path.read_text() for path in (COLLECTION / "docs/internals").glob("*.md"))]
    named = {name for text in documents for name in re.findall(r"`(_\w+/[\w/]+\.py)`", text)}
    assert len(named) > 40
    assert sorted(name for name in named if not (UTILS / name).is_file()) == []


@pytest.mark.parametrize(
    "module", sorted(path.stem.removeprefix("certum_") for path in (COLLECTION / "plugins/modules").glob("*.py"))
)
def test_each_module_has_the_file_of_its_name(module: str) -> None:
    on_controller_itself = {"batch": "_module/batch_action.py", "freeze": "_module/frozen_variables.py"}
    others = {**on_controller_itself, "summary": "_module/run_summary.py", "certificate": "_controller/certificates.py"}
    candidates = [f"_controller/{module}.py", f"_host/{module}.py"]
    assert any((UTILS / path).is_file() for path in ([others[module]] if module in others else candidates))
