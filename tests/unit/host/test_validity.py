# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An expired certificate is an error at the end of a run, in every state of its order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.unit.host.declared import answer
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.unit.host.declared import Host

EXPIRED = "2027-05-20"
PROBLEM = {"name": "shop", "text": "shop: refused", "remedy": "Set certum_purchase to allow.", "error_codes": []}


def order(state: str, text: str, **more: Any) -> dict[str, Any]:
    return {"name": "shop", "state": state, "changed": False, "reason": {"code": "x", "text": text}, **more}


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        pytest.param([], "This run has no order for it. Correct the other problems", id="no order"),
        pytest.param(
            [order("pending", "order 7 waits for people.")],
            "In this run: order 7 waits for people. Complete the step that the order waits for, then run again.",
            id="pending",
        ),
        pytest.param(
            [order("not_ordered", "it has to be purchased", problem=PROBLEM)],
            "In this run: it has to be purchased. Set certum_purchase to allow.",
            id="not allowed",
        ),
    ],
)
def test_expired_certificate_is_a_problem(host: Host, orders: list[Any], said: str) -> None:
    item = host.declare()
    host.have(item)
    assert host.install(item, orders=orders)["problems"] == []
    with time_machine.travel(EXPIRED):
        (problem,) = host.install(item, orders=orders)["problems"]
    assert problem["name"] == "shop"
    assert problem["text"].startswith("shop: certificate shop expired on 2027-05-19. ")
    assert said in problem["text"]
    assert problem["text"].endswith(problem["remedy"])


def test_check_mode_allows_expiry_if_replacement_is_planned(host: Host) -> None:
    item = host.declare()
    host.have(item)
    with time_machine.travel(EXPIRED):
        would = order("not_ordered", "would order", changed=True)
        assert host.install(item, orders=[would], check_mode=True)["problems"] == []
        would_not = order("pending", "waits for people")
        assert len(host.install(item, orders=[would_not], check_mode=True)["problems"]) == 1


def test_expired_but_replaced_certificate_is_no_problem(host: Host) -> None:
    item = host.declare()
    host.have(item)
    with time_machine.travel(EXPIRED):
        (staged,) = host.stage(item)["orders"]
        result = host.install(item, orders=[answer(staged, beginning=BEGINNING + timedelta(days=170))])
    assert result["problems"] == []


def test_dates_of_installed_and_pending_ones_are_reported(host: Host) -> None:
    item = host.declare()
    (staged,) = host.stage(item)["orders"]
    (begun,) = host.install(item)["certificates"]
    assert (begun["not_after"], begun["next_due"]) == (None, None)
    assert begun["ordered"] is not None
    (done,) = host.install(item, orders=[answer(staged)])["certificates"]
    assert done["not_after"].startswith("2027-05-19")
    assert done["next_due"].startswith("2027-03-20")
    assert done["ordered"] is None
