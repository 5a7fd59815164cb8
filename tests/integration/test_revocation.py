# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces revoked certificates if the CA is asked; an unreachable CA changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.integration.test_modules import TASK, module

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

PLAN = "Plan certificates"


def test_revoked_certificate_is_replaced_and_deployed(world: World) -> None:
    unasked = world.role(world.deployed())
    asked = world.role(world.deployed(), certum_check_revocation=True)
    world.project.run(unasked).succeeded()
    world.is_quiet(asked)
    before, order_id = world.serves(), world.ca.orders()[0]["orderID"]
    options = {"order_id": order_id, "revoke_reason": "key_compromise", "wait_timeout": 20, "wait_sleep": 1}
    revoked = module(world, "certum_revoke", **options).succeeded().result(TASK)
    assert revoked["certificate_status"] == "REVOKED"
    world.is_quiet(unasked)

    replacement = world.project.run(asked).succeeded()

    day = revoked["revoked_date"][:10]
    assert f"shop: certificate {before} was revoked on {day} (key compromise) (order: " in replacement.output
    assert world.serves() != before
    assert len(world.ca.orders()) == 2
    world.is_quiet(asked)


def test_unreachable_ca_changes_nothing_and_is_the_reason(world: World) -> None:
    play = world.role(world.deployed(), certum_check_revocation=True)
    world.project.run(play).succeeded()
    before = world.serves()
    world.ca.stop()

    run = world.project.run(play).succeeded()

    assert run.changed == 0
    assert "1 certificate is declared: none is due, 1 could not be checked for revocation" in run.output
    assert f"shop: could not be checked for revocation: {world.ca.repository}/ocsp/ec: does not answer" in run.output
    assert run.result(PLAN)["reason"]["text"].endswith("1 could not be checked for revocation")
    assert world.serves() == before
