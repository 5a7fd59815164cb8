# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations with the same names: one orders, or one follows an existing certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.declarations import declare_account
from ansible_collections.certops.certum.tests.conformance.issuance.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.certops.certum.tests.conformance.issuance.fleet import FleetHost
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

PAID = {"quickOrder", "renewCertificate"}
NAME = "shop.example.com"


@pytest.fixture
def fleet(start_world: Callable[..., World], tmp_path: Path) -> Fleet:
    return Fleet(start_world(), tmp_path)


def host(fleet: Fleet, host_name: str, **declared: Any) -> FleetHost:
    """Return a host that declares NAME."""
    added = fleet.add(host_name)
    (item,) = added.variables["certificates"]
    fleet.verified[NAME] = fleet.verified.pop(item["common_name"])
    item.update({"common_name": NAME, **declared})
    return added


def purchases(fleet: Fleet) -> int:
    return len([operation for operation in fleet.operations() if operation in PAID])


def codes(orders: dict[str, Any]) -> dict[str, str]:
    return {
        name: certificate["reason"]["code"]
        for name, share in orders["hosts"].items()
        for certificate in share["certificates"]
    }


@pytest.mark.parametrize("allowed", [(), ("web1",)])
def test_two_hosts_with_same_names_order_only_if_both_allow_it(fleet: Fleet, allowed: tuple[str, ...]) -> None:
    hosts = [host(fleet, name, allow_duplicate=name in allowed) for name in ("web1", "web2")]

    for check_mode in (True, False, False):
        fleet.look()
        orders = fleet.step("order", check_mode=check_mode)
        assert codes(orders) == dict.fromkeys(("web1", "web2"), "names_declared_twice")
        assert "the same names are declared for shop of web2" in orders["hosts"]["web1"]["problems"][0]["text"]
    assert purchases(fleet) == 0

    for each in hosts:
        each.variables["certificates"][0]["allow_duplicate"] = True
    fleet.look()
    fleet.step("order")
    assert purchases(fleet) == 2


def test_second_host_does_not_block_a_reissue_of_the_first(fleet: Fleet) -> None:
    first = host(fleet, "web1")
    fleet.run()
    host(fleet, "web2")
    first.variables["certificates"][0]["key"] = {"type": "ec", "size": 384}
    fleet.world.sandbox.clear_calls()

    orders, dummy = fleet.run()

    assert codes(orders) == {"web1": "issued", "web2": "names_declared_twice"}
    assert "reissueCertificate" in fleet.operations()
    assert purchases(fleet) == 0


@pytest.mark.parametrize("renamed", [{}, {"name": "store"}], ids=["moved", "moved and renamed"])
def test_moved_declaration_follows_the_customer_that_it_gives(fleet: Fleet, renamed: dict[str, str]) -> None:
    host(fleet, "web1")
    fleet.run()
    (first,) = fleet.world.sandbox.orders()
    del fleet.hosts["web1"]
    moved = host(fleet, "web2", customer="web1/shop", **renamed)
    fleet.world.sandbox.clear_calls()

    fleet.look()
    (warning,) = fleet.step("order", check_mode=True)["warnings"]
    orders, dummy = fleet.run()

    assert "is free of charge. If another host still uses it" in warning
    assert orders["hosts"]["web2"]["certificates"][0]["order_id"] == first["orderID"]
    assert moved.serial_number(moved.variables["certificates"][0]["name"])
    assert purchases(fleet) == 0


def test_declared_customer_is_followed_on_an_empty_host(fleet: Fleet) -> None:
    host(fleet, "web1", customer="ACME shop", www=True)
    fleet.verified[f"www.{NAME}"] = fleet.verified[NAME]
    fleet.run()
    del fleet.hosts["web1"]
    with fleet.world.client() as api:
        (written,) = declare_account(api, {"days": 30, "dest": None}, check_mode=False)["certificates"]
    assert (written["name"], written["customer"]) == (NAME, "ACME shop")
    moved = host(fleet, "web2", **written)
    fleet.world.sandbox.clear_calls()

    fleet.run()

    assert moved.serial_number(NAME)
    assert "reissueCertificate" in fleet.operations()
    assert purchases(fleet) == 0


@pytest.mark.parametrize(
    "difference",
    [{"common_name": "new.example.com"}, {"product": "commercial_multidomain_ssl"}, {"key": {"type": "rsa"}}],
    ids=["names", "product", "type of key"],
)
def test_shared_customer_is_followed_for_one_certificate_only(fleet: Fleet, difference: dict[str, Any]) -> None:
    host(fleet, "web1", customer="ACME")
    fleet.run()
    other = host(fleet, "web2", customer="ACME")
    other.variables["certificates"][0].update(difference)
    if "common_name" not in difference:
        del fleet.hosts["web1"]
    fleet.world.sandbox.clear_calls()

    fleet.look()
    fleet.step("order")

    assert "reissueCertificate" not in fleet.operations()
    assert purchases(fleet) == 1


@pytest.mark.parametrize(
    ("declared", "said", "is_free"),
    [
        ({}, "set customer: web1/shop in the declaration", True),
        ({"key": {"type": "rsa"}}, "set key: {type: ec}, customer: web1/shop in the declaration", True),
        ({"product": "931"}, 'set product: "601", customer: web1/shop in the declaration', True),
        ({"allow_duplicate": True}, "each declaration has its own order, so this certificate is not followed", False),
    ],
    ids=["customer", "type of key", "product", "duplicate"],
)
def test_remedy_for_an_existing_certificate_works(
    fleet: Fleet, declared: dict[str, Any], said: str, is_free: bool
) -> None:
    host(fleet, "web1")
    fleet.run()
    del fleet.hosts["web1"]
    moved = host(fleet, "web2", **declared)

    fleet.look()
    (warning,) = fleet.step("order", check_mode=True)["warnings"]
    assert said in warning

    moved.variables["certificates"][0].update({"key": {"type": "ec"}, "product": "601", "customer": "web1/shop"})
    moved.variables["path"] += "-new"
    moved.store.mkdir()
    fleet.world.sandbox.clear_calls()
    fleet.look()
    fleet.step("order")
    assert ("reissueCertificate" in fleet.operations()) is is_free


def test_pending_order_of_the_customer_is_not_ordered_again(fleet: Fleet) -> None:
    host(fleet, "web1", customer="ACME")
    fleet.look()
    fleet.step("order")
    (pending,) = fleet.world.sandbox.orders()
    del fleet.hosts["web1"]
    host(fleet, "web2", customer="ACME")
    fleet.world.sandbox.clear_calls()

    fleet.look()
    orders = fleet.step("order")

    assert pending["orderID"] in orders["hosts"]["web2"]["problems"][0]["text"]
    assert "certum_cancel" in orders["hosts"]["web2"]["problems"][0]["text"]
    assert purchases(fleet) == 0


def test_hosts_that_allow_duplicates_do_not_follow_each_other(fleet: Fleet) -> None:
    host(fleet, "web1", customer="ACME", allow_duplicate=True)
    fleet.run()
    host(fleet, "web2", customer="ACME", allow_duplicate=True)
    fleet.world.sandbox.clear_calls()

    fleet.look()
    fleet.step("order")

    assert fleet.operations().count("quickOrder") == 1
    assert "reissueCertificate" not in fleet.operations()
