# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of one batch, for which the controller works in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.batches import (
    BatchOrders,
    BatchRemovals,
    OrderedBatch,
)
from ansible_collections.certops.certum.plugins.module_utils._module.run_refusals import RUN_DIRECTORY
from ansible_collections.certops.certum.tests.conformance.issuance.fleet import Fleet
from ansible_collections.certops.certum.tests.support.shapes import differences

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.certops.certum.tests.conformance.issuance.world import World


@pytest.fixture
def fleet(start_world: Callable[..., World], tmp_path: Path) -> Fleet:
    return Fleet(start_world(), tmp_path)


def problems(orders: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: [each["text"] for each in share["problems"]]
        for name, share in orders["hosts"].items()
        if share["problems"]
    }


def test_ten_hosts_read_the_account_once_and_order_once_each(fleet: Fleet) -> None:
    for number in range(10):
        fleet.add(f"web{number}")

    orders, rounds = fleet.run()

    assert problems(orders) == {}
    assert rounds == 1
    operations = fleet.operations()
    assert operations.count("getOrdersByDateRange") == 1
    assert operations.count("quickOrder") == 10
    assert max(i for i, each in enumerate(operations) if each == "quickOrder") < operations.index("getCertificate")
    assert len({host.serial_number() for host in fleet.hosts.values()}) == 10


def test_wrong_password_is_sent_once_for_all_steps(
    fleet: Fleet, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUN_DIRECTORY, str(tmp_path_factory.mktemp("run")))
    for number in range(8):
        fleet.add(f"web{number}", api_password="wrong")
    fleet.look()

    orders = fleet.step("order")
    for host in fleet.hosts.values():
        host.reports["certum__planned"]["absent"] = [{"name": "old"}]
        host.reports["certum__planned"]["pending_orders"] = [{"name": "old", "order_id": "old-1"}]
        host.variables["certificates"].append({"name": "old", "state": "absent"})
    removals = fleet.step("remove", orders)

    assert not orders["again"]
    assert len(fleet.operations()) == 1
    for share in (*orders["hosts"].values(), *removals["hosts"].values()):
        assert "password" in "".join(each["text"] for each in share["problems"])


def test_unreachable_ca_delays_no_host_for_long(fleet: Fleet) -> None:
    for number in range(5):
        fleet.add(f"web{number}")
    fleet.world.sandbox.kill()
    fleet.look()

    orders = fleet.step("order")

    assert not orders["again"]
    assert set(problems(orders)) == set(fleet.hosts)
    assert all(each["state"] != "not_ordered" or each["problem"] for each in orders["hosts"]["web0"]["certificates"])


def test_hosts_that_share_a_web_root_are_validated_in_turn(fleet: Fleet, tmp_path: Path) -> None:
    for number in range(3):
        fleet.add(f"web{number}", webroot=tmp_path / "shared")
    fleet.add("other")
    fleet.look()

    first = fleet.step("order")
    publishing = [
        (name, each["name"])
        for name, share in first["hosts"].items()
        for each in share["publish"]
        if each["validation"]
    ]
    orders, rounds = fleet.rounds(first)

    assert publishing == [("web0", "shop"), ("other", "shop")]
    assert rounds == 3
    assert problems(orders) == {}
    assert [order["state"] for order in fleet.world.sandbox.orders()] == ["ENROLLED"] * 4


def test_failing_host_does_not_block_others(fleet: Fleet) -> None:
    fleet.add("good")
    bad = fleet.add("bad")
    fleet.add("unknown-product")
    fleet.verified[bad.variables["certificates"][0]["common_name"]] = fleet.directory / "elsewhere"
    fleet.hosts["unknown-product"].variables["certificates"][0]["product"] = "999"

    orders, _rounds = fleet.run()

    assert set(problems(orders)) == {"bad", "unknown-product"}
    assert fleet.hosts["good"].serial_number() != "current"
    assert "is not validated" in "".join(problems(orders)["bad"])


def test_accounts_and_their_orders_are_kept_apart(start_world: Callable[..., World], tmp_path: Path) -> None:
    fleet = Fleet(start_world(), tmp_path)
    other = start_world("--user", "other", "--password", "other")
    fleet.add("web0")
    fleet.add("web1", api_url=other.sandbox.url, api_username="other", api_password="other")
    fleet.add("web2", api_url=other.sandbox.url, api_username="other", api_password="wrong")

    orders, _rounds = fleet.run()

    assert set(problems(orders)) == {"web2"}
    assert [order["customer"] for order in fleet.world.sandbox.orders()] == ["web0/shop"]
    assert [order["customer"] for order in other.sandbox.orders()] == ["web1/shop"]


def test_order_of_a_host_that_left_is_found_by_the_next_run(fleet: Fleet) -> None:
    for name in ("stays", "leaves"):
        fleet.add(name)
    fleet.look()
    orders = fleet.step("order")
    fleet.publish(orders)
    gone = fleet.hosts.pop("leaves")

    orders = fleet.step("validate", orders)

    assert not orders["again"]
    assert [each["state"] for each in orders["hosts"]["stays"]["certificates"]] == ["issued"]
    fleet.hosts["leaves"] = gone
    again, _rounds = fleet.run()
    assert problems(again) == {}
    assert fleet.operations().count("quickOrder") == 2


def test_two_runs_at_once_use_one_code(fleet: Fleet, tmp_path: Path) -> None:
    """The second run finds the order without its code, and takes the code that the first run left on the host."""
    fleet.add("web0")
    second = Fleet(fleet.world, fleet.directory, verified=fleet.verified)
    second.hosts["web0"] = type(fleet.hosts["web0"])("web0", fleet.hosts["web0"].variables)
    fleet.look()
    second.look()

    ours, theirs = fleet.step("order"), second.step("order")
    fleet.publish(ours)
    second.publish(theirs)
    ours, theirs = fleet.step("validate", ours), second.step("validate", theirs)

    assert "addSanVerification" not in fleet.operations()
    for orders in (ours, theirs):
        assert [each["state"] for each in orders["hosts"]["web0"]["certificates"]] == ["issued"]
    assert len(fleet.world.sandbox.orders()) == 1


def test_void_code_is_replaced_by_the_code_of_the_host(fleet: Fleet) -> None:
    host = fleet.add("web0")
    fleet.look()
    orders = fleet.step("order")
    fleet.publish(orders)
    other = Fleet(fleet.world, fleet.directory, verified=fleet.verified)
    other.hosts["web0"] = type(host)("web0", host.variables)
    other.look()
    theirs = other.step("order")
    theirs["pending"] = [
        {**each, "attempts": 1, "item": {**each["item"], "validation_code": None}} for each in theirs["pending"]
    ]
    theirs = other.step("validate", theirs)  # asks for a new code
    assert "addSanVerification" in fleet.operations()

    ours = fleet.step("validate", orders)
    assert ours["again"], "our code is void"
    other.publish(theirs)
    done, _rounds = fleet.rounds(ours)

    assert problems(done) == {}
    calls = fleet.world.sandbox.calls()
    assert sum(each["operation"] == "addSanVerification" and each["successCode"] == 0 for each in calls) == 1
    assert [order["state"] for order in fleet.world.sandbox.orders()] == ["ENROLLED"]


def test_name_twice_on_one_host_is_refused(fleet: Fleet) -> None:
    host = fleet.add("web0")
    fleet.look()
    (item,) = host.reports["certum__staged"]["orders"]
    host.reports["certum__staged"]["orders"] = [item, {**item}]

    orders = fleet.step("order")

    assert fleet.operations() == []
    assert "more than once" in problems(orders)["web0"][0]


def test_customer_of_another_host_is_refused(fleet: Fleet) -> None:
    """An earlier customer is kept, unless the account has it for names that are not declared here."""
    fleet.add("honest")
    fleet.look()
    fleet.hosts["honest"].reports["certum__staged"]["orders"][0]["customer"] = "chosen/before"
    assert problems(fleet.rounds(fleet.step("order"))[0]) == {}

    fleet.add("hostile").look()
    fleet.hosts.pop("honest")
    fleet.hosts["hostile"].reports["certum__staged"]["orders"][0]["customer"] = "chosen/before"
    orders = fleet.step("order")

    assert "customer chosen/before: it is for shop.honest" in problems(orders)["hostile"][0]
    assert len(fleet.world.sandbox.orders()) == 1


def test_check_mode_places_nothing(fleet: Fleet) -> None:
    fleet.add("web0")
    fleet.look()

    orders = fleet.step("order", check_mode=True)

    assert not orders["again"]
    assert fleet.world.sandbox.orders() == []
    assert "would place a new order" in orders["reason"]["text"]


def test_every_step_returns_its_declared_result(fleet: Fleet, tmp_path: Path) -> None:
    """Checks certificates that are issued, wait for a place, are refused, or belong to an unusable host."""
    for name in ("web0", "web1"):
        fleet.add(name, webroot=tmp_path / "shared")
    fleet.add("strange"), fleet.add("copied"), fleet.add("unusable")
    fleet.look()
    fleet.hosts["strange"].reports["certum__staged"]["orders"][0]["contact"] = "no dictionary"
    fleet.hosts["copied"].reports["certum__staged"]["orders"][0]["name"] = "other"
    fleet.hosts["unusable"].variables["certificates"][0].pop("common_name")
    results = [fleet.step("order")]
    while results[-1]["again"]:
        fleet.publish(results[-1])
        results.append(fleet.step("validate", results[-1]))
    (issued,) = results[-1]["hosts"]["web0"]["certificates"]
    host = fleet.hosts["web0"]
    host.variables["certificates"][0].update(state="absent", revoke_reason="superseded")
    host.reports["certum__planned"] |= {
        "absent": [{"name": "shop"}],
        "revoke": [{"name": "shop", "serial_number": issued["serial_number"]}],
        "pending_orders": [{"name": "shop", "order_id": issued["order_id"]}],
    }
    removals = fleet.step("remove", results[-1])

    assert list(differences(results[0], OrderedBatch)) == []
    assert [found for result in results[1:] for found in differences(result, BatchOrders)] == []
    assert list(differences(removals, BatchRemovals)) == []
    assert problems(results[-1]).keys() == {"strange", "copied", "unusable"}
    assert (removals["hosts"]["web0"]["remove"], len(removals["hosts"]["web0"]["orders"])) == (["shop"], 1)
    assert results[0]["diff"]
    assert results[0]["pending"]
