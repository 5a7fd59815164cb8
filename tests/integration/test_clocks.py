# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names a wrong clock with its difference from the CA's; a clearly wrong clock orders nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

LATER = """\
import datetime
real = datetime.datetime
class Same(type):
    def __instancecheck__(cls, other): return isinstance(other, real)
class Later(real, metaclass=Same):
    @classmethod
    def now(cls, tz=None): return real.now(tz) + datetime.timedelta({offset})
datetime.datetime = Later
"""


def set_clock(world: World, offset: str) -> None:
    """Move the clock of web1 by the arguments of a timedelta."""
    clock = world.project.path / "clock"
    clock.mkdir(exist_ok=True)
    (clock / "sitecustomize.py").write_text(LATER.format(offset=offset))
    python = clock / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={clock} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    inventory = yaml.safe_load((world.project.path / "inventory.yml").read_text())
    inventory["all"]["hosts"]["web1"]["ansible_python_interpreter"] = str(python)
    (world.project.path / "inventory.yml").write_text(yaml.safe_dump(inventory))


def words(output: str) -> str:
    return " ".join(output.split())


@pytest.mark.parametrize("offset", ["days=400", "days=-400"])
def test_host_with_a_wrong_clock_orders_nothing(world: World, offset: str) -> None:
    play = world.role(world.declaration())
    if offset == "days=400":
        world.project.run(play).succeeded()
    bought = len(world.ca.orders())
    set_clock(world, offset)
    for _night in range(2):
        world.ca.clear_calls()
        failed = world.project.run(play).failed()
        wrong = "400 days ahead of the CA's" if offset == "days=400" else "400 days behind the CA's"
        assert f"the clock of web1 is {wrong}" in failed.failures[-1]
        assert "ed. Correct the clock of web1, then run again." in failed.failures[-1]
        assert world.operations() == ["getProductList"]
    set_clock(world, "0")
    world.project.run(play).succeeded()
    assert [len(order["entries"]) for order in world.ca.orders()] == [1]
    assert len(world.ca.orders()) == bought or offset == "days=-400"
    world.is_quiet(play)


def test_clock_some_minutes_late_is_a_warning(world: World) -> None:
    set_clock(world, "minutes=-20")
    failed = world.project.run(world.role(world.declaration()), warnings=True).failed()
    assert "The clock of host web1 is 20 minutes behind the CA's. Correct the clock" in words(failed.output)
    assert failed.output.count("[WARNING]") == 1
    assert "is valid from" in failed.failures[-1]


class TestTheController:
    @pytest.fixture
    def sandbox_options(self) -> tuple[str, ...]:
        return ("--clock=P3D",)

    def test_wrong_controller_clock_is_named(self, world: World) -> None:
        run = world.project.run(world.role(world.declaration()))
        assert "The clock of the controller is 3 days behind the CA's." in words(run.output)
        assert "The clock of host web1 is 3 days behind the CA's." in words(run.output)
        assert len(world.ca.orders()) == 1
