# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Crashes at any point: every call of every operation that changes the disk fails, or is the last of its process.

After each crash, `current` leads to a key and a chain that belong together and no staged key is lost. The same
operation once more completes the work and leaves nothing incomplete, and then there is nothing to do.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Callable

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Format
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.verified_services import VerifiedService
from ansible_collections.certops.certum.plugins.module_utils._store import format_files
from ansible_collections.certops.certum.plugins.module_utils._store.possible_formats import Formats
from ansible_collections.certops.certum.plugins.module_utils._store.removal import out_of_use, remove
from ansible_collections.certops.certum.plugins.module_utils._store.service_record import forget_service
from ansible_collections.certops.certum.plugins.module_utils._store.staged_order import discard, record_order
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import activate, confirm, roll_back
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import public_key_sha256_of_private
from ansible_collections.certops.certum.tests.unit.store.faults import Effect, Faults, Killed
from ansible_collections.certops.certum.tests.unit.store.world import KEY_MODE, NAME, NAMES, WANTED, World, issue, order
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._store.certificate_check import ReceivedCertificate


PEM_FILES = Formats(KEY_MODE)
SERVICES = (VerifiedService("nginx"), VerifiedService("dovecot"))
FORMATS = Formats(KEY_MODE, (Format.HAPROXY, Format.PKCS12), NAME, "correct horse")


@pytest.fixture(autouse=True)
def quick_keystores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keystores with real salts and few iterations; the real encryption takes as long as all the rest."""
    monkeypatch.setattr(format_files, "to_pkcs12", lambda **parts: secrets.token_bytes(64))


@dataclass
class Scene:
    """A store before an operation, and the data that the operation needs."""

    world: World
    issued: ReceivedCertificate | None = None

    def install(self, formats: Formats = PEM_FILES) -> object:
        assert self.issued is not None
        return self.world.install(self.issued, keep=1, formats=formats).changed

    def install_with_formats(self) -> object:
        return self.install(FORMATS)


def _nothing(world: World) -> Scene:
    return Scene(world)


def _ordered(world: World) -> Scene:
    csr_pem = world.stage().csr_pem
    record_order(world.layout, NAME, order())
    return Scene(world, issue(csr_pem))


def _made_elsewhere(world: World) -> Scene:
    key = keys.generate(EC256)
    issued = issue(build_request(key, common_name=NAMES[0], names=NAMES))
    return Scene(world, replace(issued, private_key=keys.to_pem(key)))


def _renewed(world: World) -> Scene:
    world.renew()
    confirm(world.layout, NAME)
    world.renew()
    return _ordered(world)


def _damaged(world: World) -> Scene:
    scene = _renewed(world)
    scene.install()
    (world.layout.current(NAME) / "chain.pem").write_text("")
    (world.layout.current(NAME) / "metadata.json").unlink()
    return scene


def _staged(world: World) -> Scene:
    world.stage()
    return Scene(world)


def _half_staged(world: World) -> Scene:
    world.stage()
    (world.layout.staged(NAME) / "request.csr").unlink()
    return Scene(world)


def _deployed(world: World) -> Scene:
    world.renew()
    confirm(world.layout, NAME)
    world.renew()
    return Scene(world)


def _recorded(world: World) -> Scene:
    scene = _deployed(world)
    confirm(world.layout, NAME, deployed=SERVICES)
    return scene


def _forget(world: World) -> bool:
    before = world.read().services
    forget_service(world.layout, NAME, "nginx")
    return world.read().services != before


def _drifted(world: World) -> Scene:
    scene = _deployed(world)
    activate(world.layout, NAME, formats=FORMATS)
    for path in (*world.base.rglob("privkey.pem"), *world.base.rglob("haproxy.pem")):
        path.chmod(0o666)
    return scene


def _rolled_back(world: World) -> Scene:
    scene = _deployed(world)
    roll_back(world.layout, NAME, now=world.now)
    return scene


def _take_out_of_use(world: World) -> bool:
    with out_of_use(world.layout, NAME) as changed:
        return changed


Operation = Callable[[Scene], object]
OPERATIONS: dict[str, tuple[Callable[[World], Scene], Operation]] = {
    "stage on an empty host": (_nothing, lambda scene: scene.world.stage().created),
    "stage for another declaration": (
        _staged,
        lambda scene: scene.world.stage(replace(WANTED, names=NAMES[:1])).created,
    ),
    "finish a staging": (_half_staged, lambda scene: scene.world.stage().created),
    "record an order": (_staged, lambda scene: record_order(scene.world.layout, NAME, order()).changed),
    "discard an order": (_ordered, lambda scene: discard(scene.world.layout, NAME).changed),
    "install the first": (_ordered, Scene.install),
    "install what was made elsewhere": (_made_elsewhere, Scene.install),
    "install the next": (_renewed, Scene.install),
    "install with formats": (_ordered, Scene.install_with_formats),
    "repair a version": (_damaged, Scene.install),
    "confirm": (_deployed, lambda scene: confirm(scene.world.layout, NAME).changed),
    "confirm for services": (_deployed, lambda scene: confirm(scene.world.layout, NAME, deployed=SERVICES).changed),
    "forget a service": (_recorded, lambda scene: _forget(scene.world)),
    "roll back": (_deployed, lambda scene: roll_back(scene.world.layout, NAME, now=scene.world.now).changed),
    "remove": (_deployed, lambda scene: remove(scene.world.layout, NAME).changed),
    "remove all but a pending order": (_renewed, lambda scene: remove(scene.world.layout, NAME).changed),
    "take out of use": (_deployed, lambda scene: _take_out_of_use(scene.world)),
    "activate": (_rolled_back, lambda scene: activate(scene.world.layout, NAME).changed),
    "repair keys and formats": (
        _drifted,
        lambda scene: activate(scene.world.layout, NAME, formats=FORMATS).changed,
    ),
    "add formats": (_rolled_back, lambda scene: activate(scene.world.layout, NAME, formats=FORMATS).changed),
}


def keys_of(base: Path) -> set[str]:
    """Return the fingerprints of every complete private key below a directory, except in versions to prune."""
    found = set()
    for path in base.rglob("privkey.pem"):
        found.add(public_key_sha256_of_private(path.read_bytes()))
    return found


def check_current(world: World, *, damaged: bool) -> None:
    link = world.layout.current(NAME)
    if not link.is_symlink():
        return
    current = world.read().current
    assert current is not None
    assert current.key is not None
    assert current.key.matches
    if not damaged:
        assert current.problems == ()


def leftovers(base: Path) -> list[str]:
    return [str(path) for path in base.rglob(".*") if path.name != ".lock"]


class Stage:
    """One operation and the store before it, made once and copied for every fault."""

    def __init__(self, name: str, tmp_path: Path) -> None:
        self.prepare, self.operate = OPERATIONS[name]
        self.damaged = self.prepare is _damaged
        self.tmp_path = tmp_path
        self.original = self.prepare(World(tmp_path / "original"))
        self.copies = 0

    def copy(self) -> Scene:
        self.copies += 1
        base = self.tmp_path / str(self.copies)
        if self.original.world.base.exists():
            shutil.copytree(self.original.world.base, base, symlinks=True)
        return replace(self.original, world=World(base, now=self.original.world.now))

    def count_calls(self, monkeypatch: pytest.MonkeyPatch) -> int:
        """Run the operation without a fault, watched after every call."""
        scene = self.copy()
        with Faults().active(monkeypatch) as faults:
            faults.watch = lambda: check_current(scene.world, damaged=self.damaged)
            self.operate(scene)
        return faults.count


@pytest.mark.parametrize("effect", Effect, ids=lambda effect: effect.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_call_can_be_the_last(name: str, effect: Effect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(name, tmp_path)
    calls = stage.count_calls(monkeypatch)
    assert calls > 2
    for at in range(calls):
        scene = stage.copy()
        world = scene.world
        staged = keys_of(world.layout.staged(NAME))
        with Faults(at=at, effect=effect, number=errno.ENOSPC).active(monkeypatch), suppress(StoreError, Killed):
            stage.operate(scene)
        where = f"{effect.value} at call {at} of {calls}"
        check_current(world, damaged=stage.damaged)
        staged |= keys_of(world.layout.staged(NAME))
        assert staged <= keys_of(world.base), where
        stage.operate(scene)
        check_current(world, damaged=False)
        assert staged <= keys_of(world.base), where
        assert leftovers(world.base) == [], where
        assert world.read().problems == (), where
        assert not stage.operate(scene), where


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO, errno.EROFS])
def test_disk_error_is_a_sentence_with_a_remedy(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("install the first", tmp_path)
    said: set[tuple[str, str, bool]] = set()
    survived: list[int] = []
    for at in range(stage.count_calls(monkeypatch)):
        scene = stage.copy()
        faults = Faults(at=at, effect=Effect.FAIL, number=number)
        with faults.active(monkeypatch):
            try:
                stage.operate(scene)
            except StoreError as error:
                said.add((error.why, error.remedy[-1], error.path.startswith(str(scene.world.base))))
            else:
                survived.append(at)
    assert said == {(os.strerror(number).lower(), ".", True)}
    assert len(survived) == 1, "only the note of the lock's holder may fail silently"
