# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import json
import os
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Callable

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_on_disk import Installed, read_installed
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import AccessError
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, NAME, NAMES, ROOT, World
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256

if TYPE_CHECKING:
    from pathlib import Path


def test_missing_certificate_is_no_problem(world: World) -> None:
    assert world.read() == Installed(NAME)


def test_installed_version_is_read_back(world: World) -> None:
    serial_number = world.renew()
    installed = world.read()
    current = installed.current
    assert installed.problems == ()
    assert current is not None
    assert current is installed.newest_good
    assert current.facts is not None
    assert current.metadata is not None
    assert current.key is not None
    assert current.serial_number == current.facts.serial_number == serial_number
    assert current.facts.names == current.metadata.names == NAMES
    assert (current.metadata.order.order_id, current.metadata.own_key) == ("shop-1", True)
    assert (current.key.mode, current.key.matches) == (0o640, True)
    assert (installed.verified, installed.staged) == (None, None)


def _write(name: str, content: str) -> Callable[[Path], None]:
    def change(version: Path) -> None:
        (version / name).write_text(content)

    return change


def _remove(name: str) -> Callable[[Path], None]:
    return lambda version: (version / name).unlink()


OTHER_KEY = keys.to_pem(keys.generate(EC256)).decode()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_write("cert.pem", "garbage"), "cert.pem: there are 0 certificates instead of one"),
        (_write("cert.pem", ISSUING.pem + ROOT.pem), "cert.pem: there are 2 certificates instead of one"),
        (_write("cert.pem", ISSUING.pem), "cert.pem: its serial number is "),
        (_remove("cert.pem"), "cert.pem: it is missing"),
        (_write("privkey.pem", "garbage"), "privkey.pem: the private key cannot be parsed"),
        (_write("privkey.pem", OTHER_KEY), "privkey.pem: it does not belong to cert.pem"),
        (_remove("privkey.pem"), "privkey.pem: it is missing"),
        (_write("chain.pem", ROOT.pem), "chain.pem: its first certificate did not issue cert.pem"),
        (_write("chain.pem", ISSUING.pem * 2), "chain.pem: its certificates are not sorted"),
        (_write("chain.pem", "garbage"), "chain.pem: it contains no certificate"),
        (_remove("chain.pem"), "chain.pem: it is missing"),
        (_write("fullchain.pem", ISSUING.pem), "fullchain.pem: it is not cert.pem followed by chain.pem"),
        (_remove("fullchain.pem"), "fullchain.pem: it is missing"),
    ],
)
def test_damaged_version_is_reported_and_previous_is_good(
    world: World, damage: Callable[[Path], None], words: str
) -> None:
    good = world.renew()
    bad = world.renew()
    damage(world.layout.version(NAME, bad))
    installed = world.read()
    assert any(words in problem for problem in installed.problems), installed.problems
    assert installed.current is not None
    assert not installed.current.good
    assert installed.newest_good is not None
    assert installed.newest_good.serial_number == good
    assert not any("PRIVATE" in problem for problem in installed.problems)


@pytest.mark.parametrize(("content", "words"), [("{}", "its format is None"), (None, "it is missing")])
def test_lost_history_is_reported_and_good_pair_stays(world: World, content: str | None, words: str) -> None:
    path = world.layout.version(NAME, world.renew()) / "metadata.json"
    path.unlink()
    if content:
        path.write_text(content)
    installed = world.read()
    assert installed.newest_good is not None
    assert installed.newest_good.metadata is None
    assert installed.newest_good.metadata_problem == f"{path}: {words}" or words in installed.problems[0]


def test_last_installed_is_the_newest_for_any_dates(world: World) -> None:
    serial_numbers = [world.renew() for _time in range(3)]
    assert [version.serial_number for version in world.read().versions] == serial_numbers[::-1]


def test_last_installed_is_the_newest_for_any_clock(world: World) -> None:
    serial_numbers = [world.renew()]
    for _time in range(2):
        world.now -= timedelta(days=2)
        serial_numbers.append(world.renew())
    assert [version.serial_number for version in world.read().versions] == serial_numbers[::-1]


@pytest.mark.parametrize("target", ["versions/AB", "../other", "/etc", "versions/../versions"])
def test_dangling_link_is_reported(world: World, target: str) -> None:
    world.renew()
    world.layout.current(NAME).unlink()
    world.layout.current(NAME).symlink_to(target)
    assert world.read().current is None
    assert f"current: it points to {target}, which is not a version" in world.read().problems[0]


def test_foreign_files_are_not_touched(world: World) -> None:
    world.renew()
    world.layout.versions(NAME).joinpath("README").write_text("hello")
    world.layout.versions(NAME).joinpath("old").mkdir()
    assert len(world.read().versions) == 1
    assert world.read().problems == ()


def test_file_instead_of_a_directory_is_reported(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("a file")
    with pytest.raises(AccessError, match="Something else is in the place of a directory"):
        read_installed(Layout(tmp_path), NAME)


@pytest.mark.parametrize("name", ["cert.pem", "privkey.pem", "metadata.json"])
def test_planted_link_is_an_error_and_no_reason_to_order(world: World, name: str) -> None:
    path = world.layout.version(NAME, world.renew()) / name
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")
    with pytest.raises(AccessError, match=f"{name}: too many levels of symbolic links"):
        world.read()


def test_unreadable_file_is_an_error_and_no_reason_to_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.renew()
    world.stage()
    opened: list[str] = []

    def open_some(path: str, *details: int, limit: int, real: Callable[..., int], **options: int) -> int:
        if len(opened) >= limit:
            raise OSError(errno.EACCES, "no")
        opened.append(str(path))
        return real(path, *details, **options)

    def read(limit: int) -> None:
        opened.clear()
        with monkeypatch.context() as patched:
            patched.setattr(os, "open", partial(open_some, limit=limit, real=os.open))
            world.read()

    read(100)
    calls = len(opened)
    assert calls > 8
    for limit in range(calls):
        with pytest.raises(AccessError, match="become"):
            read(limit)


def test_metadata_file_holds_no_secret(world: World) -> None:
    path = world.layout.version(NAME, world.renew()) / "metadata.json"
    assert sorted(json.loads(path.read_text())) == [
        "customer",
        "environment",
        "format",
        "host",
        "installed_at",
        "names",
        "order_id",
        "private_key",
        "product",
        "public_key_sha256",
        "serial_number",
        "term_end",
    ]
