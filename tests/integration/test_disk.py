# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A full or read-only disk loses nothing: no money, no key, and the deployed certificate stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.machine import Machine
    from ansible_collections.certops.certum.tests.integration.world import World

FILL = "! dd if=/dev/zero of=certum/fill bs=1k 2>/dev/null"
KEPT = "Nothing was lost, and services use the same certificates as before."


@pytest.fixture
def verified(world: World, own_machine: Machine) -> str:
    """Return the serial number of a certificate that nginx serves from a small file system of its own."""
    world.store.mkdir()
    own_machine.run("mount", "-t", "tmpfs", "-o", "size=160k,mode=755", "tmpfs", str(world.store))
    world.web.stop()
    own_machine.run(*world.web.command)
    world.project.run(world.role(world.deployed())).succeeded()
    world.ca.clear_calls()
    return world.serves()


def test_read_only_disk_is_found_before_the_order(world: World, own_machine: Machine, verified: str) -> None:
    own_machine.run("mount", "-o", "remount,ro", str(world.store))
    play = world.role(world.deployed(www=True))

    run = world.project.run(play).failed()

    assert (
        f"shop: The certificate cannot be locked: {world.store}/shop/.lock: read-only file system" in run.failures[-1]
    )
    assert "Remount the file system read-write, or configure another directory." in run.failures[-1]
    assert world.operations() == []
    assert world.serves() == verified
    own_machine.run("mount", "-o", "remount,rw", str(world.store))
    world.converged(play, orders=2)
    assert world.serves() != verified


def test_full_disk_is_found_before_the_order(world: World, own_machine: Machine, verified: str) -> None:
    own_machine.run("sh", "-c", FILL)
    play = world.role(world.deployed(www=True))

    run = world.project.run(play).failed()

    assert f"{world.store}/shop/staged/privkey.pem: no space left on device" in run.failures[-1]
    assert f"{KEPT} Make room on this file system, then run again." in run.failures[-1]
    assert world.operations() == []
    assert world.serves() == verified
    own_machine.run("rm", "certum/fill")
    world.converged(play, orders=2)
    assert world.serves() != verified


def test_full_disk_at_installation_loses_nothing(world: World, own_machine: Machine, verified: str) -> None:
    play = world.role(world.deployed(www=True))
    world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": "Install certificates"})
    key = str(world.store / "shop/staged/privkey.pem")
    own_machine.run("cp", key, "key")
    own_machine.run("sh", "-c", FILL)

    run = world.project.run(play).failed()

    assert "no space left on device" in run.failures[-1]
    assert f"{KEPT} Make room on this file system, then run again." in run.failures[-1]
    assert world.serves() == verified
    own_machine.run("cmp", key, "key")
    own_machine.run("rm", "certum/fill")
    world.converged(play, orders=2)
    assert world.serves() != verified
    own_machine.run("cmp", str(world.store / "shop/current/privkey.pem"), "key")
