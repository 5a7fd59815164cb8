# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate is shared by a group of the inventory, and only by hosts of this group."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.shared_declarations import (
    PlaceInInventory,
    share_problems,
    shared_by,
)

PLACE = PlaceInInventory("web1", {"all": ["web1", "web2", "db1"], "web": ["web1", "web2"], "db": ["db1"]})


@pytest.mark.parametrize(
    ("item", "place", "words"),
    [
        ({"name": "shop"}, PLACE, []),
        ({"name": "shop", "share": "web"}, PLACE, []),
        ({"name": "shop", "share": "db"}, PLACE, ["share names group db, and host web1 is not in it"]),
        ({"name": "shop", "share": "wbe"}, PLACE, ["The nearest name is web. Correct"]),
        ({"name": "shop"}, replace(PLACE, lockstep=False), []),
        ({"name": "shop", "share": "web"}, replace(PLACE, lockstep=False), ["Use the strategy linear"]),
    ],
)
def test_problems_name_the_group(item: dict[str, str], place: PlaceInInventory, words: list[str]) -> None:
    found = list(share_problems(item, place))
    assert len(found) == len(words)
    assert all(expected in problem for expected, problem in zip(words, found))


def test_members_come_from_the_inventory() -> None:
    items = [{"name": "shop", "share": "web"}, {"name": "own"}, "no dictionary"]
    assert shared_by(items, PLACE) == {"shop": {"group": "web", "members": ["web1", "web2"]}}
