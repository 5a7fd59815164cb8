# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stored CSR is used for the next renewal, run by a scheduler."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.test_modules import TASK
from ansible_collections.certops.certum.tests.integration.test_role import leaf
from cryptography import x509

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    """Return options under which first certificates have been valid for 178 of 199 days."""
    return ("--clock=-P178D",)


def declare_in_the_inventory(world: World, *certificates: dict[str, Any], **variables: str) -> None:
    (play,) = world.role(*certificates)
    (world.project.path / "group_vars").mkdir(exist_ok=True)
    world.project.write({**play["vars"], **variables}, name="group_vars/web.yml")


def nightly(world: World, *words: str) -> Run:
    """Run the nightly job of the documentation."""
    return world.project.run(Path("certops.certum.renew"), "-e", "certum_hosts=web", *words)


def store(world: World, *words: str, **options: Any) -> Run:
    request = {"name": "shop", "path": str(world.store), "csr_path": str(world.project.path / "next.csr"), **options}
    task = {"name": TASK, "certops.certum.certum_stage_request": request}
    return world.project.run(world.tasks(task, hosts="web1"), *words)


def test_stored_csr_is_ordered_by_the_scheduler_when_due(world: World) -> None:
    declare_in_the_inventory(world, world.declaration(remaining_days=20))
    nightly(world, "-e", "certum_purchase=allow").succeeded()
    first = leaf(world.store / "shop/current/cert.pem")
    csr = write_request(world.project.path / "next.csr", "shop.example.com")

    checked = store(world, "--check", "--diff").succeeded()
    stored = store(world, names=["shop.example.com"]).succeeded()
    again = store(world, names=["shop.example.com"]).succeeded()
    assert (checked.changed, stored.changed, again.changed) == (1, 1, 0)
    assert "the request waits for the next order" in checked.result(TASK)["reason"]["text"]
    assert nightly(world).succeeded().changed == 0
    assert leaf(world.store / "shop/current/cert.pem") == first

    world.ca.advance("P178D")
    declare_in_the_inventory(world, world.declaration())
    nightly(world).succeeded()

    second = leaf(world.store / "shop/current/cert.pem")
    assert second != first
    assert second.public_key() == x509.load_pem_x509_csr(csr.read_bytes()).public_key()
    assert not (world.store / "shop/current/privkey.pem").exists()
    assert [len(order["entries"]) for order in world.ca.orders()] == [2], "reissued, and not ordered"
    world.ca.clear_calls()
    assert nightly(world).succeeded().changed == 0
    assert world.operations() == []
    assert "error 1032" in store(world).failed().failures[0]


def test_scheduler_places_first_orders_only_if_allowed(world: World) -> None:
    declare_in_the_inventory(world, world.declaration(remaining_days=20))

    (failure,) = nightly(world).failed().failures
    assert "costs the price of product 601 (Commercial SSL), but certum_purchase is renew_only" in failure
    assert "run again with -e certum_purchase=allow" in failure
    assert world.ca.orders() == []

    declare_in_the_inventory(world, world.declaration(remaining_days=20), certum_purchase="allow")
    nightly(world).succeeded()
    assert len(world.ca.orders()) == 1
    assert nightly(world).succeeded().changed == 0


def test_scheduler_is_informed_that_a_person_has_to_act(world: World) -> None:
    declare_in_the_inventory(world, world.declaration(product="999"))

    assert nightly(world).failed().failures[-1].startswith("shop: ")
