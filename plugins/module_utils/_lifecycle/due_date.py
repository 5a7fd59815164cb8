# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The moment from which a certificate is due. It is a share of the lifetime, as lifetimes shrink (lifecycle.md 9).

Private to the collection. Pure: every time is an argument, aware and in UTC.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .term_end import ends_with_its_term

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT_LIFETIME = timedelta(days=10)
SPREAD = 0.1
LATEST, DAYS_LEFT = 0.9, timedelta(days=7)
"""No reissue is later than this: at least a tenth of the lifetime and a week remain to solve problems."""
LAST_OF_TERM = 0.8
PURCHASE_AHEAD = timedelta(days=21)
"""Each day that a term is ordered early is paid twice, so a purchase waits longer than the share of a lifetime."""
PEOPLE_NEED = timedelta(days=21)  # lifecycle.md 10.15


@dataclass(frozen=True)
class RenewalWindow:
    """The renewal window: by default the last third of a lifetime, and the second half of one of 10 days or less.

    ``remaining_days`` is a number of days before the expiry date. ``remaining_percentage`` is a share of the lifetime,
    0 to 100. If both are set, the earlier moment counts, but never a moment in the first half of the lifetime.
    Otherwise a window as long as the lifetime would order a certificate every night. ``people_decide`` adds the time
    that an OV or EV order takes to a purchase.
    """

    remaining_days: int | None = None
    remaining_percentage: float | None = None
    people_decide: bool = False

    @classmethod
    def declared(cls, values: Mapping[str, Any], *, people_decide: bool = False) -> RenewalWindow:
        """Return the window of a declaration or of an item of options."""
        return cls(values.get("remaining_days"), values.get("remaining_percentage"), people_decide)


def due_at(
    *,
    not_before: datetime,
    not_after: datetime,
    window: RenewalWindow,
    spread_by: str,
    term_end: datetime | None = None,
) -> datetime:
    """Return the moment from which a certificate is due.

    A declared moment is not changed. The default moment is later by up to a tenth of the lifetime, depending on a hash
    of ``spread_by``, so that a fleet issued in one night is not renewed in one night. If the term end is known, as few
    reissues as possible lead to it at even intervals, and the purchase comes as late as is safe.
    """
    lifetime = not_after - not_before
    declared = []
    if window.remaining_days is not None:
        declared.append(not_after - timedelta(days=window.remaining_days))
    if window.remaining_percentage is not None:
        declared.append(not_after - lifetime * (window.remaining_percentage / 100))
    if declared:
        return max(min(declared), not_before + lifetime / 2)
    fraction = _fraction(spread_by)
    if lifetime <= SHORT_LIFETIME:
        return not_before + lifetime * (1 / 2 + SPREAD * fraction)
    if term_end is None:
        return not_before + lifetime * (2 / 3 + SPREAD * fraction)
    if ends_with_its_term(not_after, term_end):
        return _purchase_at(not_before, not_after, window, fraction)
    return not_before + _until_even_reissue(lifetime, term_end - not_after, fraction)


def _purchase_at(not_before: datetime, not_after: datetime, window: RenewalWindow, fraction: float) -> datetime:
    lifetime = not_after - not_before
    share = not_before + lifetime * (LAST_OF_TERM + SPREAD / 2 * fraction)
    moment = max(share, not_after - PURCHASE_AHEAD * (1 - fraction / 3))
    if not window.people_decide:
        return moment
    return max(min(moment, not_after - PEOPLE_NEED), not_before + lifetime / 2)


def _until_even_reissue(lifetime: timedelta, left: timedelta, fraction: float) -> timedelta:
    """Return how long to wait for a reissue if ``left`` is the time from the expiry date to the term end."""
    latest = min(lifetime * LATEST, lifetime - DAYS_LEFT)
    reissues = math.ceil(left / latest)
    evenly = min(left / reissues + lifetime * (SPREAD / 2 * fraction), latest)
    return max(evenly, lifetime * (2 / 3 + SPREAD * fraction))


def _fraction(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
