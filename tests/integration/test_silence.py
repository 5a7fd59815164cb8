# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run without a word means that all is well: what else there is, the role says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

PLAN = "Plan certificates"


def words(run: Run) -> str:
    """The output as one line: Ansible breaks the lines of warnings."""
    return " ".join(run.output.split())


def codes(run: Run) -> list[str]:
    return [finding["reason"]["code"] for finding in run.result(PLAN)["findings"]]


def test_a_host_without_a_declaration_is_a_warning(world: World) -> None:
    run = world.project.run(world.role(), warnings=True).succeeded()
    assert "Nothing is declared for host web1: certum_certificates is empty" in words(run)
    assert world.operations() == []


def test_a_certificate_that_nothing_declares_is_a_warning_and_stays(world: World) -> None:
    shop, old = world.declaration(), world.declaration("old", "old.example.com")
    world.project.run(world.role(shop, old)).succeeded()
    (world.store / "former").symlink_to("shop")
    quiet = world.project.run(world.role(shop, old)).succeeded()

    run = world.project.run(world.role(shop), warnings=True).succeeded()

    assert f"Host web1: old: {world.store}/old has a certificate that expires on " in words(run)
    assert codes(run) == ["not_declared"]
    assert (run.tasks, run.changed) == (quiet.tasks, 0), "the same tasks as in a quiet run"
    assert (world.store / "old/current/cert.pem").is_file()
    world.is_quiet(world.role(shop, certum_declared_elsewhere=["old"]))
    removed = world.role(shop, {"name": "old", "state": "absent"})
    assert world.project.run(removed).succeeded().changed > 0
    world.is_quiet(world.role(shop))


def test_what_an_earlier_call_of_the_role_declares_is_known(world: World) -> None:
    """In one play or in several; a later call is told by certum_declared_elsewhere."""
    (shop,) = world.role(world.declaration(), certum_declared_elsewhere=["old"])
    (old,) = world.role(world.declaration("old", "old.example.com"))
    for _round in range(2):
        world.project.run([shop, old]).succeeded()
    run = world.project.run([old, shop], warnings=True).succeeded()
    assert "Host web1: shop: " in words(run)
    assert "Host web1: old: " not in words(run)


@pytest.mark.parametrize("play", [{}, {"serial": 1}, {"strategy": "free"}], ids=["linear", "serial", "free"])
def test_a_name_that_no_host_declares_is_an_error(world: World, play: dict[str, Any]) -> None:
    """The declarations of each host come from the role's variables, which hostvars do not have."""
    declared = "{{ [shop if inventory_hostname == 'web1' else mail] }}"
    store = f"{world.store}/{{{{ inventory_hostname }}}}"
    items = {"shop": world.declaration(), "mail": world.declaration("mail", "mail.example.com")}
    (role,) = world.role(hosts="web1,web2", certum_path=store, certum_certificates=declared, **items)
    world.project.run([role]).succeeded()
    (order,) = [each for each in world.ca.orders() if each["customer"] == "web1/shop"]

    run = world.project.run([{**role, **play}], "-e", '{"certum_replace": ["shp"]}').failed()

    failures = [failure for failure in run.failures if "certum_replace" in failure]
    assert len(failures) == 1 or play.get("strategy"), "one host tells it for all"
    assert "certum_replace names shp, and no host of this play declares" in failures[0]
    assert "Declared are: mail, shop. The nearest name is shop." in failures[0]
    world.project.run([{**role, **play}], "-e", '{"certum_replace": ["shop"]}').succeeded()
    after = {each["orderID"]: len(each["entries"]) for each in world.ca.orders()}
    assert after[order["orderID"]] == 2, "the host that declares it has replaced it"
    assert sum(after.values()) == 3


def test_a_deployment_that_nothing_verifies_is_a_warning(world: World) -> None:
    item = world.deployed()
    del item["deploy"]["probe"]
    for _round in range(2):
        run = world.project.run(world.role(item), warnings=True).succeeded()
        assert "Host web1: shop: no handshake verifies that " in words(run)
        assert codes(run) == ["not_verified"]
    world.is_quiet(world.role({**item, "deploy": {**item["deploy"], "probe": []}}))


def test_a_directory_that_others_cannot_enter_is_reported_and_repaired(world: World) -> None:
    play = world.role(world.deployed())
    world.project.run(play).succeeded()
    for path in (world.store, world.store / "shop", world.store / "shop/versions"):
        path.chmod(0o700)

    run = world.project.run(play).succeeded()

    assert run.changed > 0
    assert "mode or owner of directories not right: " in words(run)
    assert "shop/versions (mode 0700, expected 0755)" in words(run)
    assert {path.stat().st_mode & 0o777 for path in (world.store, *world.store.glob("shop/versions"))} == {0o755}
    world.is_quiet(play)
