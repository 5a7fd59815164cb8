# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A store that was restored from a backup that follows links."""

from __future__ import annotations

import errno
import itertools
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import activate, confirm
from ansible_collections.certops.certum.tests.unit.store.faults import Effect, Faults, Killed
from ansible_collections.certops.certum.tests.unit.store.world import NAME, World

if TYPE_CHECKING:
    from pathlib import Path


def restore(world: World) -> None:
    """Replace every link by a copy of its target."""
    backup = world.base.with_name("backup")
    shutil.copytree(world.base, backup, symlinks=False)
    shutil.rmtree(world.base)
    backup.rename(world.base)


@pytest.fixture
def restored(tmp_path: Path) -> World:
    world = World(tmp_path / "certum")
    world.renew()
    confirm(world.layout, NAME)
    restore(world)
    return world


def test_copies_become_links_again(restored: World) -> None:
    (version,) = restored.read().versions
    assert activate(restored.layout, NAME).changed
    assert confirm(restored.layout, NAME).changed

    links = [restored.layout.current(NAME), restored.layout.verified(NAME)]
    assert {str(link.readlink()) for link in links} == {f"versions/{version.serial_number}"}
    assert not activate(restored.layout, NAME).changed
    assert not [entry for entry in restored.layout.certificate(NAME).iterdir() if entry.name.endswith(".tmp")]


def test_next_certificate_is_installed(restored: World) -> None:
    serial_number = restored.renew()
    assert restored.layout.current(NAME).readlink().name == serial_number


def test_directory_that_is_no_copy_stays_and_is_named(restored: World) -> None:
    current = restored.layout.current(NAME)
    (current / "notes.txt").write_text("by hand")

    with pytest.raises(
        StoreError, match=r"is not a copy of one of the versions.*move the directory away and run again"
    ):
        activate(restored.layout, NAME)

    assert (current / "notes.txt").read_text() == "by hand"
    assert not current.is_symlink()


@pytest.mark.parametrize("effect", list(Effect))
def test_run_after_a_crash_makes_the_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, effect: Effect) -> None:
    for number in itertools.count():
        world = World(tmp_path / str(number) / "certum")
        world.renew()
        restore(world)
        faults = Faults(at=number, effect=effect, number=errno.EIO)
        with faults.active(monkeypatch), suppress(Killed, StoreError):
            activate(world.layout, NAME)
        activate(world.layout, NAME)
        assert world.layout.current(NAME).is_symlink()
        assert world.read().current is not None
        if faults.count <= number:
            break
    assert number > 3
