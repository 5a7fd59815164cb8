# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paged operations, against a CA of a few lines that follows partner-api.md 1.3."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import ApiError, CertumError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import (
    OK,
    Script,
    answer,
    http_answer,
    refusal,
)
from hypothesis import given, settings
from hypothesis import strategies as st

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
HALF_SECONDS = 128  # a power of two, so that halved periods end where orders are
END = START + timedelta(seconds=HALF_SECONDS / 2)


class Ledger(Script):
    """Answers getOrdersByDateRange from dates of orders, bounds included, 1154 when there are more than ``limit``."""

    def __init__(self, dates: list[datetime], *, limit: int, page_size: int, counts_pages: bool) -> None:
        super().__init__()
        self._dates = dates
        self._limit = limit
        self._page_size = page_size
        self._counts_pages = counts_pages

    def post(self, body: bytes, **details: Any) -> Any:
        self.posted.append(body)
        request = ElementTree.fromstring(body)[0][0]
        first, last = (datetime.fromisoformat(request.findtext(tag, "")) for tag in ("fromDate", "toDate"))
        page = int(request.findtext("pageNumber", "1"))
        found = [(number, date) for number, date in enumerate(self._dates) if first <= date <= last]
        if len(found) > self._limit:
            return http_answer(answer(ApiOperation.GET_ORDERS_BY_DATE_RANGE, header=refusal((1154, ""))))
        pages = max(1, -(-len(found) // self._page_size))
        if page > min(pages, 100):
            return http_answer(
                answer(ApiOperation.GET_ORDERS_BY_DATE_RANGE, header=refusal((1155 if page > pages else 1153, "")))
            )
        shown = found[(page - 1) * self._page_size : page * self._page_size]
        orders = "".join(
            f"<Order><orderStatus><orderDate>{date.isoformat()}</orderDate><orderID>o-{number}</orderID>"
            "<orderStatus>ENROLLED</orderStatus></orderStatus></Order>"
            for number, date in shown
        )
        count = f"<currentPage>{page}</currentPage><pagesCount>{pages}</pagesCount>" if self._counts_pages else ""
        header = OK.replace("<successCode>", f"{count}<successCode>")
        return http_answer(answer(ApiOperation.GET_ORDERS_BY_DATE_RANGE, f"<orders>{orders}</orders>", header=header))

    def order_ids(self) -> list[str]:
        orders = self.api().get_orders_by_date_range(from_date=START, to_date=END)
        return [order.order_status.order_id for order in orders if order.order_status]


@settings(max_examples=60, deadline=None)
@given(
    moments=st.sets(st.integers(0, HALF_SECONDS), max_size=40),
    page_size=st.integers(1, 7),
    limit=st.integers(3, 40),
    counts_pages=st.booleans(),
)
def test_every_order_is_listed_once_for_any_page_size(
    moments: set[int], page_size: int, limit: int, counts_pages: bool
) -> None:
    dates = [START + timedelta(seconds=moment / 2) for moment in sorted(moments)]
    ledger = Ledger(dates, limit=limit, page_size=page_size, counts_pages=counts_pages)
    assert sorted(ledger.order_ids()) == sorted(f"o-{number}" for number in range(len(dates)))


@pytest.mark.parametrize("counts_pages", [True, False])
@pytest.mark.parametrize("orders", [100, 101, 129, 250])
def test_list_beyond_the_page_limit_is_read_completely(orders: int, counts_pages: bool) -> None:
    """A truncated order would look as if it did not exist."""
    dates = [START + timedelta(seconds=HALF_SECONDS / 2 / orders * number) for number in range(orders)]
    ledger = Ledger(dates, limit=orders, page_size=1, counts_pages=counts_pages)
    assert sorted(ledger.order_ids()) == sorted(f"o-{number}" for number in range(orders))


def test_indivisible_period_is_refused() -> None:
    with pytest.raises(ApiError) as caught:
        Ledger([START] * 5, limit=3, page_size=2, counts_pages=True).order_ids()
    assert caught.value.error_codes == (1154,)


def test_pages_are_requested_only_when_needed() -> None:
    ledger = Ledger([START] * 9, limit=10, page_size=3, counts_pages=True)
    orders = ledger.api().get_orders_by_date_range(from_date=START, to_date=END)
    assert ledger.posted == []
    for _order in range(4):
        next(orders)
    assert len(ledger.posted) == 2


def test_error_1155_ends_the_data_on_any_page() -> None:
    one = "<expiringCertificates><orderID>o</orderID><serialNumber>0a</serialNumber><expiringDate>2026-12-01T00:00:00Z"
    one += "</expiringDate><validityDaysLeft>9</validityDaysLeft></expiringCertificates>"
    operation = ApiOperation.GET_EXPIRING_CERTIFICATES
    many = OK.replace("<successCode>", "<pagesCount>9</pagesCount><successCode>")
    past_the_end = answer(operation, header=refusal((1155, "")))
    script = Script(answer(operation, one, header=many), past_the_end)
    assert len(list(script.api().get_expiring_certificates(validity_days_left=30))) == 1
    assert list(Script(past_the_end).api().get_expiring_certificates(validity_days_left=30)) == []


@pytest.mark.parametrize(("count", "asked"), [("<pagesCount>5000</pagesCount>", 1), ("", 100)])
def test_list_that_would_be_truncated_is_refused(count: str, asked: int) -> None:
    one = "<expiringCertificates><orderID>o</orderID><serialNumber>0a</serialNumber><expiringDate>2026-12-01T00:00:00Z"
    one += "</expiringDate><validityDaysLeft>9</validityDaysLeft></expiringCertificates>"
    endless = OK.replace("<successCode>", f"{count}<successCode>")
    script = Script(*[answer(ApiOperation.GET_EXPIRING_CERTIFICATES, one, header=endless)] * 200)
    with pytest.raises(CertumError, match=r"more than 100 pages.*fewer days"):
        list(script.api().get_expiring_certificates(validity_days_left=30))
    assert len(script.posted) == asked
