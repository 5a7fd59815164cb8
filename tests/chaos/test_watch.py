# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Notices forbidden states, however short they are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.chaos import watch as module
from ansible_collections.certops.certum.tests.chaos.watch import Watch
from ansible_collections.certops.certum.tests.unit.store.world import NAME, World

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = 0.3


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Yield the directory of a certificate in use, which a server serves as long as its key is there."""
    World(tmp_path).renew()
    directory = tmp_path / NAME
    (directory / "verified").symlink_to((directory / "current").readlink())

    def verified(port: int, **dummy: object) -> str:
        (directory / "current/privkey.pem").stat()
        return "1"

    monkeypatch.setattr(module, "verified", verified)
    return directory


@pytest.mark.parametrize(
    ("broken", "left", "mismatched", "lost"),
    [
        ("current/privkey.pem", None, True, True),
        ("current/privkey.pem", b"", True, False),
        ("current/fullchain.pem", None, True, False),
        ("current/fullchain.pem", b"-----BEGIN CERTIFICATE-----\nMIIB", True, False),
        ("current", None, True, True),
        ("verified", None, False, True),
        ("nothing", b"", False, False),
    ],
)
def test_momentary_error_is_seen(
    directory: Path, broken: str, left: bytes | None, mismatched: bool, lost: bool
) -> None:
    watch = Watch(1, directory, directory.parent.joinpath)
    path = directory / broken
    with watch.at(NAME):
        time.sleep(MOMENT)
        aside = path.rename(directory / "aside") if path.exists() else None
        if left is not None:
            path.write_bytes(left)
        time.sleep(MOMENT)
        if aside:
            aside.replace(path)
    assert watch.handshakes > 0
    assert (bool(watch.mismatches), bool(watch.lost)) == (mismatched, lost)


def test_file_that_never_existed_is_not_missed(tmp_path: Path) -> None:
    watch = Watch(1, tmp_path, tmp_path.joinpath)
    with watch.at(NAME):
        time.sleep(MOMENT)
    assert (watch.handshakes, watch.mismatches, watch.lost) == (0, [], [])


def test_watcher_that_dies_is_missed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def died(*dummy: object, **options: object) -> str:
        raise ValueError("no certificate")

    monkeypatch.setattr(module, "verified", died)
    with pytest.raises(ValueError, match="no certificate"), Watch(1, directory, directory.parent.joinpath).at(NAME):
        time.sleep(MOMENT)
