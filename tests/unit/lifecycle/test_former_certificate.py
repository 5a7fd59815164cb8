# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Computes the last day of a reissued certificate, and when a reissue loses no time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.former_certificate import (
    EarlierReissue,
    Former,
    Issuance,
    costs_nothing,
    former_of,
)

NOW = datetime(2027, 3, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)


def issued(serial_number: str, order_id: str | None, days: int, **reissues: int) -> Issuance:
    """Return a certificate; ``reissues`` are the days on which former ones of its order were reissued."""
    known = tuple(EarlierReissue(former, NOW + day * DAY) for former, day in reissues.items())
    return Issuance(serial_number, order_id, NOW + days * DAY, NOW + (days + 199) * DAY, known)


@pytest.mark.parametrize(
    ("in_use", "others", "until"),
    [
        pytest.param(None, [issued("B", "shop", 1)], None, id="nothing is in use"),
        pytest.param(issued("A", "shop", 0), [issued("A", "shop", 0)], None, id="the newest is in use"),
        pytest.param(issued("A", "shop", 0), [issued("B", "shop", 100)], 114, id="reissued"),
        pytest.param(issued("A", "shop", 0), [issued("C", "shop", 9), issued("B", "shop", 3)], 17, id="reissued twice"),
        pytest.param(issued("A", "shop", 0), [issued("C", "shop", 9, A=3, B=9)], 17, id="the first was never here"),
        pytest.param(issued("0A", "shop", 0), [issued("C", "shop", 9, A=3)], 17, id="the CA writes no leading zero"),
        pytest.param(issued("B", "shop", 3), [issued("C", "shop", 9, A=3, B=9)], 23, id="only its own reissue counts"),
        pytest.param(issued("A", "shop", 5), [issued("C", "shop", 9, A=-90)], 19, id="reissued before it began"),
        pytest.param(issued("A", "shop", 0), [issued("C", "shop-2", 9, A=3)], None, id="recorded by another order"),
        pytest.param(issued("A", "shop", 0), [issued("B", "shop", 195)], 199, id="it expires before"),
        pytest.param(issued("A", "shop", 0), [issued("B", "shop-2", 100)], None, id="ordered again"),
        pytest.param(issued("B", "shop", 9), [issued("A", "shop", 0)], None, id="the other is the former"),
        pytest.param(issued("A", None, 0), [issued("B", None, 9)], None, id="put there by hand"),
    ],
)
def test_former_certificate_is_valid_for_14_days(
    in_use: Issuance | None, others: list[Issuance], until: int | None
) -> None:
    former = former_of(in_use, others)
    assert (former.valid_until if former else None) == (None if until is None else NOW + until * DAY)


@pytest.mark.parametrize(
    ("lifetime", "requested", "said"),
    [
        (199, False, "reissued on 2027-03-01, so the former certificate A is valid until 2027-03-15 00:00 UTC"),
        (199, True, "requested on 2027-03-01. The former certificate A is valid until 2027-03-15 00:00 UTC at least"),
        (9, False, "The former certificate A expires on 2027-03-10 00:00 UTC."),
    ],
)
def test_sentence_names_the_last_day(lifetime: int, requested: bool, said: str) -> None:
    assert said in str(Former("A", NOW + lifetime * DAY, NOW, requested))


@pytest.mark.parametrize(
    ("operation", "days", "expected"),
    [
        (Operation.REISSUE, 15, False),
        (Operation.REISSUE, 14, True),
        (Operation.REISSUE, None, False),
        (Operation.RENEW, 1, False),
        (Operation.ORDER, -1, False),
    ],
)
def test_only_a_reissue_in_the_last_14_days_loses_nothing(
    operation: Operation, days: int | None, expected: bool
) -> None:
    assert costs_nothing(operation, None if days is None else NOW + days * DAY, NOW) is expected
