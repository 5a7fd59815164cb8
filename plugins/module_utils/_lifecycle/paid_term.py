# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""The paid term that certificates are issued in: no field of the API tells its end, so it is estimated.

Private to the collection. Pure. Source: lifecycle.md 9.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(days=7)
"""A certificate that ends so much before its term, or less, ends with it."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Validity:
    """When a certificate is valid; both aware."""

    not_before: datetime
    not_after: datetime


def estimated_term_end(issued: datetime) -> datetime:
    """The end of a one-year term whose first certificate was issued then: the same day a year later."""
    leap_day = issued.month == 2 and issued.day == 29
    return issued.replace(year=issued.year + 1, day=28 if leap_day else issued.day)


def ends_with_its_term(not_after: datetime, term_end: datetime | None) -> bool:
    """Whether only a purchase leads further: a reissue ends with the paid term as well."""
    return term_end is not None and not_after >= term_end - TOLERANCE


def end_did_not_move(former: Validity, reissued: Validity, term_end: datetime | None) -> bool:
    """Whether a reissue that should have moved the end did not: whether it does is not known for sure.

    One that came within days of the former, or at the end of its term, tells nothing.
    """
    if reissued.not_before - former.not_before <= TOLERANCE or ends_with_its_term(former.not_after, term_end):
        return False
    return reissued.not_after <= former.not_after + ONE_DAY
