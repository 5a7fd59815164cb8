# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders of a shared certificate that hosts of its group have recorded.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.serial_number import same_serial_number
from .._handover.terms import Operation

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class RecordedOrder:
    """The order of a staged key. ``placed`` is False if it is unknown whether the CA has the order."""

    order_id: str
    operation: str
    placed: bool
    predecessor: str
    created: datetime


@dataclass(frozen=True)
class NewestCertificate:
    """The newest certificate of the group. ``order_id`` is empty if its order is not known."""

    serial_number: str
    order_id: str
    not_before: datetime


def is_void(recorded: RecordedOrder, newest: NewestCertificate) -> bool:
    """Return whether another host of the group got the certificate that a recorded order is about.

    The CA accepts an order id only once, so the order with this id is that of the other host. A reissue or a renewal
    that was never sent for sure, of a certificate that was replaced meanwhile, is refused by the CA.
    """
    if recorded.operation == Operation.ORDER.value and recorded.order_id == newest.order_id:
        return True
    follows = same_serial_number(recorded.predecessor, newest.serial_number) if recorded.predecessor else False
    return not recorded.placed and not follows and newest.not_before > recorded.created
