# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every cited section of the notes about the CA is described in docs/internals/sources.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = COLLECTION / "docs/internals/sources.md"
NOTES = ("partner-api.md", "lifecycle.md")
SECTION = r"\d{1,2}(?:\.\d{1,2})?(?!\d)"
RANGE = re.compile(rf"({SECTION})(?:\s+to\s+({SECTION}))?")
CITATION = re.compile(rf"(partner-api\.md|lifecycle\.md)\s+({SECTION}(?:(?:,|\s+to|\s+and)\s+{SECTION})*)")
FOLDERS = ("docs", "plugins", "roles", "sandbox/src", "tests", "tools")
KINDS = {".csv", ".md", ".py", ".wsdl", ".xsd", ".yml"}


def sections_in(text: str) -> Iterator[tuple[str, str]]:
    """Return each cited section, also those between the first and the last of a range."""
    for note, cited in CITATION.findall(text):
        for first, last in RANGE.findall(cited):
            above, _dot, begin = first.rpartition(".")
            end = (last or first).rpartition(".")[2]
            yield from ((note, f"{above}.{number}".lstrip(".")) for number in range(int(begin), int(end) + 1))


def cited() -> set[tuple[str, str]]:
    """Return the sections that the repository cites. This file has made-up citations."""
    paths = {path for folder in FOLDERS for path in (COLLECTION / folder).rglob("*") if path.suffix in KINDS}
    texts = (path.read_text() for path in paths if path.name not in {PAGE.name, Path(__file__).name})
    return {section for text in texts for section in sections_in(text)}


def described(note: str) -> set[tuple[str, str]]:
    """Return the sections in the first column of the table below the heading of the note."""
    (below,) = re.findall(rf"^## `{note}`\n((?:(?!^## )[\s\S])*)", PAGE.read_text(), re.MULTILINE)
    return {(note, section) for section in re.findall(rf"^\| ({SECTION}) \|", below, re.MULTILINE)}


@pytest.mark.parametrize("note", NOTES)
def test_the_page_describes_every_cited_section(note: str) -> None:
    sections = {section for section in cited() if section[0] == note}
    assert sections
    assert sections - described(note) == set()


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("lifecycle.md 8, errors 1012", ["8"]),
        ("partner-api.md 6, 1043", ["6"]),
        ("partner-api.md 2.14 to 2.16,\n3.2.", ["2.14", "2.15", "2.16", "3.2"]),
        ("lifecycle.md 4 to 6 and 10.8", ["4", "5", "6", "10.8"]),
        ("from lifecycle.md.", []),
    ],
)
def test_sections_of_a_citation_are_found(text: str, sections: list[str]) -> None:
    assert [section for _note, section in sections_in(text)] == sections
