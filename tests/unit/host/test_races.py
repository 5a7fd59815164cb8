# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another run acts between the look and the act of this one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.plugins.module_utils._host import publish as challenge_module
from ansible_collections.certops.certum.plugins.module_utils._host import stage as stage_module
from ansible_collections.certops.certum.plugins.module_utils._store.metadata import OrderStage
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Callable


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], object]) -> None:
    """Run ``act``, as somebody else, before the first call of a function of the module."""
    real = getattr(module, name)

    def call(*given: Any, **options: Any) -> Any:
        monkeypatch.setattr(module, name, real)
        act()
        return real(*given, **options)

    monkeypatch.setattr(module, name, call)


@pytest.mark.parametrize("revoked", [(), ("shop",)])
@pytest.mark.parametrize("before", ["stage is called", "the lock is taken"])
def test_certificate_installed_since_the_plan_is_not_ordered(
    before: str, revoked: tuple[str, ...], host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revoked certificate has no successor, so a second request would be another purchase."""
    item = host.declare()
    newest = {"shop": ""}
    if revoked:
        host.have(item)
        newest = {"shop": host.read().versions[0].serial_number}
    else:
        assert host.plan(item)["newest"] == newest

    def install() -> None:
        with time_machine.travel(BEGINNING + timedelta(days=22), tick=True):  # of two of one second, which is newer?
            host.have(item)

    if before == "stage is called":
        install()
    else:
        meanwhile(monkeypatch, stage_module, "stage", install)
    result = host.stage(item, revoked=list(revoked), newest=newest)

    assert (result["orders"], result["problems"]) == ([], [])
    assert (
        f"shop: certificate {host.read().versions[0].serial_number} was issued by another run"
        in result["reason"]["text"]
    )
    staged = host.read().staged
    assert staged is None or staged.order is None


def test_order_of_another_run_is_not_forgotten(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    item = host.declare()
    (order,) = host.stage(item)["orders"]
    meanwhile(monkeypatch, challenge_module, "forget_order", lambda: host.challenge([item], [answer(order, "pending")]))
    host.challenge([item], [answer(order, "not_ordered")])
    staged = host.read().staged
    assert staged is not None
    assert staged.order is not None
    assert staged.order.stage is OrderStage.PLACED


def test_two_runs_that_order_again_keep_the_key_of_the_first(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its order may be pending, so to set it aside would lead to a second order."""
    item = host.declare()
    (order,) = host.stage(item)["orders"]
    host.challenge([item], [answer(order, "rejected")])
    first: list[dict[str, Any]] = []
    meanwhile(
        monkeypatch, stage_module, "discard", lambda: first.extend(host.stage(item, order_again=["shop"])["orders"])
    )
    second = host.stage(item, order_again=["shop"])["orders"]
    assert [each["order_id"] for each in second] == [first[0]["order_id"]]
    assert first[0]["order_id"] != order["order_id"]


@pytest.mark.parametrize("recording", [stage_module, challenge_module])
def test_order_is_not_recorded_for_a_key_of_another_run(
    recording: Any, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs declare differently: the second sets the key of the first aside."""
    item = host.declare()
    other = {**item, "key": {"type": "rsa"}}

    def declare_otherwise() -> None:
        if recording is challenge_module:
            challenge_module.forget_order(stage_module.Layout(host.base), "shop")
        assert host.stage(other)["problems"] == []

    if recording is stage_module:
        meanwhile(monkeypatch, stage_module, "record_order", declare_otherwise)
        told = host.stage(item)
        assert told["orders"] == [], "it is not ordered"
    else:
        (order,) = host.stage(item)["orders"]
        meanwhile(monkeypatch, challenge_module, "record_order", declare_otherwise)
        told = host.challenge([item], [answer(order, "pending")])
    assert "another run has replaced the staged key" in told["msg"]
    staged = host.read().staged
    assert staged is not None
    assert staged.order is not None
    assert staged.order.order_id == f"shop-{staged.public_key_sha256[:16]}"
