# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Publishes the records of a round, and decides which orders are validated in it, without a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch import record_plans, validation_records
from ansible_collections.certops.certum.plugins.module_utils._batch.batch_host import DnsSettings
from ansible_collections.certops.certum.plugins.module_utils._dns_records.authoritative_servers import (
    NameServer,
    Reply,
)
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_access import Failed
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import DnsProvider
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_routing import Route
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._preflight.resolver_address import ResolverAddress

from .test_validation_queue import pending

if TYPE_CHECKING:
    from collections.abc import Iterable

SERVER = NameServer("ns2.example.com", ResolverAddress("192.0.2.2", 53))
PROVIDER = DnsProvider("ovh")


@dataclass
class Net:
    """Zones in which the records of ``late`` hosts never become visible, and those of ``refused`` are refused."""

    late: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    visible_before: set[str] = field(default_factory=set)
    published: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    def publish(self, routes: Iterable[Route]) -> dict[Route, Failed]:
        each = list(routes)
        self.published += [route.value for route in each]
        return {route: Failed("401", "Check it.") for route in each if host_of(route) in self.refused}

    def withdraw(self, routes: Iterable[Route]) -> dict[Route, Failed]:
        self.withdrawn += [route.value for route in routes]
        return {}

    def lagging(self, route: Route) -> list[Reply]:
        seen = route.value in self.published or route.value in self.visible_before
        return [] if seen and host_of(route) not in self.late else [Reply(SERVER, has_record=False, words="has none")]


def host_of(route: Route) -> str:
    return route.zone


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    found = Net()
    watch = SimpleNamespace(look=lambda: None, lagging=found.lagging)
    monkeypatch.setattr(validation_records, "publish", found.publish)
    monkeypatch.setattr(validation_records, "withdraw", found.withdraw)
    monkeypatch.setattr(validation_records, "Watch", lambda _servers: watch)
    monkeypatch.setattr(validation_records, "LINGER", 0.0)
    monkeypatch.setattr(record_plans.Places, "servers", lambda *_details: [SERVER])
    monkeypatch.setattr(
        record_plans.Places,
        "routes",
        lambda _self, host, records: tuple(
            Route(each.name, each.name, each.type, each.value, host.name, PROVIDER) for each in records
        ),
    )
    return found


def host(number: int, *, timeout: float | None = None) -> Any:
    declaration = SimpleNamespace(method=ValidationMethod.DNS_TXT_PREFIX, names=("shop.example.com",))
    return SimpleNamespace(
        name=f"web{number}",
        dns=DnsSettings((PROVIDER,), timeout=timeout),
        settings=SimpleNamespace(wait_timeout=100.0),
        declarations={"shop": declaration},
        reported=lambda _report, _key: [],
    )


def order(number: int, **changes: Any) -> Any:
    code = f"code{number}"
    item = {"validation_code": code}
    return {**pending(number, []), "published": True, "item": item, "ca_codes": [code], **changes}


def batch(*orders: Any, certificates: dict[str, Any] | None = None) -> Any:
    shares = {each["host"]: {"certificates": []} for each in orders}
    for name, certificate in (certificates or {}).items():
        shares[name] = {"certificates": [{"name": "shop", **certificate}]}
    return {"pending": list(orders), "hosts": shares}


def test_orders_that_are_ready_do_not_wait_for_late_ones(net: Net) -> None:
    net.late = {"web1"}
    done = validation_records.publish_records({f"web{n}": host(n) for n in (0, 1)}, batch(order(0), order(1)))
    assert (done.late, done.problems) == ({("web1", "shop")}, {})
    assert net.published == ["code0", "code1"]
    assert all(each["records"] for each in done.pending)


def test_late_order_ends_with_the_servers_that_lag(net: Net) -> None:
    net.late = {"web0"}
    done = validation_records.publish_records({"web0": host(0, timeout=5.0)}, batch(order(0, records_waited=5.0)))
    (problem,) = list(done.problems.values())
    assert done.late == set()
    assert problem.text.startswith("shop: not on all name servers after 5 seconds: the validation record _certum.shop")
    assert "ns2.example.com (192.0.2.2) has none" in problem.text


@pytest.mark.parametrize("visible", [True, False])
def test_order_of_failed_tasks_does_not_wait(net: Net, visible: bool) -> None:
    """The tasks may have published the record before they failed."""
    net.late = set() if visible else {"web0"}
    orders = batch(order(0), order(1))
    done = validation_records.publish_records({f"web{n}": host(n) for n in (0, 1)}, orders, {"code0"})
    assert set(done.problems) == (set() if visible else {("web0", "shop")})
    if not visible:
        text = done.problems["web0", "shop"].text
        assert text.startswith(
            "shop: not on all name servers, because your tasks failed: the validation record _certum."
        )
        assert text.endswith("Validation was not triggered. Correct the tasks, then run again.")


def test_refused_record_stops_only_its_own_order(net: Net) -> None:
    net.refused = {"web1"}
    done = validation_records.publish_records({f"web{n}": host(n) for n in (0, 1)}, batch(order(0), order(1)))
    assert set(done.problems) == {("web1", "shop")}
    assert "not published: 401" in done.problems["web1", "shop"].text


@pytest.mark.parametrize("visible", [True, False])
def test_code_of_a_host_is_used_only_if_dns_has_it(net: Net, visible: bool) -> None:
    net.visible_before = {"code0"} if visible else set()
    done = validation_records.publish_records({"web0": host(0)}, batch(order(0, ca_codes=[])))
    (found,) = done.pending
    assert net.published == []
    assert found["item"] == ({"validation_code": "code0"} if visible else {})
    assert found["void_codes"] == ([] if visible else ["code0"])
    assert [each["value"] for each in found["records"]] == ["code0"], "it is withdrawn later in either case"


PENDING = {"state": "pending", "problem": None}


@pytest.mark.parametrize(
    ("goes_on", "result", "withdrawn"),
    [
        (order(0), PENDING, []),
        (order(0, item={"validation_code": "new"}), PENDING, ["code0"]),
        (None, PENDING, []),
        (None, {"state": "pending", "problem": {"text": "failed"}}, ["code0"]),
        (None, {"state": "issued", "problem": None}, ["code0"]),
        (None, {"state": "rejected", "problem": {"text": "rejected"}}, ["code0"]),
    ],
    ids=["next round", "new code", "time over", "failed", "issued", "rejected"],
)
def test_record_stays_while_the_ca_may_look(
    net: Net, goes_on: Any, result: dict[str, Any], withdrawn: list[str]
) -> None:
    hosts = {"web0": host(0)}
    before = validation_records.publish_records(hosts, batch(order(0))).pending
    after = batch(*([goes_on] if goes_on else []), certificates={"web0": result})
    warnings, dummy = validation_records.withdraw_records(hosts, before, after)
    assert (warnings, net.withdrawn) == ([], withdrawn)


def test_unexpected_error_is_a_problem_without_its_text(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(_routes: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr(validation_records, "publish", defect)
    done = validation_records.publish_records({"web0": host(0)}, batch(order(0)))
    assert "RuntimeError" in done.problems["web0", "shop"].text
    assert "canary" not in done.problems["web0", "shop"].text
