# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks that cancel and revoke, with the variables that a survey of AWX sets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.test_account_modules import issue, place

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

CANCEL, REVOKE = (REPOSITORY / f"playbooks/{name}.yml" for name in ("cancel", "revoke"))


def test_cancel_playbook_cancels_once(world: World) -> None:
    place(world, "shop")
    words = ("-e", json.dumps({"cancel_order_id": "shop", "cancel_note": ""}))

    predicted = world.project.run(CANCEL, *words, "--check").succeeded()
    assert (predicted.changed, world.ca.order("shop")["state"] == "REJECTED") == (1, False)
    assert world.project.run(CANCEL, *words).succeeded().changed == 1
    assert world.ca.order("shop")["state"] == "REJECTED"
    again = world.project.run(CANCEL, *words).succeeded()
    assert again.changed == 0
    assert "shop" in again.result("Report the order")["msg"]


def test_revoke_playbook_revokes_once(world: World) -> None:
    serial_number = issue(world, "shop")
    answers = {"revoke_serial_number": serial_number, "revoke_reason": "key_compromise", "revoke_note": ""}
    words = ("-e", json.dumps(answers))

    assert world.project.run(REVOKE, *words).succeeded().changed == 1
    again = world.project.run(REVOKE, *words).succeeded()
    assert again.changed == 0
    assert "revoked" in again.result("Report the certificate")["msg"]


def test_missing_answer_names_its_variable(world: World) -> None:
    run = world.project.run(REVOKE).failed()
    assert "revoke_serial_number" in run.failures[-1]
    assert world.operations() == []
