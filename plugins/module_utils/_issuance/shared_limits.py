# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps an order for a group of hosts from being placed twice, or from replacing a certificate of other hosts.

Private to the collection. A play may see only a part of the group: hosts are down, or the operator limited the play.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.remedy_commands import order_again_command
from .._handover.serial_number import same_serial_number
from .._lifecycle.former_certificate import FORMER_DAYS
from .._partner_api.api_errors import CertumError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .account_entries import Reference
    from .ordered_certificate import Order


def refuse_certificate_elsewhere(order: Order, live: Sequence[CertificateDetails]) -> None:
    """Refuse an order if the account has a live certificate of the group that no host of this play has.

    Raises CertumError.
    """
    shared = order.shared
    if shared is None or shared.replace:
        return
    elsewhere = [each.serial_number for each in live if not _is_held(each.serial_number, shared.held)]
    if elsewhere:
        raise _elsewhere(order, f"certificate {', '.join(elsewhere)}")


def refuse_unconfirmed_customer(order: Order, account: Sequence[Entry]) -> None:
    """Refuse a customer that only the host reports, unless the account has the newest certificate for it.

    Otherwise a host could hide from the controller that the account has a certificate of the group. Raises CertumError.
    """
    if order.shared is None or order.own_customer:
        return
    held = order.shared.held
    for entry in account:
        details, status = entry.certificate_details, entry.order_status
        if details and status and status.customer == order.customer and _is_held(details.serial_number, held):
            return
    raise CertumError(
        where=f"customer {quote(order.customer, 80)}",
        why=f"the host gives it for a certificate of group {order.shared.group}, and the account does not have the "
        "newest certificate of the group for this customer",
        remedy=f"Nothing was ordered. If the customer is right, set it in the declaration of {order.name}. If not, "
        "check the host: it may be compromised.",
    )


def refuse_newer_elsewhere(order: Order, newest: Reference) -> None:
    """Refuse to reissue a certificate that another host of the group has. Raises CertumError."""
    shared = order.shared
    if shared is None or shared.replace or _is_held(newest.serial_number, shared.held):
        return
    raise _elsewhere(order, newest.words)


def order_of_another_host(order: Order) -> CertumError:
    """Return the error for an order of the group that another host placed: its key is there."""
    remedy = order.shared.remedy if order.shared else ""
    return CertumError(
        where=f"order {order.order_id}",
        why="another run placed it for this group, so its key is on another host",
        remedy=f"Nothing was ordered. {remedy} If no host has the key, run again with "
        f"certum_order_again: [{order.name}]. If the order is pending, cancel it first with certum_cancel.",
    )


def ended_order(order: Order, ended: Sequence[CertificateDetails]) -> CertumError:
    """Return the error for an order of the group whose certificates are all revoked or expired: its id stays used."""
    last = ended[-1]
    return CertumError(
        where=f"order {order.order_id}",
        why=f"it was the order of this group, and none of its certificates is valid any more (the newest is "
        f"{last.serial_number}, {quote(last.certificate_status, 60)}, expiry date {last.end_date:%Y-%m-%d}). The CA "
        "accepts an order id only once",
        remedy=f"Nothing was ordered. A new order costs money. With the role: "
        f"{order_again_command(order.name, group=order.group)}",
    )


def _is_held(serial_number: str, held: str) -> bool:
    return bool(held) and same_serial_number(serial_number, held)


def _elsewhere(order: Order, what: str) -> CertumError:
    remedy = order.shared.remedy if order.shared else ""
    return CertumError(
        where=what,
        why=f"the account has it for this shared certificate (customer {order.customer}), and no host of this batch "
        "or an earlier one has its key. A reissue would make the CA revoke the certificate of the hosts that have it, "
        f"{FORMER_DAYS} days later",
        remedy=f"Nothing was ordered. {remedy} If no host has the key any more, set certum_replace: [{order.name}]: "
        "then the certificate is reissued, free of charge.",
    )
