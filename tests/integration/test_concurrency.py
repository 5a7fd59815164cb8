# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several controllers at once, for the same hosts and with the same account."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.test_killed import wait_for_call
from ansible_collections.certops.certum.tests.integration.test_people import COMPANY
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

MINUTE = 60
PROOF = ".well-known/pki-validation/certum.txt"


def run_at_once(world: World, play: object, *words: Sequence[str]) -> list[Run]:
    """Start one controller for each element of ``words``; each message must be useful to a person."""
    playbook = world.project.write(play)
    started = [world.project.start(playbook, *each) for each in words]
    runs = [running.wait(seconds=8 * MINUTE) for running in started]
    for run in runs:
        if run.code != 0:
            assert "run again" in run.failed().output.lower(), run.failures
    return runs


def is_whole(directory: Path) -> None:
    """Check that key and chain belong together, nothing is incomplete, and nothing waits."""
    current = directory / "current"
    certificate = x509.load_pem_x509_certificate((current / "fullchain.pem").read_bytes())
    key = load_pem_private_key((current / "privkey.pem").read_bytes(), None)
    assert certificate.public_key() == key.public_key()
    assert {path.name for path in directory.iterdir()} <= {".lock", "current", "deployed.json", "verified", "versions"}
    assert list(directory.rglob("*.tmp*")) == []


@pytest.mark.parametrize("controllers", [2, 8])
def test_several_controllers_with_one_play_order_once(world: World, controllers: int) -> None:
    play = world.role(world.deployed())

    runs = run_at_once(world, play, *[()] * controllers)

    print(f"{controllers} controllers: {[run.code for run in runs]}", *(each for run in runs for each in run.failures))
    assert len(world.ca.orders()) == 1
    world.converged(play)
    (order,) = world.ca.orders()
    assert len(order["entries"]) == 1, "a later controller does not reissue it"
    is_whole(world.store / "shop")
    assert not (world.web.webroot / PROOF).exists()
    assert world.serves() == order["entries"][0]["serialNumber"]
    world.is_quiet(play)


def test_slices_that_share_one_host_order_once(world: World) -> None:
    site = "{{ 'shop' if inventory_hostname == 'web1' else 'mail' }}"
    item = world.declaration(common_name=f"{site}.example.com")
    play = world.role(item, hosts="web1:web2", certum_path=f"{world.store}/{{{{ inventory_hostname }}}}")

    run_at_once(world, play, ("--limit", "web1"), ("--limit", "web2"), ("--limit", "web2,web1"))

    assert sorted(order["customer"] for order in world.ca.orders()) == ["web1/shop", "web2/shop"]
    world.converged(play, orders=2)
    for host in ("web1", "web2"):
        is_whole(world.store / host / "shop")
    world.is_quiet(play)


class TestCancel:
    @pytest.fixture
    def sandbox_options(self) -> tuple[str, ...]:
        return ("--approve", "manual")

    def test_order_cancelled_during_a_run_is_reported_as_cancelled(self, world: World) -> None:
        item = world.declaration(product="trusted_ssl")
        play = world.role(item, certum_organization=COMPANY, certum_wait_timeout=4 * MINUTE)
        running = world.project.start(play)
        wait_for_call(world, "performSanVerification", seconds=2 * MINUTE)
        (order,) = world.ca.orders()
        validated = {"DOMAIN": "VERIFIED"}
        world.ca.wait_until(order["orderID"], lambda found: validated.items() <= found["verifications"].items())

        began = time.monotonic()
        answer = ad_hoc(world, "certum_cancel", f"order_id={order['orderID']}")
        assert '"changed": true' in answer
        assert f"order {order['orderID']} is cancelled" in answer
        run = running.wait(seconds=5 * MINUTE).failed()

        assert time.monotonic() - began < 3 * MINUTE, "it does not wait for an order that was cancelled"
        assert f"shop: order {order['orderID']} was cancelled" in run.output
        assert "certum_order_again" in run.output
        again = world.project.run(play).failed()
        assert "certum_order_again" in again.output
        assert len(world.ca.orders()) == 1, "a cancelled order is not ordered again"


def ad_hoc(world: World, module: str, *words: str) -> str:
    command: list[Any] = [Path(sys.executable).with_name("ansible"), "localhost", "-m", f"certops.certum.{module}"]
    done = subprocess.run(
        [*command, "-a", " ".join(words)],
        cwd=world.project.path,
        env={**world.project.environment, "CERTUM_TEST_RESULTS": str(world.project.path / "ad-hoc.jsonl")},
        capture_output=True,
        text=True,
        timeout=2 * MINUTE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
