# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A renamed declaration: its certificate is found on disk, moved and not ordered."""

from __future__ import annotations

import errno
from contextlib import suppress
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.directory_rename import move
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer
from ansible_collections.certops.certum.tests.unit.store.faults import Effect, Faults, Killed
from ansible_collections.certops.certum.tests.unit.store.world import tree

SHOP = "shop.example.com"


def store(host: Host, **more: Any) -> dict[str, Any]:
    """Return the declaration of shop under another name."""
    return host.declare("store", **{"common_name": SHOP, **more})


def follow(host: Host, item: dict[str, Any]) -> dict[str, Any]:
    """Do the steps of the role after a plan in which nothing is due."""
    planned = host.plan(item)
    assert planned["due"] == []
    return host.install(*planned["activate"], renamed=planned["renamed"])


def test_renamed_certificate_is_moved_and_leaves_a_link(host: Host) -> None:
    host.have(host.declare())
    host.confirm()
    before = host.read().current
    assert before is not None

    planned = host.plan(store(host))
    (sentence,) = planned["sentences"]
    assert planned["renamed"] == {"store": "shop"}
    assert "store: the declaration was named shop, so nothing is ordered: its directory is moved to" in sentence
    installed = follow(host, store(host, deploy={"service": "nginx"}))

    assert installed["certificates"][0]["reason"]["code"] == "renamed"
    assert [item["name"] for item in installed["deploy"]] == ["store"], "the service may be another one"
    assert (host.base / "shop").readlink().name == "store"
    current = host.read("store").current
    assert current is not None
    assert current.serial_number == before.serial_number
    assert (host.base / "shop/current/fullchain.pem").read_bytes()
    quiet = host.plan(store(host))
    assert (quiet["reasons"], quiet["renamed"]) == ([], {})


def test_renamed_certificate_of_one_of_several_hosts_is_moved(host: Host) -> None:
    host.have(host.declare(allow_duplicate=True))
    assert host.plan(store(host, allow_duplicate=True))["renamed"] == {"store": "shop"}


def test_check_mode_reports_the_rename_and_moves_nothing(host: Host) -> None:
    host.have(host.declare())
    before = tree(host.base)

    planned = host.plan(store(host))
    staged = host.stage(store(host), renamed=planned["renamed"], check_mode=True)
    installed = host.install(store(host), renamed=planned["renamed"], check_mode=True)

    assert (staged["problems"], installed["problems"]) == ([], [])
    assert installed["changed"]
    assert installed["deploy"] == []
    assert "is moved to" in installed["reason"]["text"]
    assert tree(host.base) == before


def test_certificate_renamed_back_is_moved_back(host: Host) -> None:
    host.have(host.declare())
    follow(host, store(host))

    assert host.plan(host.declare())["renamed"] == {"shop": "store"}
    follow(host, host.declare())

    assert not (host.base / "shop").is_symlink()
    assert (host.base / "store").readlink().name == "shop"
    assert host.plan(host.declare())["reasons"] == []


def test_due_certificate_is_reissued_under_its_new_name(host: Host) -> None:
    host.have(host.declare())
    item = store(host, key={"type": "ec", "size": 384})

    planned = host.plan(item)
    staged = host.stage(*planned["due"], newest=planned["newest"], renamed=planned["renamed"])
    (order,) = staged["orders"]
    assert (order["operation"], order["customer"]) == ("reissue", "web1/shop")
    installed = host.install(item, orders=[answer(order)], renamed=planned["renamed"])

    assert installed["problems"] == []
    assert len(host.read("store").versions) == 2
    assert host.plan(item)["reasons"] == []


def test_pending_order_is_continued_under_the_new_name(host: Host) -> None:
    (before,) = host.stage(host.declare())["orders"]

    planned = host.plan(store(host))
    (after,) = host.stage(*planned["due"], renamed=planned["renamed"])["orders"]

    assert (after["order_id"], after["csr_content"]) == (before["order_id"], before["csr_content"])
    assert after["sent"] == "perhaps"


@pytest.mark.parametrize(
    "changes",
    [
        {"common_name": "other.example.com"},
        {"product": "931"},
        {"key": {"type": "rsa", "size": 2048}},
    ],
)
def test_other_certificate_is_not_a_renamed_one(host: Host, changes: dict[str, Any]) -> None:
    host.have(host.declare())
    planned = host.plan(store(host, **changes))
    assert planned["renamed"] == {}
    assert [item["name"] for item in planned["due"]] == ["store"]


def test_declared_certificate_stays_where_it_is(host: Host) -> None:
    host.have(host.declare())
    assert host.plan({"name": "shop", "state": "absent"}, store(host))["renamed"] == {}


def test_certificate_of_another_play_is_not_moved_or_reported(host: Host) -> None:
    host.have(host.declare())
    planned = host.plan(store(host), declared_elsewhere=["shop"])
    assert (planned["renamed"], planned["findings"]) == ({}, [])
    planned = host.plan(store(host), declared_elsewhere=[])
    assert (planned["renamed"], planned["findings"]) == ({"store": "shop"}, [])


def test_link_of_the_administrator_is_left_alone(host: Host) -> None:
    host.have(host.declare())
    (host.base / "shop").rename(host.base.parent / "elsewhere")
    (host.base / "shop").symlink_to(host.base.parent / "elsewhere")
    assert host.plan(host.declare())["renamed"] == {}
    with pytest.raises(StoreError, match="letters, digits"):
        move(Layout(host.base), "store", former="../elsewhere")


def test_absent_former_name_removes_only_the_link(host: Host) -> None:
    host.have(host.declare())
    follow(host, store(host))
    absent = {"name": "shop", "state": "absent"}

    planned = host.plan(absent, store(host))
    assert [item["name"] for item in planned["absent"]] == ["shop"]
    assert (planned["withdraw"], planned["revoke"]) == ([], [])
    assert host.install(absent, state="absent")["changed"]

    assert not (host.base / "shop").is_symlink()
    assert host.plan(absent, store(host))["reasons"] == []


@pytest.mark.parametrize("effect", Effect, ids=lambda effect: effect.value)
@pytest.mark.parametrize("is_back", [False, True], ids=["renamed", "renamed back"])
def test_every_call_can_be_the_last(host: Host, effect: Effect, is_back: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    host.have(host.declare())
    names = ["shop", "store"]
    for at in range(99):
        former, name = names
        item = host.declare(name, common_name=SHOP)
        if not is_back:
            (host.base / name).unlink(missing_ok=True)
        renamed = host.plan(item)["renamed"]
        with (
            Faults(at=at, effect=effect, number=errno.ENOSPC).active(monkeypatch) as faults,
            suppress(StoreError, Killed),
        ):
            move(Layout(host.base), name, former=renamed[name])

        again = host.plan(item)
        assert again["due"] == [], at
        assert host.install(*again["activate"], renamed=again["renamed"])["problems"] == []
        assert not (host.base / name).is_symlink(), at
        assert (host.base / former).readlink().name == name, at
        assert host.plan(item)["reasons"] == [], at
        assert [path.name for path in host.base.glob(".*")] == [], at
        if faults.count <= at:
            break
        names.reverse()
    assert at > 4
