# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When lines about a wait are shown."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.plugins.module_utils._batch import wait_board
from ansible_collections.certops.certum.plugins.module_utils._batch.wait_board import (
    AGAIN,
    FIRST,
    TICK,
    WaitBoard,
    next_line_at,
    shown_while_it_waits,
    waits_without_limit,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.waits import WaitsFor
from ansible_collections.certops.certum.plugins.module_utils._module.module_waits import waits_of_module

if TYPE_CHECKING:
    import pytest

SECONDS = 30
WAITS = waits_without_limit(["web1: shop"], WaitsFor.ORDER)


def test_lines_come_early_and_at_least_every_15_seconds() -> None:
    due, shown = None, []
    for step in range(int(120 / TICK)):
        moment = step * TICK
        if due is not None and moment >= due:
            shown.append(moment)
        due = next_line_at(due, waits=True, moment=moment)
    assert shown[0] <= FIRST + TICK
    assert max(later - former for former, later in zip(shown, shown[1:])) <= AGAIN + TICK < 15
    assert next_line_at(due, waits=False, moment=moment) is None


def test_lines_are_shown_only_while_something_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "AGAIN", "TICK"):
        monkeypatch.setattr(wait_board, name, 0.001)
    board, seen, lines = WaitBoard(), Event(), []

    def show(line: str) -> None:
        lines.append(line)
        seen.set()

    with shown_while_it_waits(board, show):
        with board.during("key", WAITS):
            assert seen.wait(SECONDS)
        assert board.waits == []
    assert set(lines) == {lines[0]}
    assert lines[0].endswith("web1: shop")
    seen.clear()
    with shown_while_it_waits(board, show):
        assert not seen.wait(0.05)


def test_output_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "TICK"):
        monkeypatch.setattr(wait_board, name, 0.001)
    board, tried = WaitBoard(), Event()

    def show(_line: str) -> None:
        tried.set()
        raise BrokenPipeError

    with shown_while_it_waits(board, show), board.during("key", WAITS):
        assert tried.wait(SECONDS)


def test_options_of_a_module_name_what_waits() -> None:
    several = {"certificates": [{"name": "shop"}, {"common_name": "mail.example.com"}, {}], "wait_timeout": "60"}
    found = waits_of_module("certops.certum.certum_certificates", several, begins=10.0)
    assert [(each.subject, each.until) for each in found] == [
        ("shop", 70.0),
        ("mail.example.com", 70.0),
        ("", 70.0),
    ]
    (one,) = waits_of_module("certops.certum.certum_order_info", {"order_id": "shop-1"}, begins=10.0)
    assert (one.subject, one.until) == ("shop-1", None)
    (odd,) = waits_of_module("certum_certificate", {"wait_timeout": [], "name": {}}, begins=0.0)
    assert odd.until == 300.0
