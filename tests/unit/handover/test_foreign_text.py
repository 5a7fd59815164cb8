# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits foreign text in messages, and finds places that do not quote it."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.foreign_text import (
    LONGEST,
    printable,
    quote,
    without_breaks,
)
from hypothesis import given
from hypothesis import strategies as st

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
QUOTING = PLUGINS / "module_utils" / "_handover" / "foreign_text.py"
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u115f\u3164\U000e0001"
BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
HOSTILE = [*BIDI, *ZERO_WIDTH, *BREAKS, "\x00", "\x1b", "\x07", "\t", "\x7f", "\x9b", "\x9d", "\ud800", "\udcff"]
DANGEROUS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
FOREIGN = st.text(st.one_of(st.characters(), st.sampled_from(HOSTILE)), max_size=400)


def is_harmless(text: str) -> bool:
    return not any(unicodedata.category(each) in DANGEROUS or each in ZERO_WIDTH for each in text)


@given(FOREIGN, st.integers(10, 400))
def test_quoted_text_is_one_short_visible_line(text: str, longest: int) -> None:
    line = quote(text, longest)
    assert is_harmless(line)
    assert len(line) <= longest
    assert len(line.splitlines()) <= 1
    assert quote(line, longest) == line
    line.encode()


@given(FOREIGN)
def test_sentence_keeps_only_the_allowed_characters(text: str) -> None:
    assert is_harmless(printable(text, keep="\n").replace("\n", ""))
    assert printable(text, keep="\n").count("\n") == text.count("\n")


@pytest.mark.parametrize("character", HOSTILE)
def test_hostile_character_is_not_shown(character: str) -> None:
    assert character not in quote(f"a{character}b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zażółć gęślą jaźń, 証明書", "Zażółć gęślą jaźń, 証明書"),
        ("\x9b2J\u202eevil\nfatal: [web9]", "\\x9b2J\\u202eevil fatal: [web9]"),
        ("  a\r\n\tb  ", "a b"),
        ("C:\\temp", "C:\\temp"),
        ("x" * 500, "x" * (LONGEST - 3) + "..."),
        (OSError(2, "no\x1b[2Jway"), "[Errno 2] no\\x1b[2Jway"),
    ],
)
def test_quoted_text_shows_special_characters(text: object, shown: str) -> None:
    assert quote(text) == shown


def test_data_of_one_line_loses_only_line_breaks() -> None:
    assert without_breaks("Zoë\u200d  Ltd.\r\n\u2028x\x9b") == "Zoë\u200d  Ltd. x "


# --- the next place ---------------------------------------------------------------------------------------------------

SOURCES = sorted(path for path in PLUGINS.rglob("*.py") if path != QUOTING)


def classes_of(tree: ast.AST) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


OURS = frozenset().union(*(classes_of(ast.parse(path.read_text())) for path in SOURCES))


def unquoted(tree: ast.AST, ours: frozenset[str] = OURS) -> list[str]:
    """Return places that put foreign text into a message, or cut a text, without ``quote``."""
    return [*_cut_or_repr(tree), *_foreign_errors(tree, ours)]


def _cut_or_repr(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) == "repr":
            found.append(f"line {node.lineno}: repr()")
        if isinstance(node, ast.FormattedValue):
            if node.conversion == ord("r"):
                found.append(f"line {node.lineno}: !r")
            if isinstance(node.value, ast.Subscript) and isinstance(node.value.slice, ast.Slice):
                found.append(f"line {node.lineno}: a text is cut")
    return found


def _foreign_errors(tree: ast.AST, ours: frozenset[str]) -> list[str]:
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name and node.type]
    return [
        f"line {node.lineno}: the text of {handler.name}, which may be foreign"
        for handler in handlers
        if not {_name_of(each) for each in _types(handler.type)} <= ours
        for statement in handler.body
        for node in _shown(statement, handler.name, within=False)
    ]


def _types(node: ast.expr | None) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node] if node else []


def _shown(node: ast.AST, name: str | None, *, within: bool) -> list[ast.Name]:
    """Return where the error is shown: inside an f-string or ``str()``, and not inside ``quote()`` or the like."""
    if isinstance(node, ast.Call):
        if _name_of(node.func) in {"quote", "first_line", "from_os_error", "isinstance", "type", "visible_sentence"}:
            return []
        within = within or _name_of(node.func) == "str"
    if isinstance(node, ast.Attribute) and node.attr in {"errno", "code", "why", "remedy", "where"}:
        return []
    if isinstance(node, ast.Name):
        return [node] if within and node.id == name else []
    within = within or isinstance(node, ast.JoinedStr)
    return [found for child in ast.iter_child_nodes(node) for found in _shown(child, name, within=within)]


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_every_message_quotes_foreign_text(path: Path) -> None:
    assert unquoted(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "raise X(f'{name!r} is none')",
        "raise X(f'{name[:80]} is none')",
        "words = repr(name)",
        "try: f()\nexcept OSError as error: raise X(f'no: {error}')",
        "try: f()\nexcept (OurError, ssl.SSLError) as error: why = str(error)",
        "try: f()\nexcept OSError as error: raise X(f'no: {error.strerror}')",
    ],
)
def test_message_without_quoting_is_found(source: str) -> None:
    assert unquoted(ast.parse(source), frozenset({"OurError"}))


@pytest.mark.parametrize(
    "source",
    [
        "try: f()\nexcept OurError as error: raise X(f'no: {error}')",
        "try: f()\nexcept OSError as error: raise X(f'no: {quote(error)}')",
        "try: f()\nexcept OSError as error: raise from_os_error('no', path, error)",
        "try: f()\nexcept HTTPError as error: raise X(f'HTTP {error.code}')",
    ],
)
def test_message_with_quoting_is_not_reported(source: str) -> None:
    assert not unquoted(ast.parse(source), frozenset({"OurError"}))
