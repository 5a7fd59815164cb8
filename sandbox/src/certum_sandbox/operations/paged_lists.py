# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations with paged results: getOrdersByDateRange, getModifiedOrders, getExpiringCertificates.

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
from certum_sandbox.operations.certificate_details import shown_serial
from certum_sandbox.operations.operation import Answer, Operation, Page
from certum_sandbox.operations.order_state import OPTION_RULES, order_node
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.render import Node, node, nodes
from certum_sandbox.store.order_store import OrderMoment, Period, Slice

_MOST_PAGES = 100
_LONGEST_HORIZON = 30


class PagedInquiry(Inquiry):
    """A request for one page of a long list."""

    @property
    def page_size(self) -> int:
        return int(self.backend.dialect[Switch.PAGE_SIZE])

    @cached_property
    def page_number(self) -> int | None:
        """The requested page number, by default 1, or None if it is no number."""
        try:
            return int(self.message.text("pageNumber") or "1")
        except ValueError:
            return None

    @property
    def part(self) -> Slice:
        """The slice of the requested page, or of the first page if the number is out of range."""
        number = self.page_number if self.page_number is not None and self.has_possible_number else 1
        return Slice((number - 1) * self.page_size, self.page_size)

    @property
    def has_possible_number(self) -> bool:
        """Whether the page number is between 1 and 100."""
        return self.page_number is not None and 1 <= self.page_number <= _MOST_PAGES

    @cached_property
    def found(self) -> tuple[int, list[Entry]] | None:
        """The number of records and those of the page, or None if the request has no valid period or horizon."""
        return None

    @property
    def pages(self) -> int:
        """The number of pages. An empty result has one page."""
        return max(1, math.ceil((self.found[0] if self.found else 0) / self.page_size))


class PeriodInquiry(PagedInquiry):
    """A ``getOrdersByDateRange`` or ``getModifiedOrders`` request."""

    def __init__(self, message: Message, backend: Backend, *, moment: OrderMoment) -> None:
        super().__init__(message, backend)
        self._moment = moment

    def date(self, name: str) -> datetime | None:
        """Return the start or the end of the period, or None if it is not a moment with a time."""
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
    """A ``getExpiringCertificates`` request."""

    @cached_property
    def days(self) -> int | None:
        """The number of days until expiry, or None if it is not between 1 and 30."""
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
