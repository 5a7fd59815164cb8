# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes absent certificates out of service, then off the disk, and revokes them only on request. No server breaks."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.project import tree
from ansible_collections.certops.certum.tests.integration.test_account_modules import READS
from ansible_collections.certops.certum.tests.integration.test_deploy import killed_at_the_reload

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

SECONDS = 10
REMOVE = "Remove certificates from disk"


def absent(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the part of a declaration that removes its certificate."""
    needed = ("name", "deploy", *(("common_name",) if "revoke_reason" in more else ()))
    return {key: item[key] for key in needed if key in item} | {"state": "absent", **more}


def by_hand(world: World, name: str = "shop") -> dict[str, Any]:
    """Return a declaration whose site is a regular file, which names the certificate as long as that exists."""
    item = world.deployed(name, f"{name}.example.com")
    site = item["deploy"].pop("enable_site")
    own = Path(site["dest"])
    own.with_name("own.conf").write_text(Path(site["src"]).read_text())
    return item


def statuses(world: World) -> list[str]:
    return [entry["status"] for order in world.ca.orders() for entry in order["entries"]]


def stops_serving(world: World, common_name: str) -> None:
    """Return whether the site stops; a reload takes a moment."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            world.serves(common_name)
        except OSError:
            return
        assert time.monotonic() < deadline, f"{common_name} is still served"
        time.sleep(0.05)


def test_absent_site_is_removed_and_nothing_is_revoked(world: World) -> None:
    shop, mail = world.deployed(), world.deployed("mail", "mail.example.com")
    world.project.run(world.role(shop, mail)).succeeded()
    kept = world.serves("mail.example.com")
    world.ca.clear_calls()
    play = world.role(absent(shop), mail)

    run = world.project.run(play).succeeded()

    assert "shop: it is declared absent, and certificate" in run.output
    stops_serving(world, "shop.example.com")
    assert world.serves("mail.example.com") == kept
    assert not (world.store / "shop").exists()
    assert not Path(shop["deploy"]["enable_site"]["dest"]).is_symlink()
    assert Path(shop["deploy"]["enable_site"]["src"]).exists(), "the configuration belongs to the user"
    assert world.operations() == []
    assert statuses(world) == ["VALID", "VALID"]
    world.is_quiet(play)


def test_absent_and_new_certificates_work_in_one_run(world: World) -> None:
    shop, mail = world.deployed(), world.deployed("mail", "mail.example.com")
    world.project.run(world.role(shop)).succeeded()

    world.project.run(world.role(absent(shop), mail)).succeeded()

    stops_serving(world, "shop.example.com")
    assert world.serves("mail.example.com")
    assert not (world.store / "shop").exists()


def test_redeclared_unrevoked_certificate_is_reissued(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    world.project.run(world.role(absent(shop))).succeeded()

    world.project.run(world.role(shop)).succeeded()

    assert [len(order["entries"]) for order in world.ca.orders()] == [2]
    assert world.serves()


def test_redeclared_revoked_certificate_is_ordered_again(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    (order,) = world.ca.orders()
    play = world.role(absent(shop, revoke_reason="cessation_of_operation"))

    run = world.project.run(play).succeeded()

    assert re.search(r"shop: .* removed; certificate .* (is being|was) revoked", run.output)
    world.ca.wait_until(order["orderID"], lambda order: order["entries"][0]["status"] == "REVOKED")
    assert not (world.store / "shop").exists()
    world.is_quiet(play)
    world.project.run(world.role(shop)).succeeded()
    assert world.serves()


@pytest.mark.parametrize("more", [{}, {"revoke_reason": "superseded"}], ids=["kept at the CA", "revoked"])
def test_check_mode_reports_the_same_and_changes_nothing(world: World, more: dict[str, Any]) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    world.ca.clear_calls()
    before = tree(world.store), tree(world.web.prefix / "sites-enabled"), statuses(world)
    play = world.role(absent(shop, **more))

    run = world.project.run(play, "--check", "--diff").succeeded()

    assert (tree(world.store), tree(world.web.prefix / "sites-enabled"), statuses(world)) == before
    assert set(world.operations()) <= READS
    assert bool(world.operations()) is bool(more)
    assert run.result(REMOVE)["changed"]
    assert world.serves()
    assert world.project.run(play, "--check").succeeded().changed == run.changed
    world.project.run(play).succeeded()
    assert world.project.run(play, "--check").succeeded().changed == 0


def test_configuration_that_still_names_the_files_keeps_them(world: World) -> None:
    shop, mail = by_hand(world), world.deployed("mail", "mail.example.com")
    first = {key: shop[key] for key in shop if key != "deploy"}
    off = world.web.prefix / "sites-enabled/own.conf"
    text = off.read_text()
    off.unlink()
    world.project.run(world.role(first, mail)).succeeded()
    off.write_text(text)
    world.project.run(world.role(shop, mail)).succeeded()
    verified, before = world.serves(), tree(world.store / "shop")
    play = world.role(absent(shop, revoke_reason="superseded"), absent(mail))

    run = world.project.run(play).failed()

    message = run.failures[-1]
    assert f"shop: The certificate was not taken out of service: {world.store}/shop/current: without it" in message
    assert f'cannot load certificate "{world.store}/shop/current/fullchain.pem"' in message, "nginx's message"
    assert "Remove these files from the configuration of the service" in message
    assert {**tree(world.store / "shop"), ".lock": ""} == {**before, ".lock": ""}
    assert statuses(world) == ["VALID", "VALID"]
    assert world.serves() == verified
    assert not (world.store / "mail").exists(), "the other is removed"
    off.unlink()
    world.project.run(play).succeeded()
    stops_serving(world, "shop.example.com")
    assert not (world.store / "shop").exists()


def test_deployed_certificate_is_not_removed_without_its_service(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    before = tree(world.store)

    run = world.project.run(
        world.role(
            {"name": "shop", "common_name": "shop.example.com", "state": "absent", "revoke_reason": "superseded"}
        )
    ).failed()

    assert "nginx was verified with this certificate and may use its files" in run.failures[-1]
    assert "Add to deploy of the absent declaration: - {service: nginx, enable_site: {src: " in run.failures[-1]
    assert tree(world.store) == before
    assert statuses(world) == ["VALID"]


class TestPendingOrder:
    def test_pending_order_keeps_its_key_until_it_is_cancelled(self, world: World) -> None:
        item = world.declaration()
        world.project.run(
            world.role(item), environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"}
        )
        (order,) = world.ca.orders()
        before = tree(world.store / "shop/staged")
        play = world.role(absent(item))

        run = world.project.run(play).failed()

        words = f"shop: order {order['orderID']} is pending, so its key stays in {world.store}/shop/staged"
        assert words in run.failures[-1]
        assert "certum_cancel" in run.failures[-1]
        assert tree(world.store / "shop/staged") == before
        world.ca.reject(order["orderID"])
        assert world.project.run(play, "--check").succeeded().changed > 0
        world.project.run(play).succeeded()
        assert not (world.store / "shop").exists()
        world.is_quiet(play)

    def test_key_of_an_order_that_never_arrived_is_removed_later(self, world: World) -> None:
        """A run that died before it sent the order leaves the same files as one whose request got lost."""
        world.project.run(world.role(world.declaration()), environment={"CERTUM_TEST_DIE_BEFORE": "Place orders"})
        play = world.role(absent(world.declaration()))

        run = world.project.run(play).failed()

        (failure,) = run.failures
        assert "may have been sent, and the account does not have it (error 1033)" in failure
        assert "Run again after " in failure
        record = world.store / "shop/staged/order.json"
        record.write_text(json.dumps({**json.loads(record.read_text()), "created": "2026-01-01T00:00:00Z"}))
        world.project.run(play).succeeded()
        assert not (world.store / "shop").exists()

    def test_pending_order_of_an_absent_one_is_reported_and_kept(self, world: World) -> None:
        shop, wider = world.deployed(), world.deployed(www=True)
        world.project.run(world.role(shop)).succeeded()
        world.project.run(
            world.role(wider), environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"}
        )
        play = world.role(absent(shop))

        first = world.project.run(play).failed()
        again = world.project.run(play).failed()

        stops_serving(world, "shop.example.com")
        assert [path.name for path in sorted((world.store / "shop").iterdir())] == [".lock", "staged"]
        assert first.failures[-1] == again.failures[-1]
        assert again.changed == 0
        world.converged(world.role(wider), orders=2)
        assert world.serves("www.shop.example.com")


@pytest.mark.parametrize("task", ["Revoke certificates that are out of service", REMOVE])
def test_removal_killed_before_a_task_is_finished_by_next_run(world: World, task: str) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    play = world.role(absent(shop, revoke_reason="superseded"))

    killed = world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": task})

    assert killed.code == -9, killed.output
    world.project.run(play).succeeded()
    stops_serving(world, "shop.example.com")
    assert not (world.store / "shop").exists()
    assert statuses(world)[0] in {"REVOKING", "REVOKED"}
    world.is_quiet(play)


def test_removal_killed_before_reload_is_finished_by_next_run(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()

    killed = world.project.run(world.role(absent(killed_at_the_reload(shop))))

    assert killed.code == 2, killed.output
    assert world.serves(), "nginx was not reloaded yet"
    assert list((world.store / "shop/versions").iterdir()), "so its files stay"
    world.project.run(world.role(absent(shop))).succeeded()
    stops_serving(world, "shop.example.com")
    assert not (world.store / "shop").exists()


def test_removal_killed_and_redeclared_is_deployed_again(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    verified = world.serves()
    killed = world.project.run(world.role(absent(killed_at_the_reload(shop))))
    assert killed.code == 2, killed.output
    assert not (world.store / "shop/current").is_symlink()

    world.converged(world.role(shop))

    assert world.serves() == verified
    world.is_quiet(world.role(shop))


def test_failed_revocation_is_reported_and_keeps_the_files(world: World) -> None:
    shop = world.deployed()
    world.project.run(world.role(shop)).succeeded()
    play = world.role(absent(shop, revoke_reason="superseded"))

    run = world.project.run(play, environment={"CERTUM_API_PASSWORD": "not-the-password"}).failed()

    assert "password" in run.failures[-1]
    assert list((world.store / "shop/versions").iterdir())
    world.project.run(play).succeeded()
    assert not (world.store / "shop").exists()


def test_present_and_absent_at_once_is_refused(world: World) -> None:
    item = world.declaration()
    run = world.project.run(world.role(item, absent(item))).failed()
    assert "shop: declared 2 times" in run.failures[0]
