# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An order of the account as one value: its state, its newest certificate, and its failed checks.

Private to the collection. Pure. Source: lifecycle.md 1, partner-api.md 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .._handover.reasons import ReasonCode
    from .account_survey import Entry

ENROLLED, REJECTED = "ENROLLED", "REJECTED"


@dataclass(frozen=True)
class FailedCheck:
    """A check of an order that failed. ``verification`` and ``check`` are words of the CA, ``detail`` its reason."""

    code: ReasonCode
    verification: str
    domain: str = ""
    check: str = ""
    detail: str = ""

    @property
    def key(self) -> str:
        """What makes it the same failure in the next reading. The CA may word its reason differently."""
        return "|".join((self.verification, self.domain, self.check))


@dataclass(frozen=True)
class OrderView:
    """An order now. ``serial_number``, ``certificate_status`` and so on are of its newest certificate.

    ``waits_for`` is a text for the operator.
    """

    order_id: str
    customer: str
    product: str
    state: str
    serial_number: str = ""
    certificate_status: str = ""
    common_name: str = ""
    not_after: datetime | None = None
    waits_for: str = ""
    waits_for_people: bool = False
    failures: tuple[FailedCheck, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the order is neither issued nor rejected; an unknown state counts as open."""
        return self.state not in (ENROLLED, REJECTED)

    @property
    def condition(self) -> tuple[str, str, str]:
        """What an event reports if it changes."""
        return self.state, self.serial_number, self.certificate_status


def view_of(entries: Sequence[Entry]) -> OrderView:
    """Return an order from its entries, of which there is at least one."""
    certificates = sorted(
        ((order, certificate) for order, certificate in entries if certificate), key=lambda each: each[1].not_before
    )
    pending = [order for order, certificate in entries if certificate is None and order.state != REJECTED]
    order = (pending or [issued for issued, _newest in certificates[-1:]] or [entries[-1][0]])[-1]
    view = OrderView(order.order_id, order.customer, order.product_code, order.state)
    if not certificates:
        return view
    newest = certificates[-1][1]
    return replace(
        view,
        serial_number=newest.serial_number,
        certificate_status=newest.status,
        common_name=newest.common_name,
        not_after=newest.not_after,
    )
