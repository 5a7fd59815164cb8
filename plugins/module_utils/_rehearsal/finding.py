# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rehearsal finds out about one question: the form that the CA has, or the reason why it is not known.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from .._handover.terms import Term


class Answered(Term):
    """The kinds of findings."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    CANNOT_BE_SEEN = "cannot_be_seen"


@dataclass(frozen=True)
class Finding:
    """A finding. ``value`` is set if the form was seen.

    ``reason`` is a text without a full stop: why the form is not known, or details of a form that was seen.
    """

    answered: Answered
    value: str | None = None
    reason: str = ""

    def __str__(self) -> str:
        if self.answered is Answered.SEEN:
            return f"seen: {self.value}{f' ({self.reason})' if self.reason else ''}"
        if self.answered is Answered.NOT_SEEN:
            return f"not seen: {self.reason}"
        return f"cannot be seen from outside: {self.reason}"


class ShownFinding(TypedDict):
    """A finding as an element of a result."""

    question: str
    answered: str
    value: str | None
    details: str | None


def seen(value: str, details: str = "") -> Finding:
    return Finding(Answered.SEEN, value=value, reason=details)


def not_seen(reason: str) -> Finding:
    return Finding(Answered.NOT_SEEN, reason=reason)


def cannot_be_seen(reason: str) -> Finding:
    return Finding(Answered.CANNOT_BE_SEEN, reason=reason)


def shown(question: str, finding: Finding) -> ShownFinding:
    """Return a finding as an element of a result."""
    return {
        "question": question,
        "answered": finding.answered.value,
        "value": finding.value,
        "details": finding.reason or None,
    }
