# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations with pages: their contents, and their headers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from certum_sandbox.iso8601 import format_moment
from support.soap import make_csr, make_request

from .error_examples_orders import P
from .error_examples_world import place, revoke

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory

APPROVER = "SANApprover/approverMethod"


def orders(lab: Laboratory, operation: str = "getOrdersByDateRange", **texts: Any) -> Any:
    now = lab.backend.clock.now()
    period = {"fromDate": format_moment(now - timedelta(days=9)), "toDate": format_moment(now + timedelta(days=9))}
    return lab.send(make_request(operation, {**period, "orderOption/orderStatus": "true", **texts}))


def shown(answer: Any) -> list[str]:
    return [order.findtext("orderStatus/orderID") for order in answer.findall("orders/Order")]


def header(answer: Any) -> dict[str, str | None]:
    names = ("currentPage", "pagesCount", "returnCount")
    return {name: answer.findtext(f"responseHeader/{name}") for name in names}


def seven_orders(lab: Laboratory) -> list[str]:
    placed = [f"o-{number}" for number in range(7)]
    for order_id in placed:
        place(lab, order_id)
        lab.backend.clock.advance(timedelta(minutes=1))
    return placed


@pytest.mark.parametrize("returns", ["total", "page"])
def test_pages_hold_every_order_once_sorted_by_time(make_lab: Callable[..., Laboratory], returns):
    lab = make_lab(dialect={"page-size": "3", "return-count": returns})
    placed = seven_orders(lab)
    pages = [orders(lab, pageNumber=str(number)) for number in (1, 2, 3)]
    assert [order_id for page in pages for order_id in shown(page)] == placed
    counts = ["7", "7", "7"] if returns == "total" else ["3", "3", "1"]
    assert [header(page) for page in pages] == [
        {"currentPage": str(number), "pagesCount": "3", "returnCount": count}
        for number, count in enumerate(counts, start=1)
    ]


def test_header_has_no_count_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"page-header": "absent"})
    place(lab, "o")
    assert header(orders(lab)) == {"currentPage": None, "pagesCount": None, "returnCount": "1"}


@pytest.mark.parametrize(("value", "found"), [("included", ["o"]), ("excluded", [])])
def test_end_of_a_period_is_inclusive_or_not(make_lab: Callable[..., Laboratory], value, found):
    lab = make_lab(dialect={"range-end": value})
    place(lab, "o")
    assert shown(orders(lab, toDate=format_moment(lab.backend.clock.now()))) == found


def test_plain_dates_are_midnights(lab: Laboratory):
    place(lab, "o")
    today = lab.backend.clock.now().date()
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert shown(orders(lab, fromDate=today.isoformat(), toDate=tomorrow)) == ["o"]
    assert shown(orders(lab, fromDate="2020-01-01", toDate=today.isoformat())) == []


def test_modified_orders_are_those_that_changed(lab: Laboratory):
    place(lab, "old")
    place(lab, "changed")
    start = format_moment(lab.backend.clock.advance(timedelta(days=1)))
    lab.send(make_request("cancelOrder", {"cancelParameters/orderID": "changed"}))
    assert shown(orders(lab, "getModifiedOrders", fromDate=start)) == ["changed"]
    assert shown(orders(lab, "getOrdersByDateRange", fromDate=start)) == []


def test_reissued_order_comes_with_both_certificates(lab: Laboratory):
    place(lab, "o")
    serial = lab.enrol("o")
    lab.send(make_request("reissueCertificate", {"serialNumber": serial, "CSR": make_csr(), APPROVER: "FILE"}))
    lab.enrol("o")
    answer = orders(lab, **{"orderOption/certificateDetails": "true", "orderOption/orderDetails": "true"})
    assert [order.get("reissue") for order in answer.findall("orders/Order")] == ["false", "true"]
    serials = [order.findtext("orderStatus/serialNumber") for order in answer.findall("orders/Order")]
    assert len(set(serials)) == 2
    assert serials == [o.findtext("certificateDetails/serialNumber") for o in answer.findall("orders/Order")]


def test_certificates_near_expiry_are_listed(lab: Laboratory):
    serials = []
    for number in range(3):
        place(lab, f"o-{number}", {P + "CSR": make_csr()})
        serials.append(lab.enrol(f"o-{number}"))
        lab.backend.clock.advance(timedelta(days=10))
    revoke(lab, serials[1])

    def expiring(days: int) -> dict[str, str]:
        answer = lab.send(make_request("getExpiringCertificates", {"validityDaysLeft": str(days)}))
        found = answer.findall("expiringCertificates")
        return {each.findtext("serialNumber"): each.findtext("validityDaysLeft") for each in found}

    assert expiring(30) == {}
    lab.backend.clock.advance(timedelta(days=199 - 30 - 10))
    assert expiring(9) == {}
    assert expiring(10) == {serials[0]: "9"}
    assert expiring(30) == {serials[0]: "9", serials[2]: "29"}
    lab.backend.clock.advance(timedelta(days=10))
    assert expiring(30) == {serials[2]: "19"}, "an expired certificate does not expire again"
