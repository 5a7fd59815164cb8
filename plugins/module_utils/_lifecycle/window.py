# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate is due for renewal: a share of its lifetime, because lifetimes keep shrinking (lifecycle.md 9).

Private to the collection. Pure: every time is an argument, aware and in UTC.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORT_LIFETIME = timedelta(days=10)
SPREAD = 0.1


@dataclass(frozen=True)
class RenewalWindow:
    """When to renew. Without a value of its own: the last third of the lifetime, half of one of 10 days or less.

    ``remaining_days`` is a number of days before the end, ``remaining_percentage`` a share of the lifetime (0 to 100);
    with both, whichever comes first, but never before the middle of the lifetime: a window as long as a lifetime would
    buy a certificate every night.
    """

    remaining_days: int | None = None
    remaining_percentage: float | None = None


def due_at(*, not_before: datetime, not_after: datetime, window: RenewalWindow, spread_by: str) -> datetime:
    """The moment from which a certificate shall be replaced.

    The default moment is moved later by up to a tenth of the lifetime, by a hash of ``spread_by``, so that a fleet
    issued in one night is not renewed in one night. A moment that was declared is kept as declared.
    """
    lifetime = not_after - not_before
    declared = []
    if window.remaining_days is not None:
        declared.append(not_after - timedelta(days=window.remaining_days))
    if window.remaining_percentage is not None:
        declared.append(not_after - lifetime * (window.remaining_percentage / 100))
    if declared:
        return max(min(declared), not_before + lifetime / 2)
    share = 1 / 2 if lifetime <= SHORT_LIFETIME else 2 / 3
    return not_before + lifetime * (share + SPREAD * _fraction(spread_by))


def _fraction(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
