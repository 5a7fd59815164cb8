# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets the controller's clock late or early by up to years: existing orders are found, and nothing is ordered twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.declarations import declare_account
from ansible_collections.certops.certum.plugins.module_utils._controller.order_info import read_orders
from ansible_collections.certops.certum.plugins.module_utils._issuance.followed_orders import read_account
from ansible_collections.certops.certum.tests.conformance.issuance.world import new_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

CLOCK_OF_THE_CA = ("P3D", "P2Y", "-P2Y")
PURCHASES = {"quickOrder", "renewCertificate"}


def purchases(ca: World) -> int:
    return sum(call["operation"] in PURCHASES and call["successCode"] == 0 for call in ca.sandbox.calls())


def issue(ca: World, item: dict[str, Any], **more: Any) -> dict[str, Any]:
    with ca.client() as api:
        ordered = ca.first_call(api, [{**item, **more}])
        ca.publish(ordered)
        # A reissue without validation may be issued in the first call already.
        last = ca.second_call(api, ordered["orders"]) if ordered["orders"] else ordered
    (done,) = last["certificates"]
    return dict(done)


@pytest.mark.parametrize("offset", CLOCK_OF_THE_CA)
def test_lost_host_orders_nothing_under_any_clock(offset: str, start_world: Callable[..., World]) -> None:
    ca = start_world(f"--clock={offset}")
    first = new_item()
    assert issue(ca, first)["state"] == "issued"
    rebuilt = {**new_item(names=lambda _site: (f"{first['name']}.example.com",)), "customer": first["customer"]}
    assert issue(ca, rebuilt, reissue_live_order=True)["state"] == "issued"
    assert purchases(ca) == 1


@pytest.mark.parametrize("offset", CLOCK_OF_THE_CA)
def test_renewal_with_a_lost_answer_is_found(offset: str, start_world: Callable[..., World]) -> None:
    ca = start_world(f"--clock={offset}")
    first = new_item()
    done = issue(ca, first)
    again = {
        **new_item(names=lambda _site: (f"{first['name']}.example.com",)),
        "customer": first["customer"],
        "operation": "renew",
        "predecessor": done["serial_number"],
        "reissue_live_order": True,
    }
    with ca.client() as api:
        lost = ca.first_call(api, [again])
    with ca.client() as api:
        found = ca.first_call(api, [{**again, "sent": "perhaps"}])
    assert found["certificates"][0]["order_id"] == lost["certificates"][0]["order_id"]
    assert purchases(ca) == 2


@pytest.mark.parametrize("offset", CLOCK_OF_THE_CA)
def test_recent_order_is_read_under_any_clock(offset: str, start_world: Callable[..., World]) -> None:
    ca = start_world(f"--clock={offset}")
    order_id = issue(ca, new_item())["order_id"]
    with ca.client() as api:
        account = read_account(api)
    with ca.client() as api:
        declared = declare_account(api, {"days": 30, "dest": None}, check_mode=False)
    with ca.client() as api:
        api.get_product_list()
        yesterday = api.now() - timedelta(days=1)
    with ca.client() as api:
        period = {"order_id": None, "from_date": yesterday.isoformat(), "to_date": None, "modified": False}
        listed = read_orders(api, {**period, "state": [], "domain": None, "include_pem": False}, check_mode=False)
    assert [entry.order_status.order_id for entry in account if entry.order_status] == [order_id]
    assert [order["order_id"] for order in declared["orders"]] == [order_id]
    assert [entry["order_status"]["order_id"] for entry in listed["orders"]] == [order_id]
