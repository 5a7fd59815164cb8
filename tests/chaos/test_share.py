# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Divides all points into disjoint shares that each have points of every kind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.tests.chaos.attempt import ByCommand
from ansible_collections.certops.certum.tests.chaos.points import (
    BAD_ANSWERS,
    KINDS,
    RECORD,
    SOCKET,
    disk_points,
    exchange_points,
    network_points,
)
from ansible_collections.certops.certum.tests.chaos.share import share_of
from ansible_collections.certops.certum.tools.share import Share
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.chaos.points import Point

    Points = dict[str, list[Point]]

DISK = st.sampled_from(["open /c0001/.x.tmp", "write /c0001/.x.tmp", "rename /c0001/x", "mkdir /c0001", "fsync /c0001"])
NETWORK = st.sampled_from([operation.value for operation in ApiOperation])
EXCHANGES = {
    RECORD: ["query _certum.c0001. TXT", "update add _certum.c0001.", "update delete _certum.c0001."],
    SOCKET: ["show ssl cert", "set ssl cert c0001", "commit ssl cert c0001"],
}
POINTS = st.builds(
    lambda disk, network, records, commands: [
        *disk_points(disk),
        *network_points(network),
        *exchange_points(RECORD, records),
        *exchange_points(SOCKET, commands),
    ],
    st.lists(DISK, max_size=30),
    st.lists(NETWORK, max_size=8),
    st.lists(st.sampled_from(EXCHANGES[RECORD]), max_size=8),
    st.lists(st.sampled_from(EXCHANGES[SOCKET]), max_size=8),
)
OPERATIONS = st.dictionaries(st.sampled_from(["cancel", "renewal", "reissue", "first order"]), POINTS)

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine may be busy."""


def counted(points: Points, what: Callable[[Point], str]) -> Counter[str]:
    return Counter(what(point) for found in points.values() for point in found)


@PATIENT
@given(points=OPERATIONS, of=st.integers(1, 40))
def test_shares_divide_all_points_evenly(points: Points, of: int) -> None:
    shares = [share_of(points, Share(number, of)) for number in range(1, of + 1)]
    for title, found in points.items():
        assert Counter(point for share in shares for point in share[title]) == Counter(found)
        for share in shares:
            assert share[title] == [point for point in found if point in set(share[title])]
    sizes = [sum(map(len, share.values())) for share in shares]
    assert max(sizes) - min(sizes) <= 1
    for what in (lambda point: point.kind, lambda point: point.how):
        whole = counted(points, what)
        for share in shares:
            part = counted(share, what)
            assert all(count // of <= part[each] <= -(-count // of) for each, count in whole.items())


def test_quarter_of_any_two_operations_has_every_kind() -> None:
    calls = ["open /c0001/x", "write /c0001/x", "rename /c0001/x"]
    points: Points = {
        title: [
            *disk_points(calls),
            *network_points(["quickOrder", "getOrderState"]),
            *(point for place, exchanges in EXCHANGES.items() for point in exchange_points(place, exchanges)),
        ]
        for title in ("renewal", "reissue")
    }
    for number in range(1, 5):
        assert set(counted(share_of(points, Share(number, 4)), lambda point: point.kind)) == set(KINDS)


@pytest.mark.parametrize("place", EXCHANGES)
def test_exchange_that_changes_something_breaks_before_and_after(place: str) -> None:
    found = [(point.at, point.effect, point.when) for point in exchange_points(place, EXCHANGES[place])]
    effects = (*BAD_ANSWERS[place], "kill")
    changes = [(at, effect, when) for at in (1, 2) for when in ("before", "after") for effect in effects]
    assert found == [*((0, effect, "before") for effect in BAD_ANSWERS[place]), *changes]


@PATIENT
@given(points=POINTS, others=st.integers(0, 5), one_in=st.integers(1, 4), seed=st.integers(0, 99))
def test_every_point_is_broken_once_by_one_player(points: list[Point], others: int, one_in: int, seed: int) -> None:
    preloaded, command = ByCommand(others=others, one_kill_in=one_in, seed=seed).split(points)
    assert Counter([*preloaded, *command]) == Counter(points)
    kills, by_command = (len([point for point in some if point.kill]) for some in (points, command))
    assert kills / one_in <= by_command < kills / one_in + 1
    assert len(command) - by_command == min(others, len(points) - kills)
