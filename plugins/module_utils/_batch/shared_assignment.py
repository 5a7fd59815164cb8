# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides for a shared certificate which host orders it and which hosts receive it.

Private to the collection. Pure. The hosts report what they have, and a host may lie. So no report alone leads to an
order while another host has the same certificate and does not need a new one, and nothing that a host reports makes it
a member of a group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._lifecycle.shared_orders import NewestCertificate, RecordedOrder, is_void

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True)
class OnMember:
    """A certificate on a host. ``fresh`` is True if the host got it in an earlier batch of this play."""

    serial_number: str
    not_before: datetime
    not_after: datetime
    order_id: str
    due: bool
    fresh: bool = False


@dataclass(frozen=True)
class Member:
    """A host of the group that declares the certificate, and what it has.

    ``in_batch`` is False for a host of an earlier batch of the play.
    """

    host: str
    certificate: OnMember | None = None
    pending: RecordedOrder | None = None
    in_batch: bool = True


@dataclass(frozen=True)
class Decision:
    """The holder of the certificate, and the hosts that receive it.

    ``issue`` is True if the holder orders or resumes an order, ``may_send`` if it may send a new request. ``held`` is
    the newest certificate.
    """

    holder: str
    issue: bool
    may_send: bool
    held: str
    receivers: tuple[str, ...]


def decide(members: Sequence[Member]) -> Decision:
    """Return the decision for one certificate. At least one member is in the batch."""
    newest = newest_certificate(members)
    held = newest.serial_number if newest else ""
    having = [member for member in members if member.certificate and member.certificate.serial_number == held]
    # The hosts with the newest certificate decide. If one of them does not need a new one, none is ordered.
    due = all(member.certificate.due for member in having if member.certificate)
    pending = [member for member in members if member.pending and not _is_overtaken(member, members, newest)]
    if pending:
        holder = min(pending, key=lambda member: not (member.pending and member.pending.placed))
        issue = holder.in_batch
    else:
        holder = next(iter([*filter(_in_batch, having or members), *having]))
        issue = due and holder.in_batch
    receivers = [
        member.host
        for member in members
        if member.in_batch and (member not in having or (issue and member is not holder)) and (newest or issue)
        if not (member is holder and not held)
    ]
    return Decision(holder.host, issue, due, held, tuple(receivers))


def newest_certificate(members: Sequence[Member]) -> OnMember | None:
    """Return the certificate that was issued last. One that an earlier batch of this play got is the newest."""
    found = [member.certificate for member in members if member.certificate]
    return max(found, key=lambda each: (each.fresh, each.not_before, each.serial_number), default=None)


def by_age(members: Sequence[Member]) -> list[tuple[OnMember, list[str]]]:
    """Return each certificate with the hosts that have it, the newest first."""
    left, found = list(members), []
    while newest := newest_certificate(left):
        serial = newest.serial_number
        having = [each for each in left if each.certificate and each.certificate.serial_number == serial]
        found.append((newest, [each.host for each in having]))
        left = [each for each in left if each not in having]
    return found


def _in_batch(member: Member) -> bool:
    return member.in_batch


def _is_overtaken(member: Member, members: Sequence[Member], newest: OnMember | None) -> bool:
    """Return whether another host got the certificate that the recorded order of this host is about."""
    if newest is None or member.pending is None:
        return False
    others = {each.certificate.serial_number for each in members if each.certificate and each is not member}
    seen = NewestCertificate(newest.serial_number, newest.order_id, newest.not_before)
    return newest.serial_number in others and is_void(member.pending, seen)
