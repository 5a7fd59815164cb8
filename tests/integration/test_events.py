# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source in a real ansible-rulebook: each change is one event, and a certificate that expires is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.rulebook import STATE, Rulebook, prints, why_not
from ansible_collections.certops.certum.tests.integration.test_account_modules import place
from ansible_collections.certops.certum.tests.integration.world import CONTACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.certops.certum.tests.integration.world import World

    Start = Callable[..., Rulebook]

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
READING = "getExpiringCertificates"


@pytest.fixture
def start(world: World) -> Iterator[Start]:
    """Yield what starts a rulebook. All rulebooks are stopped at the end of the test."""
    started: list[Rulebook] = []

    def begin(*words: Any, **variables: Any) -> Rulebook:
        started.append(Rulebook.start(world, *words, **variables))
        return started[-1]

    yield begin
    for rulebook in started:
        rulebook.stop()


def readings(world: World) -> int:
    """Return how many readings have begun since the calls were cleared."""
    return world.operations().count(READING)


class TestCertificateNearExpiry:
    @pytest.fixture
    def sandbox_options(self) -> tuple[str, ...]:
        """Return options under which certificates have been valid for 193 of 199 days."""
        return ("--clock=-P193D",)

    def test_rulebook_replaces_the_certificate_once(self, world: World, start: Start) -> None:
        (world.project.path / "inventory/host_vars").mkdir(parents=True)
        world.project.write(
            {
                "certum_path": str(world.store),
                "certum_contact": CONTACT,
                "certum_wait_sleep": 1,
                "certum_certificates": [world.declaration()],
            },
            name="inventory/host_vars/web1.yml",
        )
        world.project.run(world.role(world.declaration())).succeeded()
        before = (world.store / "shop/current").resolve()
        world.ca.advance("P193D")

        replacing = start("certops.certum.replace", name="replace", events_state_file=STATE, events_delay=1)

        replacing.wait_until(lambda: (world.store / "shop/current").resolve() != before)
        replacing.stop()
        (order,) = world.ca.orders()
        assert [entry["reissue"] for entry in order["entries"]] == [False, True]

        world.ca.clear_calls()
        again = start(prints())
        again.wait_until(lambda: readings(world) > 2)
        assert [event["event"] for event in again.events if event["event"] != "order_changed"] == []
