# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The glossary is in order, and has terms that other pages use."""

from __future__ import annotations

import re

from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

PAGE = COLLECTION / "docs/glossary.md"
ROW = re.compile(r"^\| (?!English)([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TERMS = [english for english, _polish, _meaning in ROW.findall(PAGE.read_text(encoding="utf-8"))]


def test_terms_are_in_order_and_complete() -> None:
    assert sorted(set(TERMS), key=str.lower) == TERMS
    assert len(TERMS) == PAGE.read_text(encoding="utf-8").count("\n| ") - 1


def test_other_pages_use_each_term() -> None:
    pages = [
        path
        for pattern in ("docs/**/*.md", "roles/*/README.md", "sandbox/README.md")
        for path in COLLECTION.glob(pattern)
    ]
    text = " ".join(path.read_text(encoding="utf-8") for path in pages if path != PAGE).lower()
    words = [word.partition(" (")[0] for term in TERMS for word in term.split(", ")]
    assert [word for word in words if word.lower() not in " ".join(text.split())] == []
