# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders nothing for a host that cannot use it; no reissue starts the revocation of a certificate in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World


def test_broken_configuration_blocks_only_its_own_certificates(world: World) -> None:
    (broken := world.web.prefix / "sites-enabled/broken.conf").write_text("nonsense;\n")
    play = world.role(world.deployed(), world.declaration("mail", "mail.example.com"))

    would = world.project.run(play, "--check").failed()
    did = world.project.run(play).failed()

    for run, said in ((would, "Nothing would be ordered"), (did, "Nothing was ordered.")):
        (message,) = run.failures[-1:]
        assert message.startswith(f"shop: {said}")
        assert 'unknown directive "nonsense"' in message
        assert "Repair what the check names" in message
    assert [order["customer"] for order in world.ca.orders()] == ["web1/mail"]
    broken.unlink()
    world.converged(play, orders=2)
    assert world.serves()
    world.is_quiet(play)


def test_broken_configuration_blocks_reissues_every_night(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    before = world.serves()
    (broken := world.web.prefix / "sites-enabled/broken.conf").write_text("nonsense;\n")
    play = world.role(shop, certum_replace=["shop"])
    world.ca.clear_calls()

    for _night in range(2):
        run = world.project.run(play).failed()
        assert f"Certificate {before} is valid until" in run.failures[-1]

    assert world.operations() == [], "the CA is not even asked"
    assert not (world.store / "shop/staged").exists()
    broken.unlink()
    world.project.run(play).succeeded()
    assert world.serves() != before


def test_obstacle_on_one_host_is_the_problem_of_that_host(world: World) -> None:
    lacking: list[tuple[dict[str, Any], str]] = [
        ({"owner": "nobody-has-this"}, "owner: 'nobody-has-this' is not a user of this host"),
        (
            {
                "deploy": {
                    "service": "web",
                    "check_command": ["no-such-program"],
                    "reload_command": ["true"],
                    "verify": [],
                }
            },
            "no-such-",
        ),
    ]
    items = [
        world.declaration(name, f"{name}.example.com", **changes)
        for name, (changes, _said) in zip(("wiki", "chat"), lacking, strict=True)
    ]

    run = world.project.run(world.role(*items, world.declaration())).failed()

    for _changes, said in lacking:
        assert said in run.failures[-1]
    assert [order["customer"] for order in world.ca.orders()] == ["web1/shop"]
