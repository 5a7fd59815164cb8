# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Until a reissued certificate is deployed, every message names the last day of the former one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import answer
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.tests.unit.host.declared import Host

LIFETIME = timedelta(days=199)
REISSUED = BEGINNING + timedelta(days=120)
UNTIL = REISSUED + timedelta(days=14)
OWN = {"service": "web", "check_command": ["true"], "reload_command": ["true"]}


def deploying(**changes: Any) -> dict[str, Any]:
    return {"deploy": {**OWN, **changes}, "remaining_days": 90}


@pytest.fixture(autouse=True)
def _the_day_after_the_reissue() -> Iterator[None]:
    with time_machine.travel(REISSUED + timedelta(days=1)):
        yield


@pytest.fixture
def order(host: Host) -> dict[str, Any]:
    """Return the reissue of a certificate that was deployed and verified."""
    item = host.declare(**deploying())
    host.have(item, beginning=BEGINNING, lifetime=LIFETIME)
    host.deploy(item)
    found = host.stage(item)["orders"][0]
    assert found["operation"] == "reissue"
    return dict(found)


def valid_until(moment: datetime) -> str:
    return f"is valid until {moment:%Y-%m-%d %H:%M} UTC"


def issued(order: dict[str, Any]) -> dict[str, Any]:
    return answer(order, beginning=REISSUED, lifetime=LIFETIME)


@pytest.mark.parametrize(
    "changes", [{"check_command": ["false"]}, {"reload_command": ["false"]}, {"status_command": ["false"]}]
)
def test_undeployed_successor_is_reported(host: Host, order: dict[str, Any], changes: dict[str, Any]) -> None:
    item = host.declare(**deploying(**changes))
    assert host.install(item, orders=[issued(order)])["problems"] == []

    result = host.deploy(item)

    (said,) = [*texts(result["problems"]), *result["notes"]]
    assert "the CA revokes it 14 days after a reissue." in said
    assert valid_until(UNTIL) in said
    (sentence,) = host.plan(item, now=f"{REISSUED + timedelta(days=2):%Y-%m-%d}")["sentences"]
    assert valid_until(UNTIL) in sentence


def test_uninstallable_successor_is_reported(host: Host, order: dict[str, Any]) -> None:
    item = host.declare(**deploying())
    damaged = {**issued(order), "chain": []}

    (problem,) = texts(host.install(item, orders=[damaged])["problems"])

    assert "was not signed by any certificate of the chain" in problem
    assert valid_until(UNTIL) in problem


def test_unissued_successor_is_reported_with_the_earliest_date(host: Host, order: dict[str, Any]) -> None:
    item = host.declare(**deploying())
    pending = {**answer(order, "pending", code="c0de"), "predecessor": order["predecessor"]}
    host.challenge([item], [pending])

    (sentence,) = host.plan(item, now=None)["sentences"]

    assert "is pending. A reissue was requested on" in sentence
    assert f"{valid_until(REISSUED + timedelta(days=15))} at least" in sentence


def test_deployed_successor_is_not_reported(host: Host, order: dict[str, Any]) -> None:
    item = host.declare(**deploying())
    host.install(item, orders=[issued(order)])
    assert host.deploy(item)["problems"] == []
    planned = host.plan(item, now=f"{REISSUED + timedelta(days=2):%Y-%m-%d}")
    assert planned["current"] == 1
