# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every message that the page about symptoms quotes is a message of the collection."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (COLLECTION / "docs/troubleshooting.md").read_text(encoding="utf-8")
QUOTES = re.findall(r"^> (.+)$", PAGE, re.MULTILINE)
ENTRIES = re.findall(r"^### (.+)\n((?:(?!^##)[\s\S])*)", PAGE, re.MULTILINE)
WITHOUT_MESSAGE = {"No browser trusts the certificate"}


@cache
def texts() -> list[str]:
    """Return every text of the collection, with an ellipsis for each value that is put into it."""
    sources = [path.read_text(encoding="utf-8") for path in (COLLECTION / "plugins").rglob("*.py")]
    return [text for source in sources for node in ast.walk(ast.parse(source)) for text in text_of(node)]


def text_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


def is_in(quote: str, text: str) -> bool:
    """Return whether a text contains the parts of a quote in their order."""
    parts = quote.split("…")
    return all(part in text for part in parts) and bool(re.search(".*".join(map(re.escape, parts)), text, re.DOTALL))


@pytest.mark.parametrize("quote", QUOTES)
def test_quoted_message_exists(quote: str) -> None:
    assert len(quote.replace("…", "").strip()) > 10
    assert any(is_in(quote, text) for text in texts())


def test_message_that_does_not_exist_is_noticed() -> None:
    assert not any(is_in("no connection within … s (another_timeout)", text) for text in texts())


@pytest.mark.parametrize(("title", "entry"), ENTRIES, ids=[title for title, _entry in ENTRIES])
def test_entry_has_message_reason_and_remedy(title: str, entry: str) -> None:
    assert ("\n> " in entry) is (title not in WITHOUT_MESSAGE)
    assert re.search(r"^\*\*Reason:\*\* .+\n(?:.+\n)*\n\*\*What to do:\*\* ", entry, re.MULTILINE)
