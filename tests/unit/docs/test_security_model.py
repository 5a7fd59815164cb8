# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The claims of docs/security.md have tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
MODEL = REPOSITORY / "docs" / "security.md"
TEST = re.compile(r"`(tests/[a-z0-9_/]+\.py)::((?:Test\w+::)?test_\w+)`")
THREATS = ("host", "network", "answer of the CA", "declaration", "local user")


def rows(text: str) -> list[tuple[str, str]]:
    """Return the first and the last cell of each row of each table that has a column for tests."""
    found, tables = [], re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    for table in tables:
        header, _ruler, *lines = table.splitlines()
        assert header.endswith("| shown by |"), header
        found += [(cells[0].strip(), cells[-1].strip()) for cells in (line.strip("|").split("|") for line in lines)]
    return found


ROWS = rows(MODEL.read_text())


@cache
def defined_in(path: str) -> frozenset[str]:
    """Return the node ids within a file, without parameters."""
    names = set()
    for node in ast.parse((REPOSITORY / path).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return frozenset(names)


@pytest.mark.parametrize(("claim", "shown_by"), ROWS, ids=[claim[:60] for claim, _shown_by in ROWS])
def test_every_line_names_an_existing_test(claim: str, shown_by: str) -> None:
    found = TEST.fullmatch(shown_by)
    assert found, f"{claim}: {shown_by} is no test"
    path, name = found.groups()
    assert name in defined_in(path), f"{claim}: {path} has no {name}"


def test_every_threat_has_its_table() -> None:
    headings = re.findall(r"^## A hostile (.*)\n(?:(?!^##)[\s\S])*?^\| what", MODEL.read_text(), re.MULTILINE)
    assert tuple(headings) == THREATS


def test_line_without_a_test_is_found() -> None:
    assert rows("| a | shown by |\n|---|---|\n| b | nothing |\n") == [("b", "nothing")]
