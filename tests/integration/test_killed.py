# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever dies whenever, running again leads to exactly one order, issued and served."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

SECONDS = 30


def wait_for_call(world: World, operation: str) -> None:
    deadline = time.monotonic() + SECONDS
    while operation not in world.operations():
        assert time.monotonic() < deadline, f"{operation} was never called: {world.operations()}"
        time.sleep(0.005)


def test_killed_right_after_the_ca_took_the_order(world: World) -> None:
    play = world.role(world.deployed())
    running = world.project.start(play)

    wait_for_call(world, "quickOrder")
    running.kill()

    world.converged(play)
    assert world.serves()


def test_killed_while_the_answer_to_the_order_is_on_its_way(world: World) -> None:
    play = world.role(world.deployed())
    world.ca.add_fault("delay", operation="quickOrder", when="after", seconds=SECONDS)
    running = world.project.start(play)

    wait_for_call(world, "quickOrder")
    running.kill()

    world.converged(play)
    assert world.serves()


@pytest.mark.parametrize(
    "task",
    [
        "Order at the CA",
        "Publish what proves the domains",
        "Have the domains proved, wait and fetch",
        "Install certificates",
        "Reload",
        "Keep them",
    ],
)
def test_killed_before_a_task(world: World, task: str) -> None:
    play = world.role(world.deployed())

    killed = world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": task})

    assert killed.code == -9, killed.output
    world.converged(play)
    assert world.serves()


@pytest.mark.parametrize(
    ("operation", "effect"),
    [
        ("quickOrder", "drop"),
        ("quickOrder", "http-500"),
        ("quickOrder", "garbage"),
        ("getCertificate", "drop"),
    ],
)
def test_an_answer_is_lost(world: World, operation: str, effect: str) -> None:
    play = world.role(world.declaration())
    world.ca.add_fault(effect, operation=operation, when="after")

    first = world.project.run(play)

    assert first.code in {0, 2}, first.output
    assert "Traceback" not in first.output
    world.converged(play)


@pytest.mark.parametrize("operation", ["quickOrder", "getCertificate"])
def test_the_ca_dies_after_it_did_what_was_asked(world: World, operation: str) -> None:
    play = world.role(world.declaration())
    world.ca.add_fault("exit", operation=operation, when="after")

    first = world.project.run(play).failed()

    assert "127.0.0.1" in "\n".join(first.failures)
    world.ca.wait()
    world.ca = world.ca.restart()
    try:
        world.converged(play)
    finally:
        world.ca.stop()
