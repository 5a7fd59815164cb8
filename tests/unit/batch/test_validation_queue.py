# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chooses the orders that are validated at the same time: properties of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch.validation_queue import (
    choose,
    in_use,
    places,
    rounds_left,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import read_declarations
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.batches import PendingOrder


def pending(number: int, places: list[str]) -> PendingOrder:
    return {
        "host": f"web{number}",
        "name": "shop",
        "item": {},
        "places": places,
        "published": False,
        "validated": False,
        "attempts": 0,
        "void_codes": [],
        "too_many_checks": False,
        "failure": None,
        "waited": 0.0,
        "records_waited": 0.0,
        "ca_codes": [],
        "records": [],
    }


orders = st.lists(st.lists(st.sampled_from("abcd"), unique=True, max_size=2), min_size=1, max_size=12).map(
    lambda all_places: [pending(number, places) for number, places in enumerate(all_places)]
)


def open_ones(found: list[PendingOrder]) -> list[PendingOrder]:
    return [each for each in found if each["published"] and not each["validated"]]


@given(orders)
def test_every_order_gets_exclusive_places_in_time(found: list[PendingOrder]) -> None:
    """Round after round, until all are validated: no place is used twice at once."""
    rounds = 0
    while not all(each["validated"] for each in found):
        found = choose(found)
        used = [place for each in open_ones(found) for place in each["places"]]
        assert len(used) == len(set(used))
        assert in_use(found) == set(used)
        assert open_ones(found), "each round validates something"
        assert rounds_left(found) >= 1
        found = [{**each, "validated": True} if each["published"] else each for each in found]
        rounds += 1
    assert rounds <= len(found)


@given(orders)
def test_orders_without_a_common_place_need_one_round(found: list[PendingOrder]) -> None:
    apart = [{**each, "places": [f"{each['host']}-{place}" for place in each["places"]]} for each in found]

    assert all(each["published"] for each in choose(apart))
    assert rounds_left(apart) == 1


def test_orders_for_one_web_root_keep_their_sequence() -> None:
    found = [pending(number, ["file shared"]) for number in range(3)]
    sequence = []
    for _round in range(3):
        found = choose(found)
        sequence += [each["host"] for each in open_ones(found)]
        found = [{**each, "validated": each["published"]} for each in found]

    assert rounds_left([pending(number, ["file shared"]) for number in range(3)]) == 3
    assert sequence == ["web0", "web1", "web2"]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("file", ["file 4:7"]),
        ("dns_cname", ["cname example.com", "cname www.example.com"]),
        ("dns_cname_prefix", ["cname example.com", "cname www.example.com"]),
        ("dns_txt_prefix", []),
    ],
)
def test_places_are_a_directory_or_the_names_of_cname_records(method: str, expected: list[str]) -> None:
    contact = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}
    item = {"name": "shop", "common_name": "example.com", "www": True, "contact": contact}
    (declaration,) = read_declarations([{**item, "validation": {"method": method, "webroot": "/var/www"}}])

    assert places(declaration, directory="4:7") == expected
