# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import itertools
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.atomic_files import Ownership, write_atomic
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._store.validation_files import (
    publish,
    remove,
    require_publishable,
)
from ansible_collections.certops.certum.tests.unit.store.faults import Effect, Faults, Killed
from ansible_collections.certops.certum.tests.unit.store.world import tree

if TYPE_CHECKING:
    from pathlib import Path

PATH = ".well-known/pki-validation/certum.txt"
PROOF = "3f9c0d5e7a-certum.pl"


def test_validation_file_is_published_exactly_and_removed(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        would = publish(tmp_path, PATH, PROOF, check_mode=True)
        assert list(tmp_path.iterdir()) == []
        did = publish(tmp_path, PATH, PROOF)
    finally:
        os.umask(before)
    assert did == would
    assert did.changed
    assert (did.before["content"], did.after["content"]) == (None, PROOF)
    path = tmp_path / PATH
    assert path.read_bytes() == PROOF.encode()
    assert [stat.S_IMODE(entry.stat().st_mode) for entry in (path, *list(path.parents)[:2])] == [0o644, 0o755, 0o755]
    published = tree(tmp_path)
    assert not publish(tmp_path, PATH, PROOF).changed
    assert remove(tmp_path, PATH, PROOF, check_mode=True).changed
    assert tree(tmp_path) == published
    assert remove(tmp_path, PATH, PROOF).changed
    assert not path.exists()
    assert not remove(tmp_path, PATH, PROOF).changed


def test_other_validation_file_is_never_removed(tmp_path: Path) -> None:
    publish(tmp_path, PATH, "another")
    assert remove(tmp_path, PATH, PROOF).reason.text.endswith("stays: it is not the validation file of this order")
    assert (tmp_path / PATH).read_text() == "another"
    assert publish(tmp_path, PATH, PROOF).before["content"] == "another"
    assert (tmp_path / PATH).read_text() == PROOF


def test_validation_file_of_another_order_is_named(tmp_path: Path) -> None:
    publish(tmp_path, PATH, "0ther-certum.pl")

    for change in (remove(tmp_path, PATH, PROOF), publish(tmp_path, PATH, PROOF)):
        assert change.reason.text.endswith("of another order is there, so another order uses the same web root")


@pytest.mark.parametrize("planted", [".well-known", ".well-known/pki-validation", PATH])
@pytest.mark.parametrize("check_mode", [False, True])
def test_links_planted_in_the_web_root_are_not_followed(tmp_path: Path, planted: str, check_mode: bool) -> None:
    outside, web_root = tmp_path / "outside", tmp_path / "www"
    outside.mkdir()
    (outside / "certum.txt").write_text(PROOF)
    link = web_root / planted
    link.parent.mkdir(parents=True)
    link.symlink_to(outside / "certum.txt" if planted == PATH else outside)
    before = tree(outside)
    for act in (publish, remove):
        with pytest.raises(StoreError, match=r"[Ff]ind out (who|what) made (it|the link)"):
            act(web_root, PATH, PROOF + "x", check_mode=check_mode)
    assert tree(outside) == before


def test_web_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "release-7").mkdir()
    (tmp_path / "www").symlink_to("release-7")
    publish(tmp_path / "www", PATH, PROOF)
    assert (tmp_path / "release-7" / PATH).read_text() == PROOF


def test_missing_web_root_is_reported(tmp_path: Path) -> None:
    for check_mode in (True, False):
        with pytest.raises(StoreError, match="the web root does not exist"):
            publish(tmp_path / "www", PATH, PROOF, check_mode=check_mode)
    assert not remove(tmp_path / "www", PATH, PROOF).changed


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a\0b"])
def test_paths_outside_the_web_root_are_refused(tmp_path: Path, path: str) -> None:
    for act in (publish, remove):
        with pytest.raises(StoreError, match="not a plain path below it"):
            act(tmp_path, path, PROOF)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("made", [".well-known", "pki-validation"])
def test_link_planted_while_a_directory_is_made_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    outside, web_root, mkdir = tmp_path / "outside", tmp_path / "www", os.mkdir
    outside.mkdir()
    web_root.mkdir()

    def raced(name: str, mode: int, *, dir_fd: int) -> None:
        mkdir(name, mode, dir_fd=dir_fd)
        if name == made:
            os.rename(name, "aside", src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
            os.symlink(outside, name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", raced)
    with pytest.raises(StoreError, match=rf"{made}: .*find out (who|what) made (it|the link)"):
        publish(web_root, PATH, PROOF)
    assert list(outside.iterdir()) == []


def test_hard_link_to_a_secret_is_not_read_or_written(tmp_path: Path) -> None:
    secret, link = tmp_path / "shadow", tmp_path / "www" / PATH
    secret.write_text("root:canary")
    secret.chmod(0o640)
    link.parent.mkdir(parents=True)
    link.hardlink_to(secret)
    for check_mode in (True, False):
        change = publish(tmp_path / "www", PATH, PROOF, check_mode=check_mode)
        assert "canary" not in str(change)
    assert (secret.read_text(), stat.S_IMODE(secret.stat().st_mode), secret.stat().st_nlink) == (
        "root:canary",
        0o640,
        1,
    )
    assert link.read_text() == PROOF


def test_special_file_does_not_block(tmp_path: Path) -> None:
    (tmp_path / PATH).parent.mkdir(parents=True)
    os.mkfifo(tmp_path / PATH)
    for act in (publish, remove):
        with pytest.raises(StoreError, match=r"certum\.txt: it is not a regular file"):
            act(tmp_path, PATH, PROOF)


@pytest.mark.parametrize("effect", [Effect.FAIL, Effect.KILL_BEFORE, Effect.KILL_AFTER])
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_killed_run_leaves_no_closed_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, effect: Effect, umask: int
) -> None:
    before = os.umask(umask)
    try:
        for number in itertools.count():
            web_root = tmp_path / str(number)
            web_root.mkdir()
            faults = Faults(at=number, effect=effect, number=errno.EIO)
            with faults.active(monkeypatch), suppress(Killed, StoreError):
                publish(web_root, PATH, PROOF)
            modes = {stat.S_IMODE(path.stat().st_mode) for path in web_root.rglob("*") if path.is_dir()}
            assert modes <= {0o755}, f"call {number}"
            publish(web_root, PATH, PROOF)
            assert (web_root / PATH).read_text() == PROOF
            if faults.count <= number:
                break
    finally:
        os.umask(before)
    assert number > 5


def test_publishing_leaves_the_umask_of_the_process(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        publish(tmp_path, PATH, PROOF)
    finally:
        after = os.umask(before)
    assert after == 0o027


REFUSALS = [errno.EPERM, errno.EINVAL, errno.ENOTSUP, errno.ENOSYS]


def refuse(monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    def refusing(*_given: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, refusing)


@pytest.mark.parametrize("number", REFUSALS)
@pytest.mark.parametrize("call", ["fchmod", "fsync"])
def test_share_with_fixed_mode_and_owner_is_published_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    before = os.umask(0o077)
    try:
        refuse(monkeypatch, call, number)
        require_publishable(tmp_path, PATH)
        publish(tmp_path, PATH, PROOF)
    finally:
        os.umask(before)
    assert (tmp_path / PATH).read_text() == PROOF
    assert stat.S_IMODE((tmp_path / PATH).stat().st_mode) == 0o644
    assert remove(tmp_path, PATH, PROOF).changed


@pytest.mark.parametrize("call", ["fchmod", "fsync"])
def test_private_file_needs_its_mode_and_durability(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    refuse(monkeypatch, call, errno.EPERM)
    with pytest.raises(StoreError, match="operation not permitted"):
        write_atomic(tmp_path / "privkey.pem", b"", Ownership(0o640))


def test_unreadable_validation_file_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mount option file_mode 0600 has this effect."""
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, mode=0o777, **more: real(path, flags, mode & 0o700, **more))
    refuse(monkeypatch, "fchmod", errno.EPERM)
    for act in (require_publishable, lambda *given: publish(*given, PROOF)):
        with pytest.raises(StoreError, match="operation not permitted"):
            act(tmp_path, PATH)


def test_test_file_changes_no_directory(tmp_path: Path) -> None:
    require_publishable(tmp_path, PATH, check_mode=True)
    assert list(tmp_path.iterdir()) == []
    require_publishable(tmp_path, PATH)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("link", "target", "remedy"),
    [
        (".well-known", "shared/.well-known", "set validation.webroot to {base}/shared"),
        (".well-known", "acme", "mount its target there instead"),
        (".well-known/pki-validation", "shared/pki-validation", "mount its target there instead"),
    ],
)
def test_link_is_named_with_the_remedy(tmp_path: Path, link: str, target: str, remedy: str, check_mode: bool) -> None:
    web_root = tmp_path / "www"
    (tmp_path / target).mkdir(parents=True)
    (web_root / link).parent.mkdir(parents=True)
    (web_root / link).symlink_to(tmp_path / target)

    with pytest.raises(StoreError) as raised:
        require_publishable(web_root, PATH, check_mode=check_mode)

    assert f"{web_root}/{link}: it is a symbolic link to {tmp_path}/{target}" in str(raised.value)
    assert remedy.format(base=tmp_path) in str(raised.value)
