# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One read of the account for many pending orders, in place of one call for each of them.

Private to the collection. Source: lifecycle.md 1, partner-api.md 2.10. No source states when or whether a change
appears in getModifiedOrders, so an order that the list does not show is still looked at by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .._partner_api.api_errors import CertumError
from .._partner_api.messages.order_lookup import OrderOption
from .account_entries import has_key, order_ids
from .account_orders import CLOCKS_DIFFER_BY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .order_in_progress import Pursuit

FEWEST = 3
"""The number of pending orders from which on the account is read for all of them."""
EARLIER = timedelta(minutes=10)
"""The list begins this long before the run, for a CA whose list uses another clock than its answers."""
OWN_LOOK = 3
"""An order gets the first look, and then every third one, unless the list shows a change of it."""
WITHOUT_DETAILS = OrderOption(order_details=False)


@dataclass
class SharedLook:
    """The orders of the account that changed since a moment, as the last read of the list showed them."""

    api: PartnerApi
    since: datetime
    looks: int = 0
    _known: dict[str, tuple[Entry, ...]] | None = None
    _changed: frozenset[str] = frozenset()
    _failed: bool = False

    @classmethod
    def begin(cls, api: PartnerApi) -> SharedLook:
        """Return the look of a run that begins now. Sends nothing."""
        return cls(api, api.now() - EARLIER)

    def read(self, pursuits: Sequence[Pursuit]) -> None:
        """Read the list before another look at these orders, if that saves calls.

        The list only saves calls: after an error, every order is looked at by itself.
        """
        self.looks += 1
        if self.looks == 1 or self._failed or sum(not each.done for each in pursuits) < FEWEST:
            return
        try:
            entries = tuple(self._entries())
        except CertumError:
            self._known, self._failed = None, True
            return
        listed: dict[str, tuple[Entry, ...]] = {}
        for entry in entries:
            for order_id in order_ids([entry]):
                listed[order_id] = (*listed.get(order_id, ()), entry)
        before = listed if self._known is None else self._known
        self._changed = frozenset(each for each, found in listed.items() if found != before.get(each))
        self._known = listed

    def issued(self, pursuit: Pursuit) -> Sequence[Entry]:
        """Return the entries of the order if one of them has the certificate for our key, else none."""
        entries = (self._known or {}).get(pursuit.order.order_id, ())
        return entries if any(has_key(each.certificate_details, pursuit.order.request) for each in entries) else ()

    def may_skip(self, pursuit: Pursuit) -> bool:
        """Return whether this look at an order may wait, because the list shows no change of it."""
        if self.looks == 1 or not self._known or pursuit.unanswered:
            return False
        return pursuit.order.order_id not in self._changed and self.looks % OWN_LOOK != 0

    def _entries(self) -> Sequence[Entry]:
        until = max(self.since, self.api.now()) + CLOCKS_DIFFER_BY
        return tuple(self.api.get_modified_orders(from_date=self.since, to_date=until, option=WITHOUT_DETAILS))
