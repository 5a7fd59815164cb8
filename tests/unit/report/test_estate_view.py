# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of states, and the order and the numbers of the report."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.estate import Estate
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import (
    AccountState,
    CertificateState,
    Operation,
    Waiting,
)
from ansible_collections.certops.certum.plugins.module_utils._report.estate_view import ACCOUNT_WORDS, view_of
from ansible_collections.certops.certum.plugins.module_utils._report.standing import (
    OPERATION_WORDS,
    STANDINGS,
    WAITING_WORDS,
    Level,
    standing_of,
    usage_of,
)
from ansible_collections.certops.certum.tests.support.example_estate import (
    NOW,
    after,
    certificate,
    example_estate,
    host,
    nothing_installed,
    pending,
)
from ansible_collections.certops.certum.tests.support.shapes import differences

REFUSED = pending("shop-1", "operator", "the CA refused the order", days=1)
OLD = "2AF1C0"
UNUSED: dict[str, Any] = {"declared": False, "services": []}


def test_every_term_has_words() -> None:
    assert set(STANDINGS) == set(CertificateState.values())
    assert set(WAITING_WORDS) == set(Waiting.values())
    assert set(OPERATION_WORDS) == set(Operation.values())
    assert set(ACCOUNT_WORDS) == set(AccountState.values())


@pytest.mark.parametrize(
    ("changes", "level", "word"),
    [
        ({}, Level.FINE, "current"),
        ({"state": "due"}, Level.DUE, "due"),
        ({"state": "current", "not_after": after(0)}, Level.URGENT, "expired"),
        ({"state": "broken", "not_after": None}, Level.URGENT, "broken"),
        ({"state": "pending", "order": pending("1", "ca", "", days=1)}, Level.WAITING, "order pending"),
        ({"state": "pending", "order": REFUSED}, Level.URGENT, "order stopped"),
        ({"state": "current", "verified_serial_number": OLD}, Level.DUE, "incomplete"),
        ({"state": "due", "verified_serial_number": OLD}, Level.DUE, "due"),
        ({"former": {"serial_number": OLD, "valid_until": after(4.1)}}, Level.DUE, "incomplete"),
        ({"former": {"serial_number": OLD, "valid_until": after(3.9)}}, Level.URGENT, "former in use"),
        ({**UNUSED}, Level.ASIDE, "not declared"),
        ({**UNUSED, "state": "expired"}, Level.ASIDE, "expired, not declared"),
        ({"declared": False, "state": "expired"}, Level.URGENT, "expired"),
        ({"state": "of_a_later_version"}, Level.DUE, "of a later version"),
    ],
)
def test_standing(changes: dict[str, Any], level: Level, word: str) -> None:
    assert standing_of(certificate("shop", "web1", **changes), NOW) == (level, word)


@pytest.mark.parametrize(
    ("changes", "usage"),
    [
        ({"serial_number": "00ab", "verified_serial_number": "AB"}, "verified"),
        ({"verified_serial_number": None}, "not_verified"),
        ({"verified_serial_number": OLD}, "another_in_use"),
        ({"former": {"serial_number": OLD, "valid_until": after(1)}}, "former_in_use"),
        ({"serial_number": None, "verified_serial_number": None}, "not_installed"),
    ],
)
def test_usage(changes: dict[str, Any], usage: str) -> None:
    assert usage_of(certificate("shop", "web1", **changes)).value == usage


def test_example_has_the_declared_shape_and_all_states() -> None:
    estate = example_estate()
    assert list(differences(estate, Estate)) == []
    assert {row.standing.level for row in view_of(estate).rows} == set(Level)


def test_most_urgent_certificates_are_first() -> None:
    view = view_of(example_estate())
    assert [row.name for row in view.rows] == [
        *("tickets", "backup"),
        *("mail", "shop", "portal", "metrics"),
        *("wiki", "api"),
        *("status", "docs", "chat"),
        "intranet-2024",
    ]
    assert [row.name for row in view.actions] == ["tickets", "backup", "mail", "shop", "portal", "metrics"]
    assert view.verdict == "6 of 12 certificates need action, 2 orders are pending and 2 hosts did not report."
    assert view.next_expiry is not None
    assert (view.next_expiry.name, view.next_expiry.host) == ("mail", "mail1")


def test_tiles_count_what_needs_action() -> None:
    assert [(tile.label, tile.count, tile.level.value, tile.detail) for tile in view_of(example_estate()).tiles] == [
        ("Urgent", 2, "urgent", "1 expired, 1 broken"),
        ("Due", 4, "due", "2 due, 1 incomplete, 1 missing"),
        ("Pending orders", 2, "due", "waiting for: 1 domain holder, 1 CA staff"),
        ("Incomplete", 1, "due", "not deployed or not verified"),
        ("Former in use", 1, "due", "next end in 6 days"),
        ("Missing hosts", 2, "urgent", "1 unreachable, 1 failed"),
    ]


def test_orders_for_people_are_first() -> None:
    waiting = [nothing_installed(each, "web1", order=pending(each, each, "", days=3)) for each in Waiting.values()]
    view = view_of({**example_estate(), "certificates": waiting})
    assert [row.order.waits_for for row in view.orders if row.order] == list(WAITING_WORDS.values())


def test_nothing_to_do_is_said() -> None:
    one = [certificate("shop", "web1")]
    view = view_of({**example_estate(), "hosts": [host("web1")], "certificates": one})
    assert view.verdict == "No action is needed for 1 certificate."
    assert {(tile.count, tile.level) for tile in view.tiles} == {(0, Level.FINE)}
    assert not any((view.actions, view.orders, view.to_verify, view.formers, view.hosts))


def test_shares_are_the_whole() -> None:
    shares = view_of(example_estate()).shares
    assert [(share.level.value, share.count) for share in shares] == [
        ("urgent", 2),
        ("due", 4),
        ("waiting", 2),
        ("fine", 3),
        ("aside", 1),
    ]
    assert sum(share.width for share in shares) == pytest.approx(100, abs=0.1)


def test_reported_host_with_problems_is_listed() -> None:
    problem = host("web1", "reported", ("The clock is wrong.\nIt is late.", "Set the clock."))
    (row,) = view_of({**example_estate(), "hosts": [problem, host("web2")]}).hosts
    assert (row.is_reported, row.problems) == (True, [["The clock is wrong.", "It is late. Set the clock."]])


def test_forecast_has_a_line_for_each_month() -> None:
    forecast = view_of(example_estate()).forecast
    assert [(chart.lifetime_days, chart.purchases, chart.reissues) for chart in forecast.charts] == [
        (200, 11, 11),
        (100, 11, 35),
        (47, 11, 95),
    ]
    assert [month for month, _numbers in forecast.months][:3] == ["Nov 2026", "Dec 2026", "Jan 2027"]
    assert forecast.peak == max(month.total for chart in forecast.charts for month in chart.bars) == 10
    assert max(month.total_height for chart in forecast.charts for month in chart.bars) == 100


def test_without_forecast_nothing_is_drawn() -> None:
    forecast = view_of({**example_estate(), "forecasts": []}).forecast
    assert (forecast.charts, forecast.months) == ([], [])
