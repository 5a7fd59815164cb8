# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan without work is used again as long as nothing that it depends on has changed, and no longer."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host import unchanged
from ansible_collections.certops.certum.plugins.module_utils._host.plan_record import LONGEST
from ansible_collections.certops.certum.plugins.module_utils._host.unchanged import MAX_DEPTH, RECORD, planned_before

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.certops.certum.tests.unit.host.declared import Host

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)


@dataclass
class Planned:
    """A host with two current certificates and a recorded plan. ``result`` is the result of the plan."""

    host: Host
    result: dict[str, Any]

    def again(self, digest: str = "d", *, later: timedelta = timedelta(), path: Path | None = None) -> Any:
        return planned_before(str(path or self.host.base), digest, now=(NOW + later).timestamp())


@pytest.fixture(autouse=True)
def _old_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept files that were written just now."""
    monkeypatch.setattr(unchanged, "TICK", -timedelta(days=3650).total_seconds())


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put copies in the place of the users, groups and the id of the boot."""
    for name in ("passwd", "boot_id"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(unchanged, "USERS", (str(tmp_path / "passwd"),))
    monkeypatch.setattr(unchanged, "BOOT", str(tmp_path / "boot_id"))
    return tmp_path


@pytest.fixture
def planned(host: Host, users: Path) -> Planned:
    items = [host.declare(), host.declare("mail")]
    host.have(*items)
    return Planned(host, host.plan(*items, digest="d", now="2026-11-23T00:00:00Z"))


def test_plan_without_work_is_used_again(planned: Planned) -> None:
    assert planned.again() == json.loads(json.dumps(planned.result))
    assert planned.again()["current"] == 2
    assert (planned.host.base / RECORD).stat().st_mode & 0o777 == 0o600


CHANGES: dict[str, Callable[[Path], object]] = {
    "a certificate is replaced": lambda base: (base / "shop/current/cert.pem").write_text("other"),
    "a byte changes, and the time stamp is set back": lambda base: _forge(base / "shop/current/cert.pem"),
    "a file is removed": lambda base: (base / "shop/current/chain.pem").unlink(),
    "a file is added": lambda base: (base / "mail/note").touch(),
    "a directory is added": lambda base: (base / "other").mkdir(),
    "a directory is renamed": lambda base: (base / "shop").rename(base / "store"),
    "the mode of a key": lambda base: (base / "shop/current/privkey.pem").chmod(0o640),
    "the mode of a directory": lambda base: (base / "shop").chmod(0o700),
    "the mode of the store": lambda base: base.chmod(0o700),
    "a link leads elsewhere": lambda base: _link(base / "shop/current"),
    "a key is staged": lambda base: (base / "shop/staged").mkdir(),
    "a restored copy": lambda base: _copy(base / "mail"),
    "users": lambda base: (base.parent / "passwd").write_text("a new user"),
    "a boot": lambda base: (base.parent / "boot_id").write_text("two"),
    "no store": lambda base: base.rename(base.parent / "gone"),
    "no list of users": lambda base: (base.parent / "passwd").unlink(),
    "the record is no JSON": lambda base: (base / RECORD).write_text("{"),
    "the record is a list": lambda base: (base / RECORD).write_text("[]"),
    "the record is deep": lambda base: (base / RECORD).write_text("[" * 100_000),
    "the record is of another version": lambda base: _edit(base, format=99),
    "the record has no result": lambda base: _edit(base, result=None),
    "the record has texts for times": lambda base: _edit(base, until="later"),
    "the record has no files": lambda base: _edit(base, files=""),
    "the record is a link": lambda base: _move(base / RECORD),
    "others may write the record": lambda base: (base / RECORD).chmod(0o620),
    "the record is a directory": lambda base: _directory(base / RECORD),
    "no record": lambda base: (base / RECORD).unlink(),
}


def _forge(path: Path) -> None:
    before = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _link(link: Path) -> None:
    target = link.readlink()
    link.unlink()
    link.symlink_to(f"{target}/../{target.name}")


def _move(path: Path) -> None:
    path.rename(path.parent.parent / "record")
    path.symlink_to("../record")


def _copy(directory: Path) -> None:
    copy = directory.with_suffix(".new")
    shutil.copytree(directory, copy, symlinks=True)
    shutil.rmtree(directory)
    copy.rename(directory)


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _edit(base: Path, **fields: object) -> None:
    path = base / RECORD
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_needs_a_new_plan(planned: Planned, change: Callable[[Path], object]) -> None:
    assert planned.again() is not None
    change(planned.host.base)
    assert planned.again() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_record_of_another_user_needs_a_new_plan(planned: Planned) -> None:
    """The administrator may give the directory to a user, who must not decide what root does."""
    os.chown(planned.host.base / RECORD, 65534, -1)
    assert planned.again() is None


def test_deep_directories_are_not_followed_to_the_end(planned: Planned) -> None:
    deepest = planned.host.base / "shop"
    for _level in range(MAX_DEPTH + 1):
        deepest /= "d"
        deepest.mkdir()
    assert unchanged.seen_files(str(planned.host.base), now=NOW.timestamp()) == ""
    assert planned.again() is None


def test_other_options_need_a_new_plan(planned: Planned) -> None:
    assert planned.again("e") is None


@pytest.mark.parametrize(
    ("later", "is_used"),
    [
        pytest.param(timedelta(seconds=-1), False, id="a clock that was set back"),
        pytest.param(timedelta(days=LONGEST, seconds=-1), True, id="the last moment"),
        pytest.param(timedelta(days=LONGEST), False, id="too old"),
    ],
)
def test_record_has_its_time(planned: Planned, later: timedelta, is_used: bool) -> None:
    assert (planned.again(later=later) is not None) is is_used


@pytest.mark.parametrize("days", range(LONGEST + 2))
def test_record_ends_before_a_certificate_becomes_due(host: Host, users: Path, days: int) -> None:
    """The certificate becomes due on 2027-03-20, the given number of days after the plan."""
    item = host.declare()
    host.have(item)
    due = datetime(2027, 3, 20, tzinfo=timezone.utc)
    host.plan(item, digest="d", now=(due - timedelta(days=days, hours=1)).isoformat())
    assert planned_before(str(host.base), "d", now=due.timestamp()) is None
    last = (due - timedelta(hours=2)).timestamp()
    assert (planned_before(str(host.base), "d", now=last) is not None) is (1 <= days <= LONGEST)


def test_plan_with_work_is_not_recorded(host: Host, users: Path) -> None:
    item = host.declare()
    host.plan(item, digest="d")
    assert not host.base.exists()
    host.have(item)
    host.have(host.declare("mail"))
    others: tuple[dict[str, Any], ...] = ({"now": "2027-03-21"}, {"declared_elsewhere": []}, {"digest": None})
    for options in others:
        host.plan(item, **{"digest": "d", **options})
        assert not (host.base / RECORD).exists()
    host.plan(item, digest="d", declared_elsewhere=["mail"])
    assert (host.base / RECORD).exists()


def test_young_files_are_read_again(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file could change twice within one tick of the clock, so a record waits until the files are older."""
    monkeypatch.setattr(unchanged, "TICK", 2.0)
    newest = (planned.host.base / "shop/current/cert.pem").stat().st_ctime
    assert unchanged.seen_files(str(planned.host.base), now=newest + 1) == ""
    assert unchanged.seen_files(str(planned.host.base), now=newest + 60) != ""
