# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal as an operator runs it: with and without permission, and with a CA that fails in the middle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

PLAYBOOK = REPOSITORY / "playbooks/rehearse.yml"
PURCHASES = {"quickOrder", "renewCertificate", "reissueCertificate", "orderSNICertificate"}
VARIABLES: dict[str, Any] = {
    "certum_api_environment": "test",
    "certum_contact": {**CONTACT, "phone": "+48 91 000 00 00"},
    "rehearse_domain": "example.com",
}


def run(world: World, *words: str, **variables: Any) -> Run:
    return world.project.run(PLAYBOOK, "-e", json.dumps({**VARIABLES, **variables}), *words)


def states(world: World) -> list[str]:
    return [order["state"] for order in world.ca.orders()]


def answers(result: Run) -> dict[str, str]:
    rows = result.result("Show the answers")["msg"]
    return {question: answer.strip() for question, answer in (row.split(maxsplit=1) for row in rows)}


def settled(found: dict[str, str]) -> dict[str, str]:
    """Leave out the answer that needs a check of the test order to be VERIFIED, which the CA does in its own time."""
    return {question: answer for question, answer in found.items() if question != "optional-dates"}


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    return ("--dialect=same-data=new-code", "--dialect=bad-credentials=2")


def test_rehearsal_without_permission_only_reads(world: World) -> None:
    first = run(world, rehearse_order=False).succeeded()
    assert states(world) == []
    assert not PURCHASES.intersection(world.operations())
    found = answers(first)
    assert found["bad-credentials"] == "seen: 2"
    assert found["same-data"] == "not seen: it needs a test order, and this run had no permission to order"
    assert found["code-life"].startswith("cannot be seen from outside: ")
    assert (first.changed, run(world, rehearse_order=False).succeeded().changed) == (1, 0)


@pytest.mark.command
def test_question_without_an_answer_is_no_permission(world: World) -> None:
    """Nobody can answer the prompt of a run without a terminal. Ansible warns of it."""
    result = world.project.run(PLAYBOOK, "-e", json.dumps(VARIABLES), warnings=True).succeeded()
    assert "Ask for permission to order" in result.done
    assert states(world) == []
    assert answers(result)["prefix"] == "seen: ns2"


def test_rehearsal_with_permission_cancels_its_orders(world: World, ca_keys: Path) -> None:
    predicted = run(world, "--check", rehearse_order=True).succeeded()
    assert (states(world), (world.project.path / "certum-test.dialect").exists()) == ([], False)
    assert predicted.changed == 1

    found = answers(run(world, rehearse_order=True).succeeded())
    assert states(world) == ["REJECTED", "REJECTED"]
    assert found["same-data"] == "seen: new-code"

    dest = world.project.path / "certum-test.dialect"
    assert {"same-data=new-code", "bad-credentials=2"} <= set(dest.read_text().splitlines())
    with Sandbox.start(world.project.path / "like", ca_from=ca_keys, options=[f"--dialect=@{dest}"]) as like:
        environment = {"CERTUM_API_URL": like.url, "CERTUM_API_CA_PATH": str(like.ca)}
        access = {"certum_api_username": like.user, "certum_api_password": like.password}
        words = json.dumps({**VARIABLES, **access, "rehearse_order": True})
        again = world.project.run(PLAYBOOK, "-e", words, environment=environment).succeeded()
        assert settled(answers(again)) == settled(found)


@pytest.mark.parametrize("when", ["before", "after"])
def test_lost_answer_to_an_order_leaves_no_order(world: World, when: str) -> None:
    """The order is sent once. If the CA has it nevertheless, it is cancelled."""
    world.ca.add_fault("drop", operation="quickOrder", when=when)
    result = run(world, rehearse_order=True)
    if when == "after":
        result.succeeded()
        assert states(world) == ["REJECTED", "REJECTED"]
    else:
        assert "does not know it" in result.failed().failures[-1]
        assert states(world) == ["REJECTED"]
    assert world.operations().count("quickOrder") == 2
    assert answers(result)["same-data"].startswith("not seen: the test order: ")


def test_order_that_cannot_be_cancelled_is_named(world: World) -> None:
    """Error 1136 means that the order is issued. The next rehearsal cancels what is left, if it can."""
    world.ca.add_fault("error", operation="cancelOrder", code=1136, times=3)
    failed = run(world, rehearse_order=True).failed()
    left = [order["orderID"] for order in world.ca.orders() if order["state"] != "REJECTED"]
    assert len(left) == 1
    assert left[0] in failed.failures[-1]
    assert failed.failures[-1].rstrip().endswith("Revoke its certificate with certum_revoke, if nobody uses it.")
    run(world, rehearse_order=True, rehearse_force=True).succeeded()
    assert set(states(world)) == {"REJECTED"}


@pytest.mark.parametrize("environment", ["production", ""])
def test_only_a_declared_test_system_is_used(world: World, environment: str) -> None:
    failed = run(world, certum_api_environment=environment, rehearse_order=True).failed()
    assert "Set api_environment to test" in failed.failures[-1]
    assert world.operations() == []
