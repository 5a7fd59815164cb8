# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds wrong clocks and their difference, for any duration of the steps between two looks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch.clocks import (
    HostClock,
    clock_warnings,
    difference,
    hold_back,
    read_host_clock,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation, Sent
from ansible_collections.certops.certum.plugins.module_utils._issuance.jobs import Job
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    AuthenticationError,
    NotReceivedError,
)
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.problems import Problem

NOW = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
NONE, MINUTE, HOUR, DAY = timedelta(), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPANS = st.timedeltas(min_value=NONE, max_value=2 * HOUR)
ERRORS = st.timedeltas(min_value=-1000 * DAY, max_value=1000 * DAY)


def clock(ahead: timedelta, *, controller_ahead: timedelta = NONE, took: timedelta = 2 * MINUTE) -> HostClock:
    """Return the clock of web1, which is *ahead* of the CA's."""
    by_controller = NOW + controller_ahead
    return HostClock("web1", NOW + ahead, by_controller - took, by_controller)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (400 * DAY + HOUR, "400 days ahead of the CA's"),
        (-DAY, "1 day behind the CA's"),
        (-20 * MINUTE, "20 minutes behind the CA's"),
        (3 * HOUR, "3 hours ahead of the CA's"),
        (timedelta(seconds=5), "0 minutes ahead of the CA's"),
    ],
)
def test_difference_is_reported_in_the_largest_unit(ahead: timedelta, words: str) -> None:
    assert difference(ahead) == words


@given(error=ERRORS, controller=ERRORS, before=SPANS, after=SPANS)
def test_time_of_the_call_is_allowed_for(
    error: timedelta, controller: timedelta, before: timedelta, after: timedelta
) -> None:
    """The host's clock was read at NOW; the reported difference is certain, less the time between."""
    known = HostClock("web1", NOW + error, NOW + controller - before, NOW + controller + after)
    found = known.ahead(controller)
    assert abs(found) <= abs(error)
    assert abs(found - error) <= before + after
    assert HostClock("web1", NOW, NOW + controller - before, NOW + controller + after).ahead(controller) == NONE


def test_both_clocks_are_named_with_their_difference() -> None:
    fine, late = clock(4 * MINUTE), clock(-20 * MINUTE, took=NONE)
    assert clock_warnings([fine, late], controller_ahead=None) == []
    assert [text.split(". ")[0] for text in clock_warnings([fine, late], controller_ahead=NONE)] == [
        "The clock of host web1 is 20 minutes behind the CA's"
    ]
    wrong = [clock(each, controller_ahead=-3 * DAY) for each in (NONE, 400 * DAY)]
    assert [text.split(". ")[0] for text in clock_warnings(wrong, controller_ahead=-3 * DAY)] == [
        "The clock of the controller is 3 days behind the CA's",
        "The clock of host web1 is 400 days ahead of the CA's",
    ]


@pytest.mark.parametrize("said", [None, "", "soon", 7, "2026-11-28T12:00:00", ["2026-11-28T12:00:00+00:00"]])
def test_invalid_time_is_no_clock(said: object) -> None:
    assert read_host_clock("web1", said=said, earliest=NOW.isoformat(), latest=NOW) is None
    assert read_host_clock("web1", said=NOW.isoformat(), earliest=said, latest=NOW) is None
    assert read_host_clock("web1", said=NOW.isoformat(), earliest=NOW.isoformat(), latest=NOW) is not None


class Ca:
    """A CA that knows how far the controller is ahead, after the first call."""

    def __init__(self, ahead: timedelta, error: Exception | None = None) -> None:
        self.asked, self._ahead, self._error = 0, ahead, error

    def get_product_list(self) -> None:
        self.asked += 1
        if self._error:
            raise self._error

    def controller_ahead(self) -> timedelta:
        return self._ahead


def job(sent: Sent = Sent.NO, **more: Any) -> Job:
    order: Any = SimpleNamespace(name="shop", sent=sent, operation=Operation.REISSUE)
    return Job(**{"item": {}, "order": order, "reason": "a certificate is due", **more})


def held(ca: Any, each: HostClock | None, asked: Job | None = None) -> Problem | None:
    (found,) = hold_back(ca, [(each, asked or job())])
    assert (found.problem is None) == (found.reason is not None)
    return found.problem


@pytest.mark.parametrize("ahead", [-400 * DAY, -DAY - HOUR, 2 * DAY, 400 * DAY])
def test_clearly_wrong_clock_orders_nothing(ahead: timedelta) -> None:
    problem = held(Ca(NONE), clock(ahead))
    assert problem is not None
    assert problem.text.startswith(f"shop: the clock of web1 is {difference(ahead)}, so ")
    assert problem.text.endswith("Nothing was reissued. Correct the clock of web1, then run again.")


def test_other_orders_are_not_held_back() -> None:
    late = clock(-400 * DAY)
    unreachable = NotReceivedError(where="getProductList", why="no connection", remedy="Run again.")
    for ca, each, asked in (
        (Ca(NONE), None, job()),
        (Ca(NONE), clock(20 * HOUR), job()),
        (Ca(NONE), late, job(Sent.YES)),
        (Ca(NONE), late, job(Sent.PERHAPS)),
        (Ca(400 * DAY), clock(400 * DAY, controller_ahead=400 * DAY), job()),
    ):
        assert held(ca, each, asked) is None
        assert ca.asked == 0, "no clock is in doubt"
    assert held(Ca(-400 * DAY), clock(NONE, controller_ahead=-400 * DAY)) is None, "the controller's clock is wrong"
    assert held(Ca(NONE, unreachable), late) is None, "an unknown difference is not wrong"


def test_refused_credentials_are_tried_once() -> None:
    refused = AuthenticationError(where="getProductList", why="not accepted", remedy="Correct them.")
    with pytest.raises(AuthenticationError):
        held(Ca(NONE, refused), clock(-400 * DAY))
