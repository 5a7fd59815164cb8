# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last batch of a group revokes a certificate that all its hosts declare absent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.shared_removals import (
    later_hosts,
    sharing_of_absent,
)

PLAY = ["web1", "web2", "web3"]


@pytest.mark.parametrize(
    ("batch", "alive", "later"),
    [
        (["web1"], PLAY, ["web2", "web3"]),
        (["web1", "web2"], PLAY, ["web3"]),
        (["web3"], PLAY, []),
        (PLAY, PLAY, []),
        (["web1"], ["web1", "web2"], ["web2"]),
    ],
    ids=["first", "two of three", "last", "all", "one does not answer"],
)
def test_later_hosts_come_after_the_batch(batch: list[str], alive: list[str], later: list[str]) -> None:
    assert later_hosts(batch, everyone=PLAY, alive=alive) == later


def declared(state: str = "absent", share: str = "web") -> dict[str, Any]:
    group = {"group": "web", "members": PLAY}
    return {"shared": {"shop": group}, "certificates": [{"name": "shop", "state": state, "share": share}]}


@pytest.mark.parametrize(
    ("others", "later", "keeping", "revoked_later"),
    [
        ({"web2": declared(), "web3": declared()}, [], (), False),
        ({"web2": declared()}, ["web3"], (), True),
        ({}, ["web2", "web3"], (), True),
        ({"web2": declared("present")}, ["web3"], ("web2",), False),
        ({"web2": declared(share="db"), "web3": declared()}, [], ("web2",), False),
        ({"web2": declared()}, [], ("web3",), False),
    ],
    ids=["all", "one to come", "first batch", "one keeps it", "another group", "one is not in the play"],
)
def test_certificate_is_revoked_when_all_declare_it_absent(
    others: dict[str, Any], later: list[str], keeping: tuple[str, ...], *, revoked_later: bool
) -> None:
    found = sharing_of_absent("web1", {"web1": declared(), **others}, later=later)
    assert found == ({"shop": keeping} if keeping else {}, frozenset({"shop"} if revoked_later else ()))
