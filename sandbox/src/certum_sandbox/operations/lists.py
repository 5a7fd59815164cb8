# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations with pages: getOrdersByDateRange, getModifiedOrders, getExpiringCertificates.

Source: partner-api.md 1.3, 2.9, 2.10, 2.12.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from functools import cached_property, partial

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.iso8601 import parse_moment
from certum_sandbox.model import Entry
from certum_sandbox.operations.details import shown_serial
from certum_sandbox.operations.operation import Answer, Operation, Page
from certum_sandbox.operations.reading import OPTION_RULES, order_node
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.render import Node, node, nodes
from certum_sandbox.store.orders import OrderMoment, Period, Slice

_MOST_PAGES = 100
_LONGEST_HORIZON = 30


class PagedInquiry(Inquiry):
    """A request for one page of a long result."""

    @property
    def page_size(self) -> int:
        return int(self.backend.dialect[Switch.PAGE_SIZE])

    @cached_property
    def page_number(self) -> int | None:
        """The page that is wanted, the first by default; None if that is no number."""
        try:
            return int(self.message.text("pageNumber") or "1")
        except ValueError:
            return None

    @property
    def part(self) -> Slice:
        """Where the page lies in the whole result; of a page that cannot be, that of the first."""
        number = self.page_number if self.page_number is not None and self.has_possible_number else 1
        return Slice((number - 1) * self.page_size, self.page_size)

    @property
    def has_possible_number(self) -> bool:
        """Whether the page that is wanted is one of 1 to 100."""
        return self.page_number is not None and 1 <= self.page_number <= _MOST_PAGES

    @cached_property
    def found(self) -> tuple[int, list[Entry]] | None:
        """How many records there are, and those of the page; None if the request does not say what it is about."""
        return None

    @property
    def pages(self) -> int:
        """How many pages there are; an empty result has one."""
        return max(1, math.ceil((self.found[0] if self.found else 0) / self.page_size))


class PeriodInquiry(PagedInquiry):
    """``getOrdersByDateRange`` or ``getModifiedOrders``."""

    def __init__(self, message: Message, backend: Backend, *, moment: OrderMoment) -> None:
        super().__init__(message, backend)
        self._moment = moment

    def date(self, name: str) -> datetime | None:
        """One end of the period, if it is a moment and not just a day."""
        text = self.message.value(name) or ""
        try:
            return parse_moment(text) if "T" in text else None
        except ValueError:
            return None

    @cached_property
    def found(self) -> tuple[int, list[Entry]] | None:
        start, end = self.date("fromDate"), self.date("toDate")
        if start is None or end is None:
            return None
        period = Period(start, end, with_end=self.backend.dialect[Switch.RANGE_END] == "included")
        return self.backend.orders.entries_of_period(self._moment, period, self.part)


class HorizonInquiry(PagedInquiry):
    """``getExpiringCertificates``."""

    @cached_property
    def days(self) -> int | None:
        """How far to look, if that is a number in the accepted range."""
        try:
            days = int(self.message.value("validityDaysLeft") or "")
        except ValueError:
            return None
        return days if 1 <= days <= _LONGEST_HORIZON else None

    @cached_property
    def found(self) -> tuple[int, list[Entry]] | None:
        if self.days is None:
            return None
        return self.backend.orders.expiring(self.now, self.now + timedelta(days=self.days), self.part)


@rule(1153, "pageNumber")
def _page_out_of_range(inquiry: PagedInquiry) -> Breach:
    return not inquiry.has_possible_number


@rule(1154)
def _too_many_pages(inquiry: PagedInquiry) -> Breach:
    return f"{inquiry.found[0]} records" if inquiry.found and inquiry.pages > _MOST_PAGES else False


@rule(1155, "pageNumber")
def _no_such_page(inquiry: PagedInquiry) -> Breach:
    number = inquiry.page_number
    if inquiry.found is None or number is None or not inquiry.has_possible_number or inquiry.pages > _MOST_PAGES:
        return False
    has_none = inquiry.found[0] == 0 and inquiry.backend.dialect[Switch.EMPTY_RESULT] == "1155"
    return str(number) if has_none or number > inquiry.pages else False


_PAGE_RULES: tuple[Rule[PagedInquiry], ...] = (_page_out_of_range, _too_many_pages, _no_such_page)


def _bad_date(code: int, name: str) -> Rule[PeriodInquiry]:
    return Rule(code, name, lambda inquiry: inquiry.date(name) is None)


@rule(2057, "toDate")
def _ends_before_it_starts(inquiry: PeriodInquiry) -> Breach:
    start, end = inquiry.date("fromDate"), inquiry.date("toDate")
    return start is not None and end is not None and end < start


_PERIOD_RULES: tuple[Rule[PeriodInquiry], ...] = (
    _bad_date(1110, "fromDate"),
    _bad_date(1111, "toDate"),
    _ends_before_it_starts,
    *OPTION_RULES,
    *_PAGE_RULES,
)
_HORIZON_RULES: tuple[Rule[HorizonInquiry], ...] = (
    Rule(2052, "validityDaysLeft", lambda inquiry: inquiry.days is None),
    *_PAGE_RULES,
)


def _page(inquiry: PagedInquiry, records: list[Node]) -> Page:
    count = inquiry.found[0] if inquiry.found else 0
    shown = count if inquiry.backend.dialect[Switch.RETURN_COUNT] == "total" else len(records)
    return Page(inquiry.page_number or 1, inquiry.pages, shown)


def _entries(inquiry: PagedInquiry) -> list[Entry]:
    return inquiry.found[1] if inquiry.found else []


def _list_orders(inquiry: PeriodInquiry) -> Answer:
    orders = {entry.order_id: inquiry.backend.orders.find(entry.order_id) for entry in _entries(inquiry)}
    records = [
        order_node(inquiry, order, entry)
        for entry in _entries(inquiry)
        if (order := orders[entry.order_id]) is not None
    ]
    return Answer([node("orders", records)] if records else [], page=_page(inquiry, records))


def _list_expiring(inquiry: HorizonInquiry) -> Answer:
    records = [
        node(
            "expiringCertificates",
            nodes(
                orderID=entry.order_id,
                serialNumber=shown_serial(inquiry.backend, entry.certificate.serial_number),
                expiringDate=entry.certificate.not_after,
                validityDaysLeft=(entry.certificate.not_after - inquiry.now).days,
            ),
        )
        for entry in _entries(inquiry)
        if entry.certificate is not None
    ]
    return Answer(records, page=_page(inquiry, records))


def _by(moment: OrderMoment) -> partial[PeriodInquiry]:
    return partial(PeriodInquiry, moment=moment)


GET_ORDERS_BY_DATE_RANGE = Operation("getOrdersByDateRange", _by(OrderMoment.PLACED), _PERIOD_RULES, _list_orders)
GET_MODIFIED_ORDERS = Operation("getModifiedOrders", _by(OrderMoment.MODIFIED), _PERIOD_RULES, _list_orders)
GET_EXPIRING_CERTIFICATES = Operation("getExpiringCertificates", HorizonInquiry, _HORIZON_RULES, _list_expiring)
