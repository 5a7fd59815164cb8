# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Knows, or does not know, the paid term (lifecycle.md 9.2)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.term_end import (
    Validity,
    end_did_not_move,
    ends_with_its_term,
    estimated_term_end,
)

START = datetime(2026, 11, 23, tzinfo=timezone.utc)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@pytest.mark.parametrize(
    ("issued", "end"),
    [((2026, 11, 23), (2027, 11, 23)), ((2028, 2, 29), (2029, 2, 28)), ((2027, 2, 28), (2028, 2, 28))],
)
def test_term_lasts_a_year(issued: tuple[int, int, int], end: tuple[int, int, int]) -> None:
    assert estimated_term_end(datetime(*issued, tzinfo=timezone.utc)) == datetime(*end, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("not_after", "term_end", "answer"),
    [(199, 365, False), (357, 365, False), (358, 365, True), (365, 365, True), (366, 365, True), (199, None, False)],
)
def test_certificate_limited_by_its_term_is_recognised(not_after: int, term_end: int | None, answer: bool) -> None:
    assert ends_with_its_term(day(not_after), None if term_end is None else day(term_end)) is answer


@pytest.mark.parametrize(
    ("former", "reissued", "answer"),
    [
        pytest.param((0, 199), (140, 339), False, id="moved up to the limit"),
        pytest.param((0, 199), (140, 199), True, id="kept"),
        pytest.param((0, 199), (140, 199.5), True, id="kept, to the end of its day"),
        pytest.param((0, 199), (3, 199), False, id="too soon to move it"),
        pytest.param((166, 365), (300, 365), False, id="it ended with the term before"),
    ],
)
def test_reissue_that_moved_the_expiry_date_is_recognised(
    former: tuple[float, float], reissued: tuple[float, float], answer: bool
) -> None:
    assert end_did_not_move(Validity(*map(day, former)), Validity(*map(day, reissued)), day(365)) is answer
