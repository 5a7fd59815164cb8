# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills the command while the CA works; tests/chaos breaks everything else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

SECONDS = 30


def wait_for_call(world: World, operation: str, *, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while operation not in world.operations():
        assert time.monotonic() < deadline, f"{operation} was never called: {world.operations()}"
        time.sleep(0.005)


def test_run_killed_after_the_order_orders_once(world: World) -> None:
    play = world.role(world.deployed())
    running = world.project.start(play)

    wait_for_call(world, "quickOrder")
    running.kill()

    world.converged(play)
    assert world.serves()


def test_run_killed_before_the_answer_orders_once(world: World) -> None:
    play = world.role(world.deployed())
    world.ca.add_fault("delay", operation="quickOrder", when="after", seconds=SECONDS)
    running = world.project.start(play)

    wait_for_call(world, "quickOrder")
    running.kill()

    world.converged(play)
    assert world.serves()
