# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode changes nothing, and predicts correctly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.integration.project import tree
from ansible_collections.certops.certum.tests.integration.test_deploy import SERVE

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World


def check(world: World, play: object) -> Run:
    """Run in check mode with diffs; check that nothing changes on disk or at the CA."""
    world.ca.clear_calls()
    before = tree(world.store), tree(world.web.webroot), tree(world.web.prefix / "sites-enabled"), world.ca.orders()
    run = world.project.run(play, "--check", "--diff").succeeded()
    after = tree(world.store), tree(world.web.webroot), tree(world.web.prefix / "sites-enabled"), world.ca.orders()
    assert before == after
    return run


def test_empty_host_reports_the_order_and_its_reason(world: World) -> None:
    run = check(world, world.role(world.deployed(), world.declaration("mail", "mail.example.com")))

    assert world.operations() == ["getOrdersByDateRange", *["validateOrderParameters"] * 2], "the account is read once"
    assert run.changed > 0
    assert "shop: there is no certificate yet (order: there is no former certificate). It costs the price" in run.output
    assert "would place a new order, which " in run.output
    assert "shop-" not in run.output, "the id follows from the key, which check mode does not keep"
    assert '+    "product": "Commercial SSL",' in run.output
    assert run.result("Report each certificate")["msg"][0].startswith("Check mode changed nothing.")
    assert not world.store.exists()


def test_pending_order_is_read_until_it_is_issued(world: World) -> None:
    play = world.role(world.deployed())
    world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"})
    (order,) = world.ca.orders()

    run = check(world, play)

    assert f"order {order['orderID']} is pending" in run.output
    assert "would be resumed" in run.result("Place orders")["reason"]["text"]
    assert world.operations() == ["getOrderState"]
    world.converged(play)
    assert check(world, play).changed == 0
    assert world.operations() == []


def test_unverified_certificate_would_be_deployed_not_ordered(world: World) -> None:
    play = world.role(world.deployed())
    world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": SERVE})

    run = check(world, play)

    assert "is not verified yet" in run.output
    assert world.operations() == []


def test_order_that_the_ca_would_refuse_fails_check_mode(world: World) -> None:
    play = world.role(world.declaration(product="999"))

    run = world.project.run(play, "--check").failed()

    assert any("999" in message and "error 10" in message for message in run.failures), run.failures
    assert world.operations() == ["getOrdersByDateRange", "validateOrderParameters"]
