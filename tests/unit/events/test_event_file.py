# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file survives crashes, belongs to one account and one source, and is never overwritten by mistake."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._events.event_file import EventFile
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_events import EventRecord, SeenOrder
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_view import OrderView
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)
ACCOUNT = "partner@example.com at gs.certum.pl"
RECORD = EventRecord(
    read_until=NOW,
    orders={
        "shop-1": SeenOrder(
            OrderView("shop-1", "web1/shop", "601", "VERIFICATION"), NOW, ("DOMAIN|shop.example.com|",)
        ),
        "wiki-1": SeenOrder(
            OrderView(
                "wiki-1", "wiki żółć", "601", "ENROLLED", "A1", "VALID", "wiki.example.com", NOW + timedelta(days=3)
            ),
            NOW,
        ),
    },
    expiring={"A1": NOW + timedelta(days=3)},
    left=("mail-1",),
)


@pytest.fixture
def file(tmp_path: Path) -> EventFile:
    return EventFile(tmp_path / "events.json", ACCOUNT)


def test_record_is_read_as_it_was_written(file: EventFile) -> None:
    assert file.read() == EventRecord()
    for record in (EventRecord(), RECORD):
        file.write(record)
        assert file.read() == record
    assert file.path is not None
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["events.json"]


def test_failed_write_keeps_the_former_file(file: EventFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write(RECORD)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="Make room"):
        file.write(EventRecord())
    monkeypatch.undo()
    assert file.read() == RECORD
    assert file.path is not None
    assert [path.name for path in file.path.parent.iterdir()] == ["events.json"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is not JSON"),
        (b"\x80", "it is not JSON"),
        (b"[]", "it is not a JSON object"),
        (b'{"format": 0}', "its format is 0"),
        (b'{"format": 1, "names": []}', "account is missing"),
        (b'{"format": 1, "account": "x", "left": [], "expiring": [{}], "orders": []}', "serial_number is missing"),
    ],
)
def test_file_that_is_not_a_record_is_reported_and_kept(file: EventFile, content: bytes, reason: str) -> None:
    assert file.path is not None
    file.path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        file.read()
    assert f"{file.path}: {reason}" in str(caught.value)
    assert "move the file away" in caught.value.remedy
    assert file.path.read_bytes() == content


def test_file_of_another_account_is_refused(file: EventFile) -> None:
    file.write(RECORD)
    assert file.path is not None
    with pytest.raises(StoreError, match=f"belongs to the account {ACCOUNT}, and this source reads other"):
        EventFile(file.path, "other at gs.certum.pl").read()
    assert json.loads(file.path.read_text())["account"] == ACCOUNT


def test_second_source_is_refused_while_the_first_has_the_file(file: EventFile) -> None:
    assert file.path is not None
    with file.locked():
        with pytest.raises(StoreError, match=f"process {os.getpid()} has locked it.*own state_file"), file.locked():
            pass
        with EventFile(file.path.with_name("other.json"), ACCOUNT).locked():
            pass
    with file.locked():
        pass


def test_missing_directory_is_reported(tmp_path: Path) -> None:
    file = EventFile(tmp_path / "missing" / "events.json", ACCOUNT)
    with pytest.raises(StoreError, match="Check that the directory exists"), file.locked():
        pass
    with pytest.raises(StoreError, match=f"Create {tmp_path}/missing"):
        file.read()


def test_without_a_path_nothing_is_written() -> None:
    file = EventFile(None, ACCOUNT)
    with file.locked(), file.locked():
        file.write(RECORD)
        assert file.read() == EventRecord()
