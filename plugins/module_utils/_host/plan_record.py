# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps the result of a plan without work for the next plan, until the first certificate becomes due.

Private to the collection.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from .._lifecycle.decision import why_activate, why_issue
from .._store.atomic_files import Ownership, write_atomic
from .._store.store_errors import StoreError
from .unchanged import FORMAT, RECORD, seen_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from .._handover.plan_results import PlanResult
    from .._lifecycle.decision import Question

LONGEST = 7
"""Days after which every certificate is read again, whatever the record says."""
WORK = ("due", "activate", "absent", "renamed", "revoked", "problems", "notes", "findings", "ordered_by")


@dataclass(frozen=True)
class RecordedPlan:
    """The place of the record, the digest of the options, and the files before the plan read them.

    digest is empty if no record is wanted.
    """

    base: Path
    digest: str
    files: str

    @classmethod
    def before_reading(cls, base: Path, digest: str | None) -> RecordedPlan:
        """Look at the files before they are read."""
        return cls(base, digest or "", seen_files(str(base), now=time.time()) if digest else "")

    def keep(self, result: PlanResult, questions: Sequence[Question], now: datetime) -> None:
        """Write the record if nothing is due and no file has changed meanwhile.

        A record that cannot be written is none: the next run plans again.
        """
        days = quiet_days(questions, now) if self.files and is_quiet(result) else 0
        if not days or self.files != seen_files(str(self.base), now=time.time()):
            return
        fields = {
            "format": FORMAT,
            "digest": self.digest,
            "files": self.files,
            "from": now.timestamp(),
            "until": (now + timedelta(days=days)).timestamp(),
            "result": result,
        }
        try:
            write_atomic(self.base / RECORD, json.dumps(fields).encode(), Ownership(0o600))
        except (OSError, StoreError):
            return


def is_quiet(result: PlanResult) -> bool:
    """Return whether a plan leaves nothing to do or to report. Pure."""
    reports = result["shared"]
    return not any(result.get(key) for key in WORK) and not any(each["former"] or each["pending"] for each in reports)


def quiet_days(questions: Iterable[Question], now: datetime) -> int:
    """Return the number of days, at most LONGEST, in which no certificate becomes due. Pure."""
    asked = list(questions)
    return next((days for days in range(LONGEST, 0, -1) if not _any_due(asked, now + timedelta(days=days))), 0)


def _any_due(questions: Iterable[Question], moment: datetime) -> bool:
    later = (replace(question, now=moment) for question in questions)
    return any(why_issue(each) or why_activate(each) for each in later)
