# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts breaks and notices faults, with the fastest of the operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.chaos import attempt as module
from ansible_collections.certops.certum.tests.chaos.attempt import Tally, attempt, survey
from ansible_collections.certops.certum.tests.chaos.operations import OPERATIONS
from ansible_collections.certops.certum.tests.chaos.points import NetworkPoint
from ansible_collections.certops.certum.tests.chaos.scene import REQUEST_TIMEOUT, scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.chaos.operations import Operation

    Attempt = Callable[[Operation, list[NetworkPoint]], Tally]

FAR_LATER = 60.0
"""Seconds: between the test's request_timeout and the role's own, and far from both even on a busy machine."""
CANCEL = next(operation for operation in OPERATIONS if operation.title == "cancel")


@pytest.fixture
def attempt_at(tmp_path_factory: pytest.TempPathFactory) -> Attempt:
    """Return a function that breaks an operation at chosen points."""
    return lambda operation, points: attempt(operation, tmp_path_factory.mktemp("c"), points)


def test_point_not_reached_is_a_fault_unless_chosen_by_chance(attempt_at: Attempt) -> None:
    by_chance = [NetworkPoint("getOrderState", 5, effect, "before") for effect in ("exit", "drop")]
    missed = NetworkPoint("cancelOrder", 5, "exit", "after")
    tally = attempt_at(CANCEL, [*by_chance, missed, NetworkPoint("cancelOrder", 0, "exit", "after")])
    assert (tally.points, tally.converged, tally.not_reached) == (2, 2, 2), tally.faults
    assert [f"{missed.words}: was not reached" in fault for fault in tally.faults] == [True]


def test_batch_killed_during_an_order_converges(attempt_at: Attempt) -> None:
    operation = next(operation for operation in OPERATIONS if len(operation.hosts) > 1)
    tally = attempt_at(operation, [NetworkPoint("quickOrder", 1, "kill", "after")])
    assert (tally.faults, tally.converged, tally.runs) == ([], 1, 3)


def test_late_answer_is_a_timeout_in_the_role(tmp_path_factory: pytest.TempPathFactory) -> None:
    with scene(tmp_path_factory.mktemp("c")) as stage:
        names = stage.names(1)
        stage.world.ca.add_fault("delay", operation="getOrdersByDateRange", when="after", seconds=FAR_LATER)
        played = stage.run(stage.role(stage.declared(names[0])), names, request_timeout=REQUEST_TIMEOUT)
        asked = stage.world.operations()
    assert (played.code, asked.count("getOrdersByDateRange")) == (0, 2), played.excerpt()


def test_order_unknown_to_the_ca_is_not_done(attempt_at: Attempt) -> None:
    idle = {"name": "Do nothing", "ansible.builtin.debug": {"msg": "cancelled, honestly"}}
    operation = replace(CANCEL, plays=lambda scene, names: scene.world.tasks(idle))
    tally = attempt_at(operation, [NetworkPoint("getOrderState", 1, "drop", "before")])
    assert tally.converged == 0
    assert ["it is not done at the CA" in fault for fault in tally.faults] == [True]


ISSUED = {
    "first order",
    "first order of two hosts",
    "renewal",
    "transfer of a shared key",
    "reissue with added names",
    "first deployment",
    "redeployment",
    "first order by DNS",
    "redeployment to HAProxy",
}


@pytest.mark.parametrize(
    ("orders", "done"),
    [
        ([("ENROLLED", "VALID")], ISSUED),
        ([("ENROLLED", "REVOKED"), ("ENROLLED", "VALID")], {"revoke and replace"}),
        ([("ENROLLED", "VALID"), ("ENROLLED", "REVOKED")], set()),
        ([("ENROLLED", "REVOKED"), ("REJECTED", None)], set()),
        ([("REJECTED", None)], {"cancel"}),
        ([("AWAITING", None)], set()),
    ],
)
def test_operation_is_done_when_the_ca_has_its_result(orders: list[tuple[str, str | None]], done: set[str]) -> None:
    found = [{"state": state, "entries": [{"status": status}]} for state, status in orders]
    assert {operation.title for operation in OPERATIONS if operation.is_done(found)} == done


def test_operation_without_its_points_is_a_fault(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = NetworkPoint("getOrderState", 0, "drop", "before")
    monkeypatch.setattr(module, "_enumerate", lambda *dummy: [read])
    found = survey(CANCEL, tmp_path_factory.mktemp("c"))
    assert found.faults == [
        "cancel: it has points of ['network before'], not of ['kill', 'network after', 'network before']"
    ]


def test_without_chosen_points_nothing_is_done(attempt_at: Attempt) -> None:
    assert attempt_at(CANCEL, []) == Tally("cancel")
