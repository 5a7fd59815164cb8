# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The orders of the account until now, by the CA's clock.

Private to the collection. Source: partner-api.md 2.9, error 2057.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import ListedOrder as Entry

    Read = Callable[..., Iterable[Entry]]
    """get_orders_by_date_range or get_modified_orders of the client."""

CLOCKS_DIFFER_BY = timedelta(days=1)


def entries_since(api: PartnerApi, read: Read, since: Callable[[datetime], datetime]) -> tuple[Entry, ...]:
    """Return the entries from ``since(now)`` until now, by the CA's clock. Raises CertumError.

    Before the first answer only the controller's clock is known. If the answer has another time, the account is read
    once more.
    """
    assumed = api.now()
    entries = _read(read, since(assumed), assumed)
    now = api.now()
    if abs(now - assumed) < CLOCKS_DIFFER_BY / 2:
        return entries
    return _read(read, since(now), now)


def _read(read: Read, start: datetime, now: datetime) -> tuple[Entry, ...]:
    return tuple(read(from_date=start, to_date=max(start, now) + CLOCKS_DIFFER_BY))
