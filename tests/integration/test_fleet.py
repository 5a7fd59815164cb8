# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many hosts in one play: healthy, broken, unreachable and hostile ones, with the strategies and limits of Ansible."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY, VARIABLES
from ansible_collections.certops.certum.tests.support.mail_server import mail_server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


def inventory(world: World, hosts: Mapping[str, Mapping[str, Any]]) -> None:
    found = {"all": {"hosts": {"localhost": LOCAL, **{name: {**LOCAL, **own} for name, own in hosts.items()}}}}
    (world.project.path / "inventory.yml").write_text(yaml.safe_dump(found))


def fleet(world: World, *names: str, **keywords: Any) -> list[dict[str, Any]]:
    """Return a play with a certificate for each host; all share the web root of the world."""
    item = world.declaration(common_name="{{ inventory_hostname }}.example.com")
    path = f"{world.store}/{{{{ inventory_hostname }}}}"
    (play,) = world.role(item, hosts=",".join(names), certum_path=path)
    return [{**play, **keywords}]


def own_web_root(world: World, name: str) -> dict[str, Any]:
    """Return variables of a host with a web root that the CA cannot reach: its validation fails."""
    root = world.project.path / f"web-{name}"
    root.mkdir()
    item = world.declaration(common_name=f"{name}.example.com")
    return {"certum_certificates": [{**item, "validation": {"method": "file", "webroot": str(root)}}]}


def ssh_that(world: World, script: str) -> dict[str, Any]:
    """Return variables of a host behind a program that replaces ssh."""
    path = world.project.path / "ssh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"ansible_connection": "ssh", "ansible_host": "192.0.2.77", "ansible_ssh_executable": str(path)}


def issued(world: World) -> set[str]:
    return {order["customer"].partition("/")[0] for order in world.ca.orders() if order["state"] == "ENROLLED"}


def failed_hosts(run: Run) -> set[str]:
    return {host for host, counts in run.recap.items() if counts["failures"] or counts["unreachable"]}


@pytest.mark.parametrize("keywords", [{}, {"any_errors_fatal": True}, {"max_fail_percentage": 0}], ids=str)
def test_broken_hosts_do_not_block_healthy_ones(world: World, keywords: dict[str, Any]) -> None:
    inventory(
        world,
        {
            "first": {"certum_certificates": [world.declaration(common_name="not a name")]},
            "good": {},
            "misspelt": {"certum_certificate": []},
            "nowhere": {"certum_path": "/proc/nowhere"},
            "last": {},
        },
    )
    play = fleet(world, "first", "good", "misspelt", "nowhere", "last", **keywords)
    for name in ("certum_certificates", "certum_path"):
        value = play[0]["vars"].pop(name)
        variables = yaml.safe_load((world.project.path / VARIABLES).read_text())
        (world.project.path / VARIABLES).write_text(yaml.safe_dump({**variables, name: value}))

    run = world.project.run(play).failed()

    assert issued(world) == {"good", "last"}
    assert failed_hosts(run) == {"first", "misspelt", "nowhere"}
    words = " ".join(run.failures)
    for expected in ("not a name", "The nearest name is certum_certificates", "/proc/nowhere"):
        assert expected in words
    assert "undefined" not in run.output


@pytest.mark.command
def test_unreachable_host_leaves_the_batch(world: World) -> None:
    inventory(world, {"gone": ssh_that(world, "exit 255"), "good": {}})

    run = world.project.run(fleet(world, "gone", "good"))

    assert run.code == 4, run.output
    assert issued(world) == {"good"}
    assert failed_hosts(run) == {"gone"}


@pytest.mark.parametrize("keywords", [{"strategy": "free"}, {"strategy": "host_pinned"}, {"serial": 2}], ids=str)
def test_hosts_that_share_a_web_root_are_all_deployed(world: World, keywords: dict[str, Any]) -> None:
    names = ("web1", "web2", "web3")
    inventory(world, {name: {} for name in names})
    play = fleet(world, *names, **keywords)
    play[0]["vars"]["certum_wait_timeout"] = 120

    world.project.run(play).succeeded()

    assert issued(world) == set(names)
    assert world.operations().count("quickOrder") == 3
    world.is_quiet(play)


def test_one_batch_asks_the_ca_once_for_all_hosts(world: World) -> None:
    names = tuple(f"web{number}" for number in range(6))
    inventory(world, {name: {} for name in names})

    world.project.run(fleet(world, *names), "--limit", "web0,web1,web2,web3").succeeded()

    assert issued(world) == set(names[:4])
    operations = world.operations()
    assert operations.count("getOrdersByDateRange") == 1
    assert operations.count("quickOrder") == 4
    world.is_quiet(fleet(world, *names[:4]))


@pytest.mark.parametrize("keywords", [{}, {"serial": 1}, {"strategy": "free"}], ids=str)
def test_wrong_password_is_sent_once_for_all_hosts(world: World, keywords: dict[str, Any]) -> None:
    """In one batch, in several, and in one for each host; a batch that fails as a whole would be the last."""
    names = tuple(f"web{number}" for number in range(4))
    inventory(world, {name: {} for name in names})
    wrong = {"CERTUM_API_PASSWORD": "wrong"}
    play = fleet(world, *names, **keywords)

    world.project.run(play, "-e", '{"certum_fail_on": ["expired"]}', environment=wrong).succeeded()
    assert len(world.operations()) == 1

    if not keywords:
        assert failed_hosts(world.project.run(play, environment=wrong).failed()) == set(names)


def test_wrong_password_is_sent_once_by_modules_and_the_role(world: World) -> None:
    """Each module of each host, and each element of a loop, has a process of its own; a right password still works."""
    names = ("web1", "web2", "web3")
    inventory(world, {name: {} for name in names})
    (role,) = fleet(world, *names, ignore_errors=True)
    look = {
        "name": "Look for orders",
        "certops.certum.certum_order_info": {"order_id": "{{ item }}"},
        "loop": ["shop-1", "shop-2"],
        "ignore_errors": True,
    }
    right = {"name": "Look again", "certops.certum.certum_product_info": {"api_password": "{{ right }}"}}
    tasks = world.tasks(look, right, hosts=",".join(names), right="{{ lookup('ansible.builtin.env', 'RIGHT') }}")

    run = world.project.run(
        [*tasks, role], environment={"CERTUM_API_PASSWORD": "wrong", "RIGHT": world.project.secrets[0]}
    )

    refused = [call for call in world.ca.calls() if call["operation"] != "getProductList"]
    assert [call["operation"] for call in refused] == ["getOrderState"]
    assert len(world.operations()) == 1 + len(names)
    assert run.output.count("earlier in this run, so they were not sent again") >= len(names)


@pytest.mark.command
def test_localhost_of_the_inventory_gets_no_credentials(world: World, password: str) -> None:
    """Neither the inventory's variables of localhost nor become of all hosts redirect the tasks of the controller."""
    log = world.project.path / "ssh.log"
    elsewhere = ssh_that(world, f'echo "$@" >> {log}; cat >> {log}; exit 255')
    inventory(world, {"web1": {}})
    content = yaml.safe_load((world.project.path / "inventory.yml").read_text())
    content["all"]["hosts"]["localhost"] = {**elsewhere, "ansible_port": 2222, "ansible_remote_tmp": "/nowhere"}
    (world.project.path / "inventory.yml").write_text(yaml.safe_dump(content))
    variables = yaml.safe_load((world.project.path / VARIABLES).read_text())
    become = {"ansible_become": True, "ansible_become_user": "nobody", "ansible_become_exe": "/nowhere/sudo"}
    with mail_server() as server:
        mail = {"to": ["a@example.com"], "from": "b@example.com", "host": "127.0.0.1", "port": server.port}
        own = {"certum_api_username": "partner", "certum_api_password": password, "certum_mail": mail}
        (world.project.path / VARIABLES).write_text(yaml.safe_dump({**variables, **become, **own}))
        play = fleet(world, "web1")
        play[0]["vars"]["ansible_become"] = False  # the host itself is this machine
        del world.project.environment["CERTUM_API_PASSWORD"]

        world.project.run(play).succeeded()

        assert len(server.mails) == 1
    assert issued(world) == {"web1"}
    declarations = world.project.path / "declarations.yml"
    world.project.run(REPOSITORY / "playbooks/adopt.yml", "-e", f"adopt_dest={declarations}").succeeded()
    assert "web1.example.com" in declarations.read_text()
    assert not log.exists()


def test_password_in_a_vault_is_read(world: World, password: str, tmp_path: Path) -> None:
    secret = tmp_path / "vault-password"
    secret.write_text("open sesame")
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(b"open sesame"))])
    text = vault.encrypt(password.encode()).decode().replace("\n", "\n  ")
    variables = (world.project.path / VARIABLES).read_text()
    (world.project.path / VARIABLES).write_text(f"{variables}\ncertum_api_password: !vault |\n  {text}\n")
    del world.project.environment["CERTUM_API_PASSWORD"]

    world.project.run(world.role(world.declaration()), "--vault-password-file", str(secret)).succeeded()

    assert issued(world) == {"web1"}


def test_unknown_variable_is_named_with_the_nearest(world: World) -> None:
    play = world.role(world.declaration(), certum_shop_owner="sales")

    run = world.project.run(play, warnings=True).succeeded()

    assert "certum_shop_owner is not a variable of this collection" in " ".join(run.output.split())


@pytest.mark.parametrize("how", ["roles", "include_role"])
def test_role_works_for_some_hosts_of_a_play(world: World, how: str) -> None:
    inventory(world, {name: {} for name in ("web1", "web2", "web3")})
    (play,) = fleet(world, "web1", "web2", "web3")
    condition = "inventory_hostname != 'web1'"
    del play["roles"]
    if how == "roles":
        play["roles"] = [{"role": "certops.certum.certum", "when": condition}]
    else:
        task = {"name": "Role", "ansible.builtin.include_role": {"name": "certops.certum.certum"}, "when": condition}
        play["tasks"] = [task]

    world.project.run([play]).succeeded()

    assert issued(world) == {"web2", "web3"}


def test_second_role_call_works_for_its_own_hosts(world: World) -> None:
    """Each call is for one host; values that the other host registered in the first call are ignored."""
    inventory(world, {name: {} for name in ("web1", "web2")})
    (play,) = fleet(world, "web1", "web2")
    del play["roles"]
    role = {"name": "certops.certum.certum"}
    play["tasks"] = [
        {"name": name, "ansible.builtin.include_role": role, "when": f"inventory_hostname == '{name}'"}
        for name in ("web1", "web2")
    ]

    world.project.run([play]).succeeded()

    assert issued(world) == {"web1", "web2"}
    assert world.operations().count("quickOrder") == 2
