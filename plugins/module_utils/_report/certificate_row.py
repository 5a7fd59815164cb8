# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One certificate of an estate as the page shows it, with its pending order and its former certificate.

Private to the collection. Pure. Texts are as the estate has them: the page quotes and escapes every text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .._lifecycle.former_certificate import FORMER_DAYS
from .moments import Moment, moment_of, parsed, time_left
from .standing import (
    INCOMPLETE,
    RANKS,
    USAGE_SENTENCES,
    WAITING_WORDS,
    Level,
    ShownState,
    Usage,
    operation_words,
    standing_of,
    usage_of,
    waiting_words,
)

if TYPE_CHECKING:
    from datetime import datetime

    from .._handover.estate import EstateCertificate, FormerInfo, PendingOrderInfo, ServiceInfo
    from .time_line import Axis, Bar

NEVER = "~"
"""Sorts after every moment."""


@dataclass(frozen=True)
class AwaitedOrder:
    """A pending order. ``waits_for`` says who must act, ``rank`` sorts by it."""

    rank: int
    order_id: str | None
    operation: str
    created: Moment | None
    waits_for: str
    reason: str


@dataclass(frozen=True)
class FormerCopy:
    """The former certificate of a reissue, in use. ``left`` is the part of its 14 days that is left, in percent."""

    serial_number: str
    until: Moment | None
    left: int
    left_words: str


@dataclass(frozen=True)
class Row:
    """A certificate on a host."""

    anchor: str
    name: str
    host: str
    common_name: str | None
    names: list[str]
    product: str | None
    share: str | None
    standing: ShownState
    reason: str
    operation: str
    starts: Moment | None
    expires: Moment | None
    due: Moment | None
    term_end: Moment | None
    serial_number: str | None
    verified_serial_number: str | None
    usage: Usage
    services: list[str]
    order_id: str | None
    order: AwaitedOrder | None
    former: FormerCopy | None
    span: Bar | None

    @property
    def needs_action(self) -> bool:
        return self.standing.level in (Level.URGENT, Level.DUE)

    @property
    def is_to_verify(self) -> bool:
        return self.usage.differs or self.standing == INCOMPLETE

    @property
    def will_expire(self) -> bool:
        return self.expires is not None and not self.expires.is_past and self.standing.level is not Level.ASIDE

    @property
    def usage_words(self) -> str:
        return self.usage.value.replace("_", " ")

    @property
    def usage_sentence(self) -> str:
        return USAGE_SENTENCES[self.usage]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Return the details that have no column."""
        facts = {
            "Names": ", ".join(self.names),
            "Serial number": self.serial_number,
            "Verified serial number": self.verified_serial_number if self.usage.differs else None,
            "Services": "; ".join(self.services),
            "Next operation": self.operation,
            "Order": self.order_id,
            "Product": self.product,
            "Shared as": self.share,
        }
        return [(name, value) for name, value in facts.items() if value]

    @property
    def urgency(self) -> tuple[int, str, str, str]:
        """Return what the report sorts by: the level, then the nearest date, then the names."""
        nearest = self.due or self.expires
        return RANKS[self.standing.level], nearest.iso if nearest else NEVER, self.host, self.name

    @property
    def order_key(self) -> tuple[int, str]:
        created = self.order.created if self.order else None
        return self.order.rank if self.order else 0, created.iso if created else NEVER

    @property
    def expiry_key(self) -> str:
        return self.expires.iso if self.expires else NEVER

    @property
    def former_key(self) -> str:
        return self.former.until.iso if self.former and self.former.until else NEVER


def row_of(certificate: EstateCertificate, number: int, axis: Axis, now: datetime) -> Row:
    """Return the row of a certificate. ``number`` makes its anchor unique."""
    former = certificate["former"]
    not_before, not_after = parsed(certificate["not_before"]), parsed(certificate["not_after"])
    return Row(
        anchor=f"c{number}",
        name=certificate["name"],
        host=certificate["host"],
        common_name=certificate["common_name"],
        names=certificate["names"],
        product=certificate["product"],
        share=certificate["share"],
        standing=standing_of(certificate, now),
        reason=certificate["reason"]["text"],
        operation=operation_words(certificate["operation"]),
        starts=moment_of(certificate["not_before"], now),
        expires=moment_of(certificate["not_after"], now),
        due=moment_of(certificate["due_at"], now),
        term_end=moment_of(certificate["term_end"], now),
        serial_number=certificate["serial_number"],
        verified_serial_number=certificate["verified_serial_number"],
        usage=usage_of(certificate),
        services=[_service(service) for service in certificate["services"]],
        order_id=certificate["order_id"],
        order=_order(certificate["order"], now),
        former=_former(former, now) if former else None,
        span=axis.span(
            not_before=not_before,
            not_after=not_after,
            due_at=parsed(certificate["due_at"]),
            term_end=parsed(certificate["term_end"]),
            former_until=parsed(former["valid_until"]) if former else None,
        ),
    )


def _service(service: ServiceInfo) -> str:
    return f"{service['service']} at {', '.join(service['addresses'])}" if service["addresses"] else service["service"]


def _order(order: PendingOrderInfo | None, now: datetime) -> AwaitedOrder | None:
    if order is None:
        return None
    ranks = {party: rank for rank, party in enumerate(WAITING_WORDS)}
    return AwaitedOrder(
        rank=ranks.get(order["waits_for"], 0),
        order_id=order["order_id"],
        operation=operation_words(order["operation"]),
        created=moment_of(order["created"], now),
        waits_for=waiting_words(order["waits_for"]),
        reason=order["reason"]["text"],
    )


def _former(former: FormerInfo, now: datetime) -> FormerCopy:
    until = moment_of(former["valid_until"], now)
    left = max(until.at - now, timedelta(0)) / timedelta(days=FORMER_DAYS) if until else 0
    return FormerCopy(
        serial_number=former["serial_number"],
        until=until,
        left=min(round(left * 100), 100),
        left_words=time_left(until.at, now) if until else "not known",
    )
