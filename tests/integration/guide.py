# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a task guide as steps: files to write, commands to run, output to compare, and events outside the guide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.integration.project import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GUIDES = {page.stem: page for page in sorted((REPOSITORY / "docs/guides").glob("*.md"))}
TRANSLATIONS = [page for page in sorted((REPOSITORY / "docs/pl").glob("*.md")) if page.stem in GUIDES]
PIECE = re.compile(r"^```(\w*)\n(.*?)^```$|^<!-- test: (.*?) -->$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"# (\S*[./]\S*)\n")
CONTINUED = re.compile(r"\\\n\s*")

CHANGING = (
    (re.compile(r"\b(?:[0-9A-F]{16,}|[0-9a-f]{16,})\b"), "HEX"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "DATE"),
    (re.compile(r"\d\d:\d\d(?::\d\d)?"), "TIME"),
    (re.compile(r"\b(ok|skipped)=\d+"), r"\1=N"),
    (re.compile(r"\s+"), " "),
)
"""What differs: serial numbers, ids, dates, times, and the number of tasks. Lines may be wrapped differently."""


@dataclass(frozen=True)
class Step:
    """One step. ``kind`` is file, commands, output or event; ``path`` is that of a file, and is in its first line."""

    kind: str
    text: str
    path: str = ""


def steps(page: Path) -> Iterator[Step]:
    """Return the steps in their order. Raises ValueError for a block that is nothing of this."""
    for language, text, event in PIECE.findall(page.read_text()):
        named = NAME.match(text)
        if event:
            yield Step("event", event)
        elif language == "shell":
            yield Step("commands", text)
        elif named:
            yield Step("file", text, named[1])
        elif language == "text" and text.strip("… \n"):
            yield Step("output", text)
        else:
            raise ValueError(
                f"{page.name}: neither output nor a file whose path is a comment in the first line:\n{text}"
            )


def commands(text: str) -> list[str]:
    """Return the commands of a block, one a line."""
    return [line for line in CONTINUED.sub(" ", text).splitlines() if line and not line.startswith("#")]


def fixed(text: str) -> str:
    """Return the text without what differs in every run."""
    for pattern, name in CHANGING:
        text = pattern.sub(name, text)
    return text.strip()


def missing(expected: str, output: str) -> str | None:
    """Return the first line that does not follow the former ones in the output. In a line, … stands for any text."""
    real, at = fixed(output), 0
    for line in filter(None, map(fixed, expected.splitlines())):
        found = re.compile(".*?".join(map(re.escape, line.split("…")))).search(real, at)
        if found is None:
            return line
        at = found.end()
    return None
