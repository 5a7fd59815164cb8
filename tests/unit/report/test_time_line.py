# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moments of the report, and their places on the time line."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._report.moments import (
    Moment,
    distance,
    moment_of,
    time_left,
)
from ansible_collections.certops.certum.plugins.module_utils._report.time_line import Axis
from ansible_collections.certops.certum.tests.support.example_estate import NOW
from hypothesis import given
from hypothesis import strategies as st

MOMENTS = st.datetimes(timezones=st.just(timezone.utc))
LIFE = {"not_before": NOW - timedelta(60), "not_after": NOW + timedelta(139)}


@pytest.mark.parametrize(
    ("away", "text", "left"),
    [
        ({"days": 3, "hours": 23}, "in 3 days", "3 days left"),
        ({"days": 2}, "in 2 days", "2 days left"),
        ({"hours": 47}, "in 47 hours", "47 hours left"),
        ({"hours": 1}, "in 1 hour", "1 hour left"),
        ({"minutes": 59}, "now", "0 hours left"),
        ({"minutes": -59}, "now", "no time left"),
        ({"hours": -30}, "30 hours ago", "no time left"),
        ({"days": -1200}, "1,200 days ago", "no time left"),
    ],
)
def test_distance_is_in_days_or_hours(away: dict[str, int], text: str, left: str) -> None:
    at = NOW + timedelta(**away)
    assert (distance(at, NOW), time_left(at, NOW)) == (text, left)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("2026-12-02T01:30:00+00:00", "2026-12-02 01:30 UTC"),
        ("2026-12-02T01:30:00Z", "2026-12-02 01:30 UTC"),
        ("2026-12-02T01:30:00+02:00", "2026-12-01 23:30 UTC"),
        ("2026-12-02T01:30:00", "2026-12-02 01:30 UTC"),
        ("0001-01-01T00:00:00Z", "0001-01-01 00:00 UTC"),
        ("0001-01-01T00:00:00+02:00", None),
        ("tomorrow", None),
        ("", None),
        (None, None),
    ],
)
def test_moment_is_in_utc(text: str | None, minute: str | None) -> None:
    found = moment_of(text, NOW)
    assert (found.minute if found else None) == minute


@given(MOMENTS, MOMENTS)
def test_every_moment_has_texts(at: datetime, now: datetime) -> None:
    moment = Moment.of(at, now)
    assert moment_of(moment.iso, now) == Moment.of(at.replace(microsecond=0), now)
    assert moment.is_past == (at <= now)


@given(st.lists(st.none() | MOMENTS, max_size=8))
def test_axis_has_bounds_for_any_moments(moments: list[datetime | None]) -> None:
    axis = Axis.over(moments, NOW)
    assert NOW - timedelta(231) <= axis.begin < NOW - timedelta(19)
    assert NOW + timedelta(69) < axis.end <= NOW + timedelta(431)
    assert 0 < axis.now < 100
    assert [tick.at for tick in axis.ticks] == sorted({tick.at for tick in axis.ticks})
    assert 2 <= sum(bool(tick.label) for tick in axis.ticks) <= 12
    assert all(0 <= tick.at <= 100 for tick in axis.ticks)


@given(MOMENTS, MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS)
def test_bar_stays_on_the_axis(
    start: datetime, end: datetime, due: datetime | None, term: datetime | None, former: datetime | None
) -> None:
    drawn = Axis.over([start, end], NOW).span(
        not_before=start, not_after=end, due_at=due, term_end=term, former_until=former
    )
    if end <= start:
        assert drawn is None
        return
    assert drawn is not None
    edges = (drawn.start, drawn.due, drawn.end, drawn.paid)
    known = [edge for edge in edges if edge is not None]
    assert known == sorted(known)
    assert all(0 <= each <= 100 for each in (*known, drawn.width, drawn.due_width, drawn.paid_width))


def test_moment_in_the_middle_is_in_the_middle() -> None:
    axis = Axis.over([datetime(2026, 11, 5, tzinfo=timezone.utc), datetime(2027, 2, 15, tzinfo=timezone.utc)], NOW)
    assert (axis.begin, axis.end) == (
        datetime(2026, 11, 1, tzinfo=timezone.utc),
        datetime(2027, 3, 1, tzinfo=timezone.utc),
    )
    assert axis.exact(datetime(2026, 12, 31, tzinfo=timezone.utc)) == 50
    assert [(tick.at, tick.label) for tick in axis.ticks] == [(0, "Nov"), (25, "Dec"), (50.8, "2027"), (76.7, "Feb")]


def test_moment_beyond_the_axis_has_no_mark() -> None:
    drawn = Axis.over(LIFE.values(), NOW).span(**LIFE, term_end=NOW + timedelta(5000))
    assert drawn is not None
    assert (drawn.term, drawn.paid, drawn.due, drawn.former) == (None, 100, None, None)
    assert drawn.expiry == drawn.end
