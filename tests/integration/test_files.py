# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owner, group and mode of written files, under any umask."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_umask_is_ignored(world: World, umask: int) -> None:
    play = world.role(world.declaration())
    world.project.run(play, umask=umask).succeeded()

    current = world.store / "shop/current"
    assert mode(current / "privkey.pem") == 0o600
    assert {mode(current / name) for name in ("cert.pem", "chain.pem", "fullchain.pem")} == {0o644}
    assert {mode(path) for path in (world.store, world.store / "shop", current)} == {0o755}
    assert {mode(path) for path in world.web.webroot.rglob("*")} == {0o755}


def test_staged_key_is_private(world: World) -> None:
    play = world.role(world.declaration())
    world.project.run(play, umask=0, environment={"CERTUM_TEST_DIE_BEFORE": "Place orders"})
    assert mode(world.store / "shop/staged") == 0o700
    assert mode(world.store / "shop/staged/privkey.pem") == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_key_has_the_declared_owner_group_and_mode(world: World) -> None:
    play = world.role(world.declaration(owner="nobody", group="daemon", mode="0640"))

    world.project.run(play).succeeded()

    key = world.store / "shop/current/privkey.pem"
    assert (key.owner(), key.group(), mode(key)) == ("nobody", "daemon", 0o640)
    world.is_quiet(play)


def test_unknown_owner_is_named_and_certificate_not_lost(world: World) -> None:
    run = world.project.run(world.role(world.declaration(owner="no-such-user"))).failed()

    assert "'no-such-user' is not a user of this host" in "\n".join(run.failures)
    world.converged(world.role(world.declaration()))
