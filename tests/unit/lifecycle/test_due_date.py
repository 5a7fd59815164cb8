# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Computes due dates, over the lifetimes of today and of 2029 (lifecycle.md 9)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.due_date import RenewalWindow, due_at
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2028, 2, 28, tzinfo=timezone.utc)


def due_day(days: float, window: RenewalWindow, name: str = "shop", term: float | None = None) -> float:
    """Return days after the start; ``term`` is the number of days from the start to the term end."""
    end, term_end = START + timedelta(days=days), None if term is None else START + timedelta(days=term)
    moment = due_at(not_before=START, not_after=end, window=window, spread_by=name, term_end=term_end)
    return (moment - START) / timedelta(days=1)


@given(days=st.sampled_from([6, 10, 47, 100, 199, 398]), name=st.text(min_size=1, max_size=20))
def test_default_window_is_the_last_third_of_the_lifetime(days: int, name: str) -> None:
    share = due_day(days, RenewalWindow(), name) / days
    begin = 0.5 if days <= 10 else 2 / 3
    assert begin - 1e-9 <= share <= begin + 0.1


def test_fleet_is_spread_and_every_name_keeps_its_day() -> None:
    days = [due_day(199, RenewalWindow(), f"web{number}") for number in range(200)]
    assert days == [due_day(199, RenewalWindow(), f"web{number}") for number in range(200)]
    assert len({int(day) for day in days}) >= 15


@pytest.mark.parametrize(
    ("window", "day"),
    [
        (RenewalWindow(remaining_days=30), 169),
        (RenewalWindow(remaining_percentage=50), 99.5),
        (RenewalWindow(remaining_days=30, remaining_percentage=50), 99.5),
        (RenewalWindow(remaining_days=0), 199),
    ],
)
def test_declared_window_is_kept_to_the_day(window: RenewalWindow, day: float) -> None:
    assert due_day(199, window) == day


@given(
    days=st.sampled_from([6, 10, 47, 100, 199, 398]),
    remaining_days=st.none() | st.integers(0, 1000),
    remaining_percentage=st.none() | st.floats(0, 100),
)
def test_new_certificate_is_never_due_at_once(
    days: int, remaining_days: int | None, remaining_percentage: float | None
) -> None:
    assert due_day(days, RenewalWindow(remaining_days, remaining_percentage)) >= days / 2


@given(days=st.sampled_from([47, 100, 199]), start=st.floats(0, 365), name=st.text(min_size=1, max_size=20))
def test_due_date_within_a_term_leaves_a_week_for_trouble(days: int, start: float, name: str) -> None:
    lifetime = min(days, 365 - start)
    due = due_day(lifetime, RenewalWindow(), name, term=365 - start)
    assert lifetime / 2 - 1e-6 <= due <= max(0.9 * lifetime, lifetime - 14) + 1e-6
    if lifetime >= 47:
        assert lifetime - due >= 7 - 1e-6
    if lifetime > 10:
        assert due >= lifetime * 2 / 3 - 1e-6


def test_purchase_that_people_approve_is_three_weeks_early() -> None:
    for lifetime, left in ((365, 21), (199, 21), (47, 21), (30, 15)):
        due = due_day(lifetime, RenewalWindow(people_decide=True), term=lifetime)
        assert lifetime - due == pytest.approx(left)
