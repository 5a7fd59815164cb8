# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paid term of certificates. No field of the API has the term end, so it is estimated.

Private to the collection. Pure. Source: lifecycle.md 9.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(days=7)
"""If a certificate expires this long before the term end, or less, it counts as lasting until the term end."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Validity:
    """The period of validity of a certificate. Both moments are aware."""

    not_before: datetime
    not_after: datetime


def estimated_term_end(issued: datetime) -> datetime:
    """Return the end of a one-year term whose first certificate was issued then: the same day one year later."""
    leap_day = issued.month == 2 and issued.day == 29
    return issued.replace(year=issued.year + 1, day=28 if leap_day else issued.day)


def ends_with_its_term(not_after: datetime, term_end: datetime | None) -> bool:
    """Return whether the certificate lasts until the term end. Then a reissue expires no later."""
    return term_end is not None and not_after >= term_end - TOLERANCE


def end_did_not_move(former: Validity, reissued: Validity, term_end: datetime | None) -> bool:
    """Return whether a reissue did not move the expiry date although it should have.

    It is not known for sure whether a reissue moves it. A reissue within days after the former certificate, or at the
    term end, shows nothing about it.
    """
    if reissued.not_before - former.not_before <= TOLERANCE or ends_with_its_term(former.not_after, term_end):
        return False
    return reissued.not_after <= former.not_after + ONE_DAY
