# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forecast purchases every certificate once per term, and reissues it more often the shorter it lives."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.due_date import RenewalWindow
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.forecast import (
    LIFETIMES,
    ForecastSubject,
    events,
    forecasts,
    months_from,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 29, 7, 30, tzinfo=timezone.utc)
FAR = NOW + timedelta(days=5 * 365)
DAY = timedelta(days=1)


def subject(name: str = "shop", *, operation: Operation = Operation.ORDER, **changes: object) -> ForecastSubject:
    given_ = {"product_code": "601", "window": RenewalWindow(), "at": NOW, "term_end": None, **changes}
    return ForecastSubject(name=name, operation=operation, **given_)  # type: ignore[arg-type]


WINDOWS = st.builds(
    RenewalWindow,
    remaining_days=st.none() | st.integers(0, 400),
    remaining_percentage=st.none() | st.floats(0, 100),
    people_decide=st.booleans(),
)
SUBJECTS = st.builds(
    ForecastSubject,
    name=st.text(min_size=1, max_size=10),
    product_code=st.sampled_from(["601", "631", "921", "999"]),
    window=WINDOWS,
    operation=st.sampled_from(Operation),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda each: each.replace(tzinfo=timezone.utc)),
    term_end=st.none()
    | st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)).map(lambda each: each.replace(tzinfo=timezone.utc)),
)


@given(name=st.text(min_size=1, max_size=20), people_decide=st.booleans(), lifetime=st.sampled_from(LIFETIMES))
def test_certificate_is_purchased_once_per_term(name: str, people_decide: bool, lifetime: int) -> None:
    """Each term begins when its purchase is due, up to three weeks and some days before the end of the last one."""
    asked = subject(name, window=RenewalWindow(people_decide=people_decide))
    found = [each.at for each in events(asked, lifetime_days=lifetime, now=NOW, until=FAR) if each.is_purchase]
    assert len(found) == 6 or (len(found) == 5 and found[-1] + 365 * DAY > FAR), found
    assert all(timedelta(days=335) <= later - earlier <= timedelta(days=366) for earlier, later in pairwise(found))


@given(name=st.text(min_size=1, max_size=20))
def test_reissues_grow_as_lifetimes_shrink(name: str) -> None:
    """In the first year at least one, three and seven (lifecycle.md 10.1)."""
    counts = [
        sum(not each.is_purchase for each in events(subject(name), lifetime_days=days, now=NOW, until=NOW + 330 * DAY))
        for days in LIFETIMES
    ]
    assert counts == sorted(counts)
    assert all(count >= least for count, least in zip(counts, (1, 3, 7), strict=True)), counts


@given(asked=SUBJECTS, lifetime=st.sampled_from(LIFETIMES))
def test_any_certificate_has_a_forecast_that_ends(asked: ForecastSubject, lifetime: int) -> None:
    """Also for declared windows that are longer than the lifetime, and for a term that has ended."""
    found = list(events(asked, lifetime_days=lifetime, now=NOW, until=NOW + 400 * DAY))
    assert all(earlier.at + DAY <= later.at for earlier, later in pairwise(found))
    assert len(found) <= 2 * 400 / (lifetime - 1) + 4
    if found:
        assert found[0].at == max(asked.at, NOW)
    gaps = [later.at - earlier.at for earlier, later in pairwise(found)]
    assert all(gap <= timedelta(days=lifetime - 1) for gap in gaps), "no certificate expires"


def test_reissue_in_the_term_leads_to_a_purchase_at_its_end() -> None:
    asked = subject(operation=Operation.REISSUE, at=NOW + 30 * DAY, term_end=NOW + 200 * DAY)
    found = list(events(asked, lifetime_days=200, now=NOW, until=NOW + 365 * DAY))
    assert [each.operation for each in found[:2]] == [Operation.REISSUE, Operation.RENEW]
    assert NOW + 175 * DAY < found[1].at < NOW + 200 * DAY


def test_year_begins_with_the_month_of_the_report() -> None:
    asked = [subject(f"web{number}") for number in range(10)]
    found = forecasts(asked, NOW)
    assert [each["lifetime_days"] for each in found] == list(LIFETIMES)
    for each in found:
        assert [month["month"] for month in each["months"]] == [
            "2026-11", "2026-12", *(f"2027-{number:02}" for number in range(1, 11))
        ]  # fmt: skip
        assert each["months"][0]["purchases"] == 10, "they are due now"
        assert sum(month["purchases"] for month in each["months"][1:]) == 0
    reissues = [sum(month["reissues"] for month in each["months"]) for each in found]
    assert reissues == sorted(reissues)
    assert reissues[0] >= 10


@pytest.mark.parametrize("month", range(1, 13))
def test_months_of_any_report_are_a_year(month: int) -> None:
    first, *others = months_from(datetime(2027, month, 31 if month in {1, 3, 5, 7, 8, 10, 12} else 28))
    assert (first.month, first.day, len(others)) == (month, 1, 12)
    assert (others[-1].year, others[-1].month) == (2028, month)
