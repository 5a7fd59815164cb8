# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source in a real ansible-rulebook: each change is one event, and a certificate that expires is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.rulebook import STATE, Rulebook, prints, why_not
from ansible_collections.certops.certum.tests.integration.test_account_modules import place
from ansible_collections.certops.certum.tests.integration.test_examples import FENCED_YAML
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


def test_each_change_is_one_event_even_if_the_ca_is_away(world: World, start: Start) -> None:
    place(world, "shop")
    place(world, "wiki")
    source = start(prints())
    source.wait_until(lambda: readings(world) > 2)
    assert source.events == []

    world.ca.decide("shop", "DOMAIN", "FAILED")
    source.wait_until(lambda: source.events)
    world.ca.stop()
    source.wait_until(lambda: "There are no events until" in source.output)
    world.ca = world.ca.restart()
    try:
        world.ca.reject("wiki")
        world.ca.decide("shop", "DOMAIN")
        source.wait_until(lambda: ("order_changed", "issued", "shop") in map(facts, source.events))
        seen = readings(world)
        source.wait_until(lambda: readings(world) > seen + 1)
    finally:
        world.ca.stop()

    failed, *later = [facts(event) for event in source.events]
    assert failed == ("validation_failed", "domain_not_validated", "shop")
    assert ("order_changed", "rejected", "wiki") in later
    assert later[-1] == ("order_changed", "issued", "shop")
    assert len(set(later)) == len(later)
    assert (
        source.output.count("There are no events until") == source.output.count("The account can be read again.") == 1
    )


def facts(event: dict[str, Any]) -> tuple[str, str, str]:
    return event["event"], event["code"], event["order_id"]


def test_wrong_password_reaches_the_ca_once(world: World, start: Start) -> None:
    world.project.environment["CERTUM_API_PASSWORD"] = "canary-wrong"
    page = (REPOSITORY / "docs/events.md").read_text()
    documented = next(text for text in FENCED_YAML.findall(page) if "sources:" in text)
    stopped = start(yaml.safe_load(documented))
    assert stopped.ended() == 1
    assert "the CA does not accept the user name or password" in stopped.output
    assert world.operations() == [READING]
    assert "canary" not in stopped.output
