# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run waits for, in short lines.

Private to the collection. Pure: the time is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .foreign_text import quote
from .plan_results import numbered
from .terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

SHOWN = 3
LONGEST = 80


class WaitsFor(Term):
    """What a certificate waits for, as the end of a sentence."""

    ORDER = "the CA to accept the order"
    TURN = "another order that needs the same place for its validation"
    PROVIDER = "the DNS provider to publish the validation record"
    NAME_SERVERS = "all name servers to have the validation record"
    ANSWER = "an answer of the CA"
    VALIDATION = "the CA to validate the domains"
    PEOPLE = "people, such as the CA's staff"
    ISSUANCE = "the CA to issue"
    REVOCATION = "the CA to revoke"


@dataclass(frozen=True)
class Wait:
    """One certificate that waits. Times are seconds of one clock; ``until`` is None if only each call has a limit.

    ``subject`` is empty if the task is not about one certificate.
    """

    subject: str
    what: WaitsFor
    since: float
    until: float | None


def progress_lines(waits: Sequence[Wait], *, moment: float, now: datetime) -> Iterator[str]:
    """Yield a line for each thing that certificates wait for. ``moment`` is the time ``now`` on the clock of waits."""
    for what in WaitsFor:
        same = [wait for wait in waits if wait.what is what]
        if same:
            yield _line(what, same, moment=moment, now=now)


def _line(what: WaitsFor, waits: Sequence[Wait], *, moment: float, now: datetime) -> str:
    def clock(seconds: float) -> str:
        return f"{now + timedelta(seconds=seconds - moment):%H:%M:%S}"

    subjects = list(dict.fromkeys(quote(wait.subject, LONGEST) for wait in waits if wait.subject))
    more = f" and {len(subjects) - SHOWN} more" if len(subjects) > SHOWN else ""
    limits = [wait.until for wait in waits if wait.until is not None]
    until = f"until {clock(max(limits))} at the latest" if limits else "and each call to the CA has its own limit"
    times = f"since {clock(min(wait.since for wait in waits))}, {until}"
    if not subjects:
        return f"the task waits for {what} {times}"
    verb = "waits" if len(subjects) == 1 else "wait"
    return f"{numbered(len(subjects))} {verb} for {what} {times}: {', '.join(subjects[:SHOWN])}{more}"
