# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.atomic_files import (
    MAX_BYTES,
    PRIVATE,
    PUBLIC,
    Directory,
    Ownership,
    open_directory,
    replace_symlink,
    write_atomic,
)
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError, from_os_error


def opened(path: Path) -> Directory:
    directory = open_directory(path)
    assert directory is not None
    return directory


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o440])
def test_file_has_its_mode_under_any_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_atomic(tmp_path / "file", b"content", Ownership(mode, os.getuid(), os.getgid()))
    finally:
        os.umask(before)
    assert (tmp_path / "file").read_bytes() == b"content"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_content_is_written_after_mode_and_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    write = os.write

    def watched(descriptor: int, data: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return write(descriptor, data[:3])

    monkeypatch.setattr(os, "write", watched)
    write_atomic(tmp_path / "file", b"longer than one write", PRIVATE)
    assert set(seen) == {0o600}
    assert (tmp_path / "file").read_bytes() == b"longer than one write"


def test_link_at_the_destination_is_replaced_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "file").symlink_to(victim)
    write_atomic(tmp_path / "file", b"new", PUBLIC)
    assert victim.read_text() == "precious"
    assert not (tmp_path / "file").is_symlink()


@pytest.mark.parametrize("operation", ["open", "write", "fsync", "rename", "fchmod"])
def test_failed_write_leaves_only_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    (tmp_path / "file").write_text("old")
    real = getattr(os, operation)

    def full(*details: object, **options: object) -> object:
        if operation == "open" and not (isinstance(details[1], int) and details[1] & os.O_CREAT):
            return real(*details, **options)
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, operation, full)
        with pytest.raises(StoreError, match=r"no space left on device.*Make room"):
            write_atomic(tmp_path / "file", b"new", PUBLIC)
    assert (tmp_path / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_link_is_switched_and_missing_directory_reported(tmp_path: Path) -> None:
    for target in ("versions/A", "versions/B"):
        replace_symlink(tmp_path / "current", target)
        assert (tmp_path / "current").readlink() == Path(target)
    with pytest.raises(StoreError, match=r"directory does not exist\. Create"):
        replace_symlink(tmp_path / "nowhere" / "current", "x")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to("secret")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "big").write_bytes(b"x" * (MAX_BYTES + 1))
    with opened(tmp_path) as directory:
        assert directory.read("nothing") is None
        for name in ("link", "folder", "fifo", "big"):
            with pytest.raises(StoreError, match=f"{tmp_path}/{name}"):
                directory.read(name)
        for name in ("link", "secret"):
            with pytest.raises(StoreError, match=f"{tmp_path}/{name}"):
                directory.enter(name)


def test_removing_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "precious").write_text("x")
    (tmp_path / "inside" / "deep").mkdir(parents=True)
    (tmp_path / "inside" / "deep" / "link").symlink_to(tmp_path / "outside")
    with opened(tmp_path) as directory:
        directory.remove("inside")
        directory.remove("inside")
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (tmp_path / "outside" / "precious").exists()


def test_directories_are_made_with_their_parents_and_their_mode(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        made = open_directory(tmp_path / "a" / "b", make=Ownership(0o755))
    finally:
        os.umask(before)
    assert made is not None
    with made:
        assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a", tmp_path / "a" / "b")] == [0o755] * 2


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes")
def test_replaced_file_keeps_its_selinux_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contexts: list[tuple[str, bytes]] = []
    monkeypatch.setattr(os, "getxattr", lambda _descriptor, name: b"system_u:object_r:cert_t:s0")
    monkeypatch.setattr(os, "setxattr", lambda _descriptor, name, value: contexts.append((name, value)))
    write_atomic(tmp_path / "file", b"new", PUBLIC)
    assert contexts == []
    write_atomic(tmp_path / "file", b"newer", PUBLIC)
    assert contexts == [("security.selinux", b"system_u:object_r:cert_t:s0")]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "Make room"),
        (errno.EACCES, "become"),
        (errno.EROFS, "read-write"),
        (errno.EIO, "dmesg"),
        (errno.ELOOP, "symbolic link"),
        (errno.EMFILE, "run again"),
    ],
)
def test_every_error_names_path_reason_and_remedy(number: int, words: str) -> None:
    error = from_os_error("The file cannot be written", Path("/etc/certum/x"), OSError(number, "whatever"))
    assert str(error).startswith(f"The file cannot be written: /etc/certum/x: {os.strerror(number).lower()}. ")
    assert words in error.remedy
    assert error.remedy.endswith(".")
