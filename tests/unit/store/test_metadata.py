# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.metadata import (
    IssuedOrder,
    Metadata,
    OrderRecord,
    OrderStage,
    read_metadata,
    read_order,
)
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
METADATA = Metadata(
    "AB", "00ff", ("a.example.com",), NOON, True, IssuedOrder("shop-1", "web1", "601", NOON, "production")
)
ORDER = OrderRecord(
    "shop-1",
    "web1",
    "601",
    NOON,
    OrderStage.PLACED,
    operation="reissue",
    predecessor="AB",
    term_end=NOON,
    environment="test",
    validation_code="3f9c",
    validation_method="FILE",
)


@pytest.mark.parametrize(
    "metadata", [METADATA, replace(METADATA, own_key=False), replace(METADATA, names=(), order=IssuedOrder())]
)
def test_metadata_is_read_as_written(metadata: Metadata) -> None:
    assert read_metadata(metadata.encode(), "p") == metadata


@pytest.mark.parametrize("order", [ORDER, replace(ORDER, order_id=None, validation_code=None, term_end=None)])
def test_order_is_read_as_written(order: OrderRecord) -> None:
    assert read_order(order.encode(), "p") == order


def test_moments_are_kept_in_utc() -> None:
    warsaw = NOON.astimezone(timezone(timedelta(hours=1)))
    assert json.loads(replace(METADATA, installed_at=warsaw).encode())["installed_at"] == "2026-11-23T12:00:00Z"


def test_record_fields_of_a_newer_version_are_kept() -> None:
    fields = {**json.loads(METADATA.encode()), "colour": "blue"}
    assert read_metadata(json.dumps(fields).encode(), "p") == METADATA


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "its format is 2"),
        ({"format": None}, "its format is None"),
        ({"names": "a"}, "names is not a list of texts"),
        ({"names": [1]}, "names is not a list of texts"),
        ({"serial_number": None}, "serial_number is missing"),
        ({"serial_number": 7}, "serial_number is not a text"),
        ({"installed_at": "yesterday"}, "installed_at is not a time"),
        ({"term_end": "2026"}, "term_end is not a time"),
    ],
)
def test_broken_record_names_file_and_field(change: dict[str, object], words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        read_metadata(json.dumps({**json.loads(METADATA.encode()), **change}).encode(), "/etc/certum/x")
    assert caught.value.path == "/etc/certum/x"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"null"])
def test_invalid_record_is_refused(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"not JSON|not a JSON object"):
        read_order(data, "p")


def test_group_of_a_shared_certificate_is_read_as_written() -> None:
    shared = replace(METADATA, order=replace(METADATA.order, share="web"))
    assert read_metadata(shared.encode(), "p") == shared
    assert b"share" not in METADATA.encode()
