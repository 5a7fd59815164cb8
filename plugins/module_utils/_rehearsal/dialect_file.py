# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with the seen forms, which certum-sandbox takes as its dialect.

Private to the collection. Pure. The same findings make the same file, so it contains no time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .open_questions import dialect_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .finding import Finding


def dialect_file(findings: Mapping[str, Finding], *, host: str) -> str:
    """Return the content: a line KEY=VALUE for each seen form, and a comment for each other question."""
    seen = dialect_of(findings)
    lines = [
        f"# The forms that a rehearsal saw at {quote(host)}.",
        "# To use them: certum-sandbox serve --dialect @FILE",
        *(f"{question}={value}" for question, value in seen.items()),
        "# The sandbox uses its default for these questions:",
        *(f"# {question}: {_why(finding)}" for question, finding in findings.items() if question not in seen),
    ]
    return "\n".join(lines) + "\n"


def _why(finding: Finding) -> str:
    return quote(f"{finding}, which certum-sandbox does not know" if finding.value else finding)


def table(findings: Mapping[str, Finding]) -> list[str]:
    """Return a line of text for each question."""
    width = max(map(len, findings), default=0)
    return [f"{question:<{width}}  {quote(finding)}" for question, finding in findings.items()]
