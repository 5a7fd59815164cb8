# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports an order that is pending for another declaration than the current one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.decision import (
    Desired,
    OnDisk,
    Question,
    Requested,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.due_date import RenewalWindow
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.pending_change import words_of_change

NOW = datetime(2027, 3, 1, tzinfo=timezone.utc)
SHOP, API = "shop.example.com", "api.example.com"
DESIRED = Desired(
    name="shop",
    names=frozenset({SHOP}),
    product_code="931",
    key="ec 256",
    window=RenewalWindow(None, None),
    deployed=False,
    common_name=SHOP,
)
REQUESTED = Requested(names=frozenset({SHOP}), key="ec 256", product_code="931", is_reissue=False)
PAID, FREE = "which costs the price of product 931 (Commercial MultiDomain SSL)", "which is free of charge"
CANCEL = "certum_cancel -a order_id=shop-1"


def words(*, is_staged: bool = True, desired: Desired = DESIRED, **changes: Any) -> str:
    disk = OnDisk(
        staged_key="bb",
        staged_order="shop-1" if is_staged else None,
        staged_order_placed=True,
        requested=replace(REQUESTED, **changes),
    )
    return words_of_change(Question(desired, disk, NOW))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"names": frozenset({API})}, [f"the order is for {API}, declared is {SHOP}", PAID, CANCEL]),
        ({"names": frozenset({SHOP, API})}, [f"the order is for {API}, {SHOP}, declared is {SHOP}", PAID, CANCEL]),
        ({"product_code": "601"}, ["the order is for product 601, declared is product 931", PAID, CANCEL]),
        ({"key": "rsa 2048"}, ["the order has key rsa 2048, declared is ec 256", FREE, CANCEL]),
        ({"key": "rsa 2048", "is_reissue": True}, [FREE, "A reissue cannot be cancelled (error 1136)"]),
    ],
)
def test_change_is_reported_with_effect_cost_and_remedy(changes: dict[str, Any], said: list[str]) -> None:
    found = words(**changes)
    assert [each for each in said if each not in found] == []


def test_order_with_a_key_on_disk_is_reported_once_that_is_forbidden() -> None:
    found = words(desired=replace(DESIRED, key=None))
    assert "the order has key ec 256, declared is a key from elsewhere (key.location is elsewhere)" in found
    assert FREE in found


def test_order_as_declared_is_not_reported() -> None:
    assert words() == ""
    assert words(key=None) == "", "its key was made elsewhere"
    assert words(key=None, desired=replace(DESIRED, key=None)) == ""
    assert words(names=frozenset({API}), is_staged=False) == ""
