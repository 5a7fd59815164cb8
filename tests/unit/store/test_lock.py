# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.plugins.module_utils._store.lock import certificate_directory
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def test_second_process_learns_who_holds_the_lock(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "certum")
    with certificate_directory(layout, "shop"):
        second = certificate_directory(layout, "shop", timeout=0)
        with pytest.raises(StoreError, match=f"process {os.getpid()} has held the lock for 0 seconds"):
            second.__enter__()
        with certificate_directory(layout, "other", timeout=0), certificate_directory(layout, "shop", check_mode=True):
            pass
    with certificate_directory(layout, "shop", timeout=0) as directory:
        assert directory is not None


def test_check_mode_creates_no_lock(tmp_path: Path) -> None:
    with certificate_directory(Layout(tmp_path / "certum"), "shop", check_mode=True) as directory:
        assert directory is None
    assert list(tmp_path.iterdir()) == []


def test_link_instead_of_a_certificate_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop").symlink_to("elsewhere")
    with pytest.raises(StoreError, match=r"Something else is in the place of a directory|symbolic link"):
        certificate_directory(Layout(tmp_path), "shop").__enter__()
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("place", ["", "shop"])
@pytest.mark.parametrize("check_mode", [False, True])
def test_world_writable_directory_is_refused(tmp_path: Path, place: str, check_mode: bool) -> None:
    base = tmp_path / "certum"
    (base / "shop").mkdir(parents=True)
    (base / place).chmod(0o1777)
    with pytest.raises(StoreError, match=r"every user of this host may write to it \(mode 1777\)"):
        certificate_directory(Layout(base), "shop", check_mode=check_mode).__enter__()


@pytest.mark.parametrize("planted", ["staged", "versions", ".lock"])
def test_links_planted_in_the_store_are_not_followed(tmp_path: Path, planted: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "certum/shop").mkdir(parents=True)
    (tmp_path / "certum/shop" / planted).symlink_to(outside / "file" if planted == ".lock" else outside)
    with pytest.raises(StoreError, match=rf"certum/shop/{planted}: .*[Ff]ind out (who|what) made (it|the link)"):
        certificate_directory(Layout(tmp_path / "certum"), "shop").__enter__()
    assert list(outside.iterdir()) == []
