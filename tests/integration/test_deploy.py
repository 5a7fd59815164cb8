# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server always has a good certificate, however its configuration breaks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.integration.web_server import watching
from ansible_collections.certops.certum.tests.support.ports import ReservedPort

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World


SERVE = "Deploy certificates and verify them, or roll back"


def enabled_site(declaration: dict[str, Any]) -> Path:
    return Path(declaration["deploy"]["enable_site"]["dest"])


def breaks_after_the_order(world: World, declaration: dict[str, Any]) -> tuple[dict[str, Any], Path]:
    """Return a configuration that loads before the order and breaks before the deployment, and what breaks it."""
    broken = world.web.prefix / "sites-enabled/broken.conf"
    script = f'"$@"; code=$?; echo "nonsense;" > {broken}; exit $code'
    check = ["/bin/sh", "-c", script, "check", *declaration["deploy"]["check_command"]]
    return {**declaration, "deploy": {**declaration["deploy"], "check_command": check}}, broken


def deploys_without_an_order(world: World, play: object) -> None:
    world.ca.clear_calls()
    world.project.run(play).succeeded()
    assert world.operations() == []
    world.is_quiet(play)


def test_broken_configuration_rolls_back(world: World) -> None:
    world.project.run(world.role(world.deployed())).succeeded()
    before = world.serves()
    breaking, broken = breaks_after_the_order(world, world.deployed(www=True))
    play = world.role(world.deployed(www=True))

    with watching(world.web.https_port, server_name="shop.example.com", root=world.ca.root) as watch:
        run = world.project.run(world.role(breaking)).failed()

    assert watch.errors == []
    assert watch.handshakes > 0
    assert watch.serial_numbers == {before}
    message = "\n".join(run.failures)
    assert "Check the configuration" in message
    assert 'unknown directive "nonsense"' in message, "nginx's message"
    assert f"to {before}" in message
    assert len(world.ca.orders()) == 2
    broken.unlink()
    deploys_without_an_order(world, play)
    assert world.serves() != before


def test_certificate_on_disk_is_deployed_though_orders_fail(world: World) -> None:
    """The certificate was rolled back for a broken configuration, now repaired; the password was changed since."""
    shop, blog = world.deployed(), world.deployed("blog", "blog.example.com")
    world.converged(world.role(shop))
    breaking, broken = breaks_after_the_order(world, shop)
    reissued = world.project.run(world.role(breaking, certum_replace=["shop"])).failed()
    assert f"so the former certificate {world.serves()} is valid until" in "\n".join(reissued.failures)
    broken.unlink()
    before = world.serves()
    outdated = {"CERTUM_API_PASSWORD": "not-the-password"}

    run = world.project.run(world.role(shop, blog), environment=outdated).failed()

    assert "user name or password" in run.failures[-1]
    assert world.serves() != before
    world.converged(world.role(shop, blog), orders=2)


def test_first_site_that_does_not_load_is_disabled_again(world: World) -> None:
    declaration = world.deployed()
    breaking, broken = breaks_after_the_order(world, declaration)

    run = world.project.run(world.role(breaking)).failed()

    assert 'unknown directive "nonsense"' in "\n".join(run.failures)
    assert not enabled_site(declaration).is_symlink()
    broken.unlink()
    deploys_without_an_order(world, world.role(declaration))
    assert world.serves()


def test_unverified_certificate_rolls_back(world: World) -> None:
    world.project.run(world.role(world.deployed())).succeeded()
    before = world.serves()
    declaration = world.deployed(www=True)
    closed = ReservedPort()
    silent = {**declaration, "deploy": {**declaration["deploy"], "verify": [closed.address]}}

    run = world.project.run(world.role(silent, certum_deploy_verify_timeout=1)).failed()

    assert f"{closed.address} does not answer a TLS handshake" in "\n".join(run.failures)
    assert world.serves() == before
    deploys_without_an_order(world, world.role(declaration))
    assert world.serves() != before


def test_run_killed_before_reload_is_deployed_by_next_run(world: World) -> None:
    declaration = world.deployed()

    killed = world.project.run(world.role(killed_at_the_reload(declaration)))

    assert killed.code == 2, killed.output
    assert enabled_site(declaration).is_symlink()
    assert not (world.store / "shop/verified").is_symlink()
    deploys_without_an_order(world, world.role(declaration))
    assert world.serves()


def killed_at_the_reload(declaration: dict[str, Any]) -> dict[str, Any]:
    """Return a service whose reload kills the module."""
    suicide = ["/bin/sh", "-c", "kill -9 $PPID"]
    return {**declaration, "deploy": {**declaration["deploy"], "reload_command": suicide}}


def test_stopped_nginx_is_named_and_nothing_is_lost(world: World) -> None:
    declaration = world.deployed()
    world.project.run(world.role(declaration), environment={"CERTUM_TEST_DIE_BEFORE": SERVE})
    world.web.stop()

    down = world.project.run(world.role(declaration)).failed()

    assert "Reload" in "\n".join(down.failures)
    assert "nginx.pid" in "\n".join(down.failures), "nginx's message"
    world.web.start()
    deploys_without_an_order(world, world.role(declaration))
    assert world.serves()


def test_verified_site_stays_enabled_when_another_rolls_back(world: World) -> None:
    shop, mail = world.deployed(), world.deployed("mail", "mail.example.com")
    obstacle = world.store / "mail/verified"
    obstacle.mkdir(parents=True)

    world.project.run(world.role(shop, mail)).failed()

    assert world.serves("shop.example.com")
    assert enabled_site(shop).is_symlink()
    assert not enabled_site(mail).is_symlink()
    obstacle.rmdir()
    deploys_without_an_order(world, world.role(shop, mail))
    assert world.serves("mail.example.com")


def test_certificate_without_deploy_is_only_installed(world: World) -> None:
    play = world.role(world.declaration())
    world.project.run(play).succeeded()
    assert (world.store / "shop/current/fullchain.pem").is_file()
    world.is_quiet(play)


def test_stopped_service_is_verified_once_it_runs(world: World) -> None:
    """The HTTP server for validation runs; the service that uses the certificate does not yet."""
    switch = world.project.path / "runs"
    declaration = world.deployed()
    declaration["deploy"]["status_command"] = ["test", "-e", str(switch)]
    play = world.role(declaration)
    stopped = "nginx is stopped (its status_command: exit code 1): the certificate"

    first = world.project.run(play).succeeded()

    assert f"{stopped} is installed and not yet verified" in first.output
    assert (world.store / "shop/current/fullchain.pem").is_file()
    world.is_quiet(play)
    would = world.project.run(play, "--check").succeeded()
    assert f"{stopped} would be installed and not be verified" in would.output
    assert would.changed == 0
    assert not enabled_site(declaration).is_symlink()
    assert not (world.store / "shop/verified").is_symlink()
    switch.touch()
    deploys_without_an_order(world, play)
    assert world.serves()


def test_mode_and_owner_of_keys_are_repaired(world: World) -> None:
    item = world.deployed(formats=["haproxy"], mode="0640")
    world.project.run(world.role(item)).succeeded()
    before, orders = world.serves(), world.ca.orders()
    files = [world.store / "shop/current" / name for name in ("privkey.pem", "haproxy.pem")]
    files[0].chmod(0o644)
    play = world.role({**item, "owner": "4711"} if os.geteuid() == 0 else item)
    world.ca.clear_calls()

    would = world.project.run(play, "--check", "--diff").succeeded()
    with watching(world.web.https_port, server_name="shop.example.com", root=world.ca.root) as watch:
        did = world.project.run(play, "--diff").succeeded()

    for run in (would, did):
        assert f"shop: mode or owner not as declared: {before}/privkey.pem (mode 0644, declared 0640" in run.output
        assert f'-    "{before}/privkey.pem": "mode 0644, uid {os.geteuid()}' in run.output
        assert f'+    "{before}/privkey.pem": "mode 0640, uid ' in run.output
    assert would.changed > 0
    assert {path.stat().st_mode & 0o777 for path in files} == {0o640}
    assert len({path.stat().st_uid for path in files}) == 1
    assert watch.errors == []
    assert world.serves() == before
    assert world.operations() == []
    assert world.ca.orders() == orders
    world.is_quiet(play)
