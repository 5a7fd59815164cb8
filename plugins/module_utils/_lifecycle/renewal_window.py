# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate is due for renewal: a share of its lifetime, because lifetimes keep shrinking (lifecycle.md 9).

Private to the collection. Pure: every time is an argument, aware and in UTC.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .paid_term import ends_with_its_term

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT_LIFETIME = timedelta(days=10)
SPREAD = 0.1
LATEST, DAYS_LEFT = 0.9, timedelta(days=7)
"""No reissue is put off further: a tenth of the lifetime and a week are left for trouble."""
LAST_OF_TERM = 0.8
PURCHASE_AHEAD = timedelta(days=21)
"""Each day that a term is bought early is paid twice, so a purchase waits longer than the share of a lifetime."""
PEOPLE_NEED = timedelta(days=21)  # lifecycle.md 10.15


@dataclass(frozen=True)
class RenewalWindow:
    """When to renew. Without a value of its own: the last third of the lifetime, half of one of 10 days or less.

    ``remaining_days`` is a number of days before the end, ``remaining_percentage`` a share of the lifetime (0 to 100);
    with both, whichever comes first, but never before the middle of the lifetime: a window as long as a lifetime would
    buy a certificate every night. ``people_decide`` gives a purchase the time that an OV or EV order takes.
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
    """The moment from which a certificate shall be replaced.

    A moment that was declared is kept as declared. The default is moved later by up to a tenth of the lifetime, by a
    hash of ``spread_by``, so that a fleet issued in one night is not renewed in one night. Where the end of the paid
    term is known, reissues are as few as lead there, at even distances, and the purchase comes as late as is safe.
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
    """How long to wait with a reissue where ``left`` lies between the end of the certificate and that of its term."""
    latest = min(lifetime * LATEST, lifetime - DAYS_LEFT)
    reissues = math.ceil(left / latest)
    evenly = min(left / reissues + lifetime * (SPREAD / 2 * fraction), latest)
    return max(evenly, lifetime * (2 / 3 + SPREAD * fraction))


def _fraction(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
