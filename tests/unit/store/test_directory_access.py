# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directories of the store with another mode or owner: noticed, repaired, and otherwise left."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.directory_access import (
    drifted_base,
    drifted_directories,
)
from ansible_collections.certops.certum.plugins.module_utils._store.lock import certificate_directory
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import activate
from ansible_collections.certops.certum.tests.unit.store.world import NAME, World, tree

if TYPE_CHECKING:
    from pathlib import Path

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give directories to others")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "certum")
    made.renew()
    made.stage()
    return made


def drifted(world: World) -> tuple[str, ...]:
    return (*drifted_base(world.layout), *drifted_directories(world.layout, NAME))


PLACES = ["", NAME, f"{NAME}/versions", f"{NAME}/versions/*", f"{NAME}/staged"]


def place_of(world: World, place: str) -> Path:
    return next(iter(world.base.glob(place))) if place else world.base


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", [0o700, 0o750, 0o775])
def test_wrong_mode_is_noticed_and_repaired(world: World, place: str, mode: int) -> None:
    """The administrator chooses the mode of the directory of all certificates, unless it excludes all users."""
    right = tree(world.base)
    before = world.base.stat().st_mode
    path = place_of(world, place)
    if mode == 0o700 and place.endswith("staged"):
        mode = 0o755
    path.chmod(mode)
    expected = place != "" or mode == 0o700
    assert bool(drifted(world)) is expected
    if expected:
        assert f"mode {mode:04o}, expected {0o700 if place.endswith('staged') else 0o755:04o}" in drifted(world)[0]

    change = activate(world.layout, NAME, check_mode=True)
    assert path.stat().st_mode & 0o777 == mode, "check mode changes nothing"
    assert change.changed is expected
    change = activate(world.layout, NAME)

    assert change.changed is expected
    assert change.redeploy is expected
    assert drifted(world) == ()
    if expected:
        assert change.reason.code.value == "directory_access_differs"
        assert (world.base.stat().st_mode, {path: entry[0] for path, entry in tree(world.base).items()}) == (
            before,
            {path: entry[0] for path, entry in right.items()},
        )
    assert not activate(world.layout, NAME).changed


@needs_root
@pytest.mark.parametrize("place", [place for place in PLACES if place])
def test_wrong_owner_is_noticed_and_repaired(world: World, place: str) -> None:
    path = place_of(world, place)
    os.chown(path, 33, -1)
    (found,) = drifted(world)
    assert "owner 33, expected 0" in found
    with certificate_directory(world.layout, NAME):
        assert path.stat().st_uid == 0
    assert drifted(world) == ()


@needs_root
def test_directory_of_all_certificates_may_have_another_owner(world: World) -> None:
    """A person may work in that directory."""
    os.chown(world.base, 33, -1)
    assert drifted(world) == ()
    with certificate_directory(world.layout, NAME):
        assert world.base.stat().st_uid == 33


@needs_root
def test_owner_unknown_to_the_kernel_is_kept(world: World) -> None:
    """If a network file system maps root to nobody, no user can give a directory to root."""
    os.chown(world.base / NAME, 65534, -1)
    assert drifted(world) == ()


def test_links_and_files_instead_of_directories_are_not_touched(world: World, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o700)
    (world.base / NAME / "versions" / "AA").symlink_to(outside)
    (world.base / NAME / "versions" / "BB").write_text("")
    assert drifted(world) == ()
    with certificate_directory(world.layout, NAME):
        assert outside.stat().st_mode & 0o777 == 0o700


def test_missing_certificate_needs_no_repair(tmp_path: Path) -> None:
    assert drifted(World(tmp_path / "certum")) == ()
