# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks ``certum_purchase``: the paid orders that a run places."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.conformance.issuance.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.certops.certum.tests.conformance.issuance.fleet import FleetHost
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

PAID = {"quickOrder", "renewCertificate"}


class OneHost:
    """A host with one certificate, over days of the CA's clock and its own."""

    def __init__(self, world: World, directory: Path) -> None:
        self.fleet = Fleet(world, directory)
        self.host: FleetHost = self.fleet.add("web1")
        self.start, self.day = datetime.now(timezone.utc), 0

    @property
    def item(self) -> dict[str, Any]:
        declared: dict[str, Any] = self.host.variables["certificates"][0]
        return declared

    def run(self, purchase: str) -> dict[str, Any]:
        """Return the report of the run about the certificate."""
        self.host.variables["purchase"] = purchase
        self.fleet.world.sandbox.clear_calls()
        with time_machine.travel(self.start + timedelta(days=self.day), tick=True):
            orders, dummy = self.fleet.run()
        return self.reported(orders)

    def check(self, purchase: str) -> dict[str, Any]:
        """Return the report of check mode."""
        self.host.variables["purchase"] = purchase
        self.fleet.world.sandbox.clear_calls()
        self.fleet.look()
        return self.reported(self.fleet.step("order", check_mode=True))

    def reported(self, orders: dict[str, Any]) -> dict[str, Any]:
        (certificate,) = orders["hosts"]["web1"]["certificates"]
        texts = [each["text"] for each in orders["hosts"]["web1"]["problems"]]
        return {**certificate, "problems": "\n".join(texts)}

    def lose_disk(self) -> None:
        self.host.variables["path"] += "-new"
        self.host.store.mkdir()

    def advance(self, days: int) -> None:
        self.fleet.world.sandbox.advance(f"P{days}D")
        self.day += days

    def purchases(self) -> int:
        return len([operation for operation in self.fleet.operations() if operation in PAID])


@pytest.fixture
def one(start_world: Callable[..., World], tmp_path: Path) -> OneHost:
    return OneHost(start_world(), tmp_path)


@pytest.mark.parametrize("purchase", ["renew_only", "never"])
def test_first_order_is_reported_and_not_placed(one: OneHost, purchase: str) -> None:
    for found in (one.run(purchase), one.run(purchase), one.check(purchase)):
        assert found["reason"]["code"] == "purchase_not_allowed"
        assert found["state"] == "not_ordered"
        assert "-e certum_purchase=allow" in found["problems"]
        assert "product 601 (Commercial SSL)" in found["problems"]
        assert one.purchases() == 0

    assert "costs the price of product 601" in one.check("allow")["reason"]["text"]
    assert one.run("allow")["state"] == "issued"
    assert one.purchases() == 1


def test_order_for_other_names_is_no_renewal(one: OneHost) -> None:
    one.run("allow")
    one.item["common_name"] = f"new.{one.item['common_name']}"
    one.fleet.verified[one.item["common_name"]] = next(iter(one.fleet.verified.values()))

    assert one.run("renew_only")["reason"]["code"] == "purchase_not_allowed"
    assert one.purchases() == 0
    assert one.run("allow")["state"] == "issued"
    assert one.purchases() == 1


def test_order_under_another_name_is_never_a_renewal(one: OneHost) -> None:
    one.run("allow")
    one.advance(120)
    one.item["name"] = "store"
    one.lose_disk()

    assert one.run("renew_only")["reason"]["code"] == "purchase_not_allowed"
    assert one.purchases() == 0


def test_reissue_is_always_possible(one: OneHost) -> None:
    one.run("allow")
    one.advance(185)

    found = one.run("never")

    assert found["state"] == "issued"
    assert "reissueCertificate" in one.fleet.operations()
    assert one.purchases() == 0


def test_next_term_is_a_renewal(one: OneHost) -> None:
    one.run("allow")
    one.advance(185)
    one.run("renew_only")
    one.advance(172)

    assert one.run("never")["reason"]["code"] == "purchase_not_allowed"
    assert one.purchases() == 0
    assert one.run("renew_only")["state"] == "issued"
    assert one.fleet.operations().count("renewCertificate") == 1


def test_order_after_an_expired_certificate_is_a_renewal(one: OneHost) -> None:
    one.run("allow")
    one.advance(300)

    assert one.run("never")["reason"]["code"] == "purchase_not_allowed"
    assert one.run("renew_only")["state"] == "issued"
    assert one.fleet.operations().count("quickOrder") == 1


@pytest.mark.parametrize(("when", "state"), [("before", "unknown"), ("after", "issued")])
def test_order_with_a_lost_answer_is_looked_up(one: OneHost, when: str, state: str) -> None:
    one.host.variables["purchase"] = "allow"
    sandbox = one.fleet.world.sandbox
    sandbox.add_fault("drop", operation="quickOrder", when=when, times=1)
    sandbox.add_fault("http-503", operation="getOrderByOrderID", times=9)
    one.fleet.look()
    orders = one.fleet.step("order")
    assert one.reported(orders)["state"] == "unknown"
    sandbox.clear_faults()

    found = one.run("never")

    assert found["state"] == state
    assert one.purchases() == 0


@pytest.mark.parametrize("purchase", ["allow", "renew_only"])
@pytest.mark.parametrize("change", [{"name": "store"}, {"customer": "ACME", "name": "store"}])
def test_existing_certificate_is_named_before_a_purchase(one: OneHost, change: dict[str, Any], purchase: str) -> None:
    first = one.run("allow")
    one.item.update(change)
    one.lose_disk()

    for check_mode in (True, False):
        one.host.variables["purchase"] = purchase
        one.fleet.look()
        (warning,) = one.fleet.step("order", check_mode=check_mode)["warnings"]
        assert warning.startswith("web1: store: order store-")
        assert "costs the price of product 601 (Commercial SSL), and the account has certificate" in warning
        assert f"valid until {first['not_after'][:10]} (order {first['order_id']}, customer web1/shop)" in warning


def test_other_host_with_the_same_names_is_named(one: OneHost) -> None:
    first = one.run("allow")
    other = one.fleet.add("web2")
    other.variables["certificates"][0]["common_name"] = one.item["common_name"]
    del one.fleet.hosts["web1"]

    one.fleet.look()
    (warning,) = one.fleet.step("order", check_mode=True)["warnings"]

    assert warning.startswith("web2: shop: order shop-")
    assert first["order_id"] in warning
