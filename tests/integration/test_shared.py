# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One certificate for many hosts: one order, one key, and no key outside the hosts."""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.hostile_host import take_over
from ansible_collections.certops.certum.tests.integration.key_search import forms, searched_files
from cryptography import x509

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
WEB = ("web1", "web2", "web3")


def inventory(world: World, **changes: dict[str, Any]) -> None:
    """Write an inventory with the hosts of the group ``web``. ``changes`` are variables of single hosts."""
    hosts = {name: {**LOCAL, **changes.get(name, {})} for name in WEB}
    groups = {"web": {"hosts": hosts}, "db": {"hosts": {"db1": {**LOCAL, **changes.get("db1", {})}}}}
    (world.project.path / "inventory.yml").write_text(
        yaml.safe_dump({"all": {"hosts": {"localhost": LOCAL}, "children": groups}})
    )


def down(world: World) -> dict[str, Any]:
    """Return variables of a host that does not answer."""
    path = world.project.path / "ssh"
    path.write_text("#!/bin/sh\nexit 255\n")
    path.chmod(0o755)
    return {"ansible_connection": "ssh", "ansible_host": "192.0.2.77", "ansible_ssh_executable": str(path)}


SSH = """\
#!{python}
import subprocess, sys
program = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
if b"{word}" in program:
    sys.exit(255)
sys.exit(subprocess.run(["/bin/sh", "-c", sys.argv[-1]], input=program).returncode)
"""


def lost(world: World, word: str) -> dict[str, Any]:
    """Return variables of a host that does not answer when a module with this word in its parameters or name starts."""
    path = world.project.path / f"ssh-{word}"
    path.write_text(SSH.format(python=sys.executable, word=word))
    path.chmod(0o755)
    return {"ansible_connection": "ssh", "ansible_host": "192.0.2.77", "ansible_ssh_executable": str(path)}


def store(world: World, host: str) -> Path:
    return world.store / host


def play(world: World, hosts: str = "web", **variables: Any) -> list[dict[str, Any]]:
    """Return a play in which the hosts of the group ``web`` share a certificate. All answer for the same web root."""
    item = world.declaration(share="web")
    path = f"{world.store}/{{{{ inventory_hostname }}}}"
    keywords = {key: variables.pop(key) for key in ("serial", "strategy") if key in variables}
    (found,) = world.role(item, hosts=hosts, **{"certum_path": path, **variables})
    return [{**found, **keywords}]


def serials(world: World, *hosts: str) -> list[str | None]:
    """Return the serial number of the certificate in use on each host, None without one."""
    links = [store(world, host) / "shop/current" for host in hosts or WEB]
    return [link.readlink().name if link.is_symlink() else None for link in links]


def keys(world: World) -> set[str]:
    return {(store(world, host) / "shop/current/privkey.pem").read_text() for host in WEB}


def test_three_hosts_share_one_order_and_one_key(world: World) -> None:
    inventory(world)

    run = world.project.run(play(world)).succeeded()

    (order,) = world.ca.orders()
    assert (order["state"], order["customer"]) == ("ENROLLED", "@web/shop"), run.output
    assert len(keys(world)) == 1
    assert len(set(serials(world))) == 1
    assert list(world.store.rglob("transfer.key")) == []
    world.is_quiet(play(world))
    quiet = world.project.run(play(world))
    tasks = {task for task in quiet.done if not task.startswith("Validating arguments")}
    assert tasks == {
        "Read the variables before any module runs",
        "Plan certificates",
        "Start the planned work",
        "Compare shared certificates",
    }


def orders(world: World) -> int:
    return len(world.ca.orders())


@pytest.mark.command
def test_host_that_was_down_is_supplied_without_an_order(world: World) -> None:
    inventory(world, web2=down(world))
    run = world.project.run(play(world))
    assert run.code == 4, run.output
    assert serials(world)[1] is None

    inventory(world)
    world.ca.clear_calls()
    again = world.project.run(play(world)).succeeded()

    assert orders(world) == 1
    assert "quickOrder" not in world.operations()
    assert "reissueCertificate" not in world.operations()
    assert len(set(serials(world))) == len(keys(world)) == 1, again.output
    world.is_quiet(play(world))


@pytest.mark.command
def test_key_that_no_host_sends_is_received_in_the_next_run(world: World) -> None:
    inventory(world, web3=down(world))
    world.project.run(play(world))
    senders = dict.fromkeys(("web1", "web2"), lost(world, "modules.certum_transfer"))
    inventory(world, **senders)

    run = world.project.run(play(world))

    assert {host: recap["failures"] for host, recap in run.recap.items()} == {"web1": 0, "web2": 0, "web3": 1}, (
        run.output
    )
    words = run.failures[-1]
    assert "host web1: no private key came from it" in words
    assert "Correct the problems of that host, and run again." in words
    assert serials(world)[2] is None
    inventory(world)
    world.converged(play(world))
    assert orders(world) == len(keys(world)) == 1


@pytest.mark.parametrize("late", ["web1", "web3"])
def test_older_certificate_is_not_silent_with_serial(world: World, late: str) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    world.project.run(play(world, certum_replace=["shop"]), "--limit", f"web,!{late}").succeeded()

    run = world.project.run(play(world, serial=1), warnings=True).succeeded()

    if late == "web1":
        assert "shop: web1 of an earlier batch has an older certificate" in run.output
        run = world.project.run(play(world)).succeeded()
    assert len(set(serials(world))) == len(keys(world)) == 1, run.output
    assert orders(world) == 1
    world.is_quiet(play(world, serial=1))


def test_limit_to_a_late_host_orders_nothing(world: World) -> None:
    inventory(world)
    world.project.run(play(world), "--limit", "web1,web2").succeeded()
    world.ca.clear_calls()

    run = world.project.run(play(world), "--limit", "web3").failed()

    assert "Run again with all hosts of group web (web1, web2)" in " ".join(run.failures)
    assert orders(world) == 1
    assert "reissueCertificate" not in world.operations()
    world.converged(play(world))
    assert len(keys(world)) == 1


def test_slices_that_see_only_their_hosts_place_one_order(world: World) -> None:
    """A slice of AWX has only its own hosts in its inventory."""
    inventory(world)
    world.project.run(play(world, "web1")).succeeded()
    groups = {"web": {"hosts": {"web3": LOCAL}}}
    path = world.project.path / "inventory.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": {"localhost": LOCAL}, "children": groups}}))

    run = world.project.run(play(world)).failed()

    assert "Run again with all hosts of group web" in " ".join(run.failures)
    assert orders(world) == 1


def test_serial_batches_share_one_certificate(world: World) -> None:
    inventory(world)
    run = world.project.run(play(world, serial=1)).succeeded()
    assert orders(world) == 1, run.output
    assert len(set(serials(world))) == len(keys(world)) == 1
    world.is_quiet(play(world, serial=1))


def test_reissue_reaches_all_hosts(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    before = serials(world)

    run = world.project.run(play(world, certum_replace=["shop"])).succeeded()

    after = serials(world)
    assert len(set(after)) == len(keys(world)) == 1, run.output
    assert after[0] != before[0]
    assert orders(world) == 1
    world.is_quiet(play(world))


@pytest.mark.command
def test_every_run_names_the_host_that_missed_a_reissue(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    (former,) = set(serials(world))
    inventory(world, web3=down(world))
    reissue = world.project.run(play(world, certum_replace=["shop"]))

    run = world.project.run(play(world))

    assert run.code == 4, run.output
    (words,) = run.result("Report hosts with a former certificate")["msg"]
    (at_once,) = reissue.result("Report hosts that keep the former certificate")["msg"]
    assert at_once[:-200] == words[:-200]
    until = datetime.now(timezone.utc) + timedelta(days=14)
    assert words.startswith("shop: web3 did not answer. Unless an earlier run has supplied it, the former certificate")
    assert f"{former} is in use there, and it is valid until {until:%Y-%m-}" in words
    assert set(serials(world, "web1", "web2")) != {former}
    inventory(world)
    world.ca.clear_calls()
    world.project.run(play(world)).succeeded()
    assert len(set(serials(world))) == len(keys(world)) == 1
    assert "reissueCertificate" not in world.operations()


def test_host_that_missed_two_reissues_knows_the_first(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    (first,) = set(serials(world))
    inventory(world, web3=down(world))
    world.project.run(play(world, certum_replace=["shop"]))
    (second,) = set(serials(world, "web1", "web2"))
    world.project.run(play(world, certum_replace=["shop"]))
    inventory(world)

    run = world.project.run(play(world)).succeeded()

    assert len({first, second, *serials(world)}) == 3, run.output
    metadata = json.loads((store(world, "web3") / "shop/current/metadata.json").read_text())
    assert [each["serial_number"].lstrip("0") for each in metadata["reissues"]] == [first, second]
    starts = [
        start_of(store(world, "web1") / "shop/versions" / str(each)) for each in (second, *serials(world, "web1"))
    ]
    assert [each["reissued"] for each in metadata["reissues"]] == starts


def start_of(version: Path) -> str:
    start = x509.load_pem_x509_certificate((version / "cert.pem").read_bytes()).not_valid_before_utc
    return f"{start:%Y-%m-%dT%H:%M:%SZ}"


def test_reissue_with_a_limit_names_the_other_hosts(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()

    run = world.project.run(play(world, certum_replace=["shop"]), "--limit", "web1").succeeded()

    (at_once,) = run.result("Report hosts that keep the former certificate")["msg"]
    assert at_once.startswith("shop: web2, web3 are not in this play. Unless an earlier run has supplied them,")
    again = world.project.run(play(world), "--limit", "web1").succeeded()
    (words,) = again.result("Report hosts with a former certificate")["msg"]
    assert words[:120] == at_once[:120]
    assert (orders(world), again.changed) == (1, 0)
    world.project.run(play(world)).succeeded()
    assert len(set(serials(world))) == 1
    world.is_quiet(play(world))


def test_different_contents_are_refused_before_an_order(world: World) -> None:
    other = world.declaration(share="web", common_name="mail.example.com")
    inventory(world)
    plays = play(world)
    plays[0]["vars"].pop("certum_certificates")
    item = world.declaration(share="web")
    inventory(world, web1={"certum_certificates": [item]}, web2={"certum_certificates": [other]})

    run = world.project.run(plays, "--limit", "web1,web2").failed()

    assert "hosts web1 and web2 declare different names" in " ".join(run.failures)
    assert world.ca.orders() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [({"strategy": "free"}, "Use the strategy linear"), ({"hosts": "db1"}, "host db1 is not in it")],
    ids=str,
)
def test_declaration_that_cannot_be_shared_is_refused(world: World, change: dict[str, Any], words: str) -> None:
    inventory(world)
    run = world.project.run(play(world, **change)).failed()
    assert words in " ".join(run.failures)
    assert world.ca.orders() == []


NEWER = {
    "serial_number": "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    "state": "web/shop has work",
    "not_before": "2090-01-01T00:00:00Z",
    "not_after": "2090-12-01T00:00:00Z",
    "due": True,
}


@pytest.mark.command
def test_lies_of_a_member_order_nothing(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    before = serials(world)
    inventory(world)
    hostile(world, "web2", {"certum_plan": {"shared": NEWER, "due": [world.declaration(share="web")]}})
    world.ca.clear_calls()

    run = world.project.run(play(world), warnings=True)

    assert not {"quickOrder", "reissueCertificate", "renewCertificate"} & set(world.operations()), run.output
    assert serials(world, "web1", "web3") == [before[0], before[2]]


@pytest.mark.command
def test_host_outside_the_group_gets_no_key(world: World) -> None:
    """It reports that it shares the certificate, and a transfer key."""
    inventory(world)
    world.project.run(play(world), "--limit", "web1,web2").succeeded()
    item = world.declaration("own", "mail.example.com")
    inventory(world, db1={"certum_certificates": [item]})
    shared = {**NEWER, "name": "shop", "certificate": "web/shop", "pending": None, "former": None, "order_id": ""}
    key = base64.b64encode(bytes(range(32))).decode()
    hostile(
        world,
        "db1",
        {
            "certum_plan": {"shared": [shared], "sharing": [world.declaration(share="web")]},
            "certum_stage": {"transfer_keys": {"shop": key}},
        },
    )
    plays = play(world, "web,db")
    plays[0]["vars"]["certum_certificates"] = "{{ [item_of_db] if inventory_hostname == 'db1' else [item_of_web] }}"
    plays[0]["vars"] |= {"item_of_db": item, "item_of_web": world.declaration(share="web")}

    run = world.project.run(plays, warnings=True)

    sent = run.result("Encrypt private keys for other hosts")["results"]
    receivers = {each["receiver"] for result in sent for each in result.get("sealed", ())}
    assert receivers == {"web3"}, run.output
    assert not (store(world, "db1") / "shop/current").exists()
    assert len(keys(world)) == 1


def hostile(world: World, host: str, lies: dict[str, Any]) -> None:
    """Change the results of a host. ``take_over`` knows the hosts below ``all``, and variables of a host add up."""
    path = world.project.path / "inventory.yml"
    found = yaml.safe_load(path.read_text())
    found["all"]["hosts"][host] = {}
    path.write_text(yaml.safe_dump(found))
    take_over(world, lies, host=host)
    changed = yaml.safe_load(path.read_text())
    for group in changed["all"]["children"].values():
        if host in group["hosts"]:
            group["hosts"][host] |= changed["all"]["hosts"][host]
    path.write_text(yaml.safe_dump(changed))


@pytest.mark.command
def test_no_private_key_leaves_its_hosts(world: World) -> None:
    """Searched: output with -vvvv, the log, the fact cache, the results, and all temporary files, which are kept."""
    inventory(world)
    log, cache = world.project.path / "ansible.log", world.project.path / "facts"
    environment = {
        "ANSIBLE_LOG_PATH": str(log),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache),
        "ANSIBLE_KEEP_REMOTE_FILES": "1",
        "ANSIBLE_PIPELINING": "0",
        "ANSIBLE_LOCAL_TEMP": str(world.project.path / "local-tmp"),
        "ANSIBLE_REMOTE_TMP": str(world.project.path / "remote-tmp"),
    }
    plays = play(world)
    plays[0]["gather_facts"] = True
    run = world.project.run(plays, "-vvvv", environment=environment, warnings=True).succeeded()
    assert orders(world) == 1
    (pem,) = keys(world)

    searched = searched_files(world.project.path, without=world.store, key=pem)
    assert len(searched) > 20
    assert list((world.project.path / "remote-tmp").rglob("AnsiballZ_certum_transfer.py"))
    assert any(form in (store(world, "web1") / "shop/current/privkey.pem").read_bytes() for form in forms(pem))
    assert log.stat().st_size > 1000
    assert list(cache.iterdir())
    sealed = run.result("Encrypt private keys for other hosts")["results"][0]["sealed"]
    assert {each["receiver"] for each in sealed} == {"web2", "web3"}
    assert forms(pem)[0].decode() not in json.dumps(run.results)


def own(world: World, **variables: Any) -> list[dict[str, Any]]:
    """Return the same play with a certificate for each host."""
    plays = play(world, **variables)
    plays[0]["vars"]["certum_certificates"] = [world.declaration(allow_duplicate=True)]
    return plays


def test_change_to_one_certificate_orders_nothing(world: World) -> None:
    inventory(world)
    world.project.run(own(world)).succeeded()
    assert orders(world) == len(keys(world)) == 3

    run = world.project.run(play(world)).succeeded()

    assert orders(world) == 3, run.output
    assert len(set(serials(world))) == len(keys(world)) == 1
    world.is_quiet(play(world))
    world.project.run(play(world, certum_replace=["shop"])).succeeded()
    assert orders(world) == 3
    assert len(set(serials(world))) == len(keys(world)) == 1


def test_change_to_own_certificates_orders_on_request(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    before = serials(world)
    world.is_quiet(own(world))
    assert serials(world) == before

    run = world.project.run(own(world, certum_replace=["shop"]), warnings=True).succeeded()

    assert orders(world) == 4, run.output
    assert len(keys(world)) == 3
    assert "reissueCertificate" not in world.operations()


def absent(world: World, hosts: str) -> list[dict[str, Any]]:
    plays = play(world, hosts)
    item = {"name": "shop", "state": "absent", "share": "web", "common_name": "shop.example.com"}
    plays[0]["vars"]["certum_certificates"] = [{**item, "revoke_reason": "superseded"}]
    return plays


def test_last_batch_revokes_a_shared_certificate(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    world.ca.clear_calls()

    run = world.project.run([{**absent(world, "web")[0], "serial": 1}]).succeeded()

    assert world.operations().count("revokeCertificate") == 1
    assert re.search(r"shop: .* removed; certificate .* (is being|was) revoked", run.output), run.output
    assert serials(world) == [None, None, None]
    (order,) = world.ca.orders()
    world.ca.wait_until(order["orderID"], lambda order: order["entries"][0]["status"] == "REVOKED")
    failures = "\n".join(world.project.run(play(world)).failed().failures)
    assert "none of its certificates is valid any more" in failures
    assert '--limit web -e \'{"certum_order_again": ["shop"]}\'' in failures
    world.project.run(play(world, certum_order_again=["shop"])).succeeded()
    assert len(set(serials(world))) == 1


def test_shared_certificate_is_revoked_with_its_last_hosts(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    world.ca.clear_calls()

    run = world.project.run(absent(world, "web1")).failed()

    assert "these hosts do not declare it absent in this play: web2, web3" in " ".join(run.failures)
    assert "revokeCertificate" not in world.operations()
    assert serials(world)[0] is None
    world.project.run(absent(world, "web")).succeeded()
    assert "revokeCertificate" in world.operations()
    assert serials(world) == [None, None, None]


def deployed(world: World, **variables: Any) -> list[dict[str, Any]]:
    """Return a play that deploys the shared certificate to a service, whose check a host may fail."""
    (found,) = play(world, **variables)
    (item,) = found["vars"]["certum_certificates"]
    item["deploy"] = {"service": "web", "check_command": ["{{ check | default('true') }}"], "reload_command": ["true"]}
    item["deploy"]["verify"] = []
    return [found]


@pytest.mark.parametrize(
    ("serial", "scope", "keep"),
    [(2, "batch", []), (1, "batch", ["web1"]), (1, "group", [])],
)
def test_hosts_roll_back_together_if_one_fails(world: World, serial: int, scope: str, keep: list[str]) -> None:
    inventory(world)
    world.project.run(deployed(world)).succeeded()
    (former,) = set(serials(world))
    inventory(world, web2={"check": "false"})

    run = world.project.run(deployed(world, serial=serial, certum_rollback=scope, certum_replace=["shop"])).failed()

    now = dict(zip(WEB, serials(world)))
    (newest,) = {path.name for path in (store(world, "web1") / "shop/versions").iterdir()} - {former}
    assert now == {name: newest if name in keep else former for name in WEB}, run.output
    if serial > 1:
        assert any("host web2 cannot use the new one, so this host rolls back" in each for each in run.failures)
    assert ("verified" if keep else "rolled back from") in run.output
    inventory(world)
    world.ca.clear_calls()
    world.project.run(deployed(world)).succeeded()
    assert set(serials(world)) == {newest}
    assert not {"quickOrder", "reissueCertificate"} & {*world.operations()}
    world.is_quiet(deployed(world))


@pytest.mark.command
def test_earlier_host_that_cannot_roll_back_is_named(world: World) -> None:
    inventory(world)
    world.project.run(deployed(world)).succeeded()
    (former,) = set(serials(world))
    inventory(world, web1=lost(world, "rolled_back"), web2={"check": "false"})

    run = world.project.run(deployed(world, serial=1, certum_rollback="group", certum_replace=["shop"])).failed()

    assert "These hosts did not answer, so they keep the new certificate: web1" in "\n".join(run.failures), run.output
    assert serials(world)[0] != former
    assert serials(world, "web2", "web3") == [former, former]


def test_host_that_receives_deploys_the_certificate(world: World) -> None:
    inventory(world)
    item = world.declaration(share="web")
    deploy = world.web.add_site(store(world, "web3") / "shop", server_name="shop.example.com")
    plays = play(world)
    plays[0]["vars"] |= {
        "items": {"web1": item, "web2": item, "web3": {**item, "deploy": deploy}},
        "certum_certificates": "{{ [items[inventory_hostname]] }}",
    }

    run = world.project.run(plays).succeeded()

    assert world.serves().upper() == str(serials(world, "web3")[0]).upper(), run.output
    before = world.serves()
    plays[0]["vars"]["certum_replace"] = ["shop"]
    world.project.run(plays).succeeded()
    assert world.serves() != before
    assert len(keys(world)) == 1


def test_check_mode_changes_nothing(world: World) -> None:
    inventory(world)
    run = world.project.run(play(world), "--check", "--diff").succeeded()
    assert world.ca.orders() == []
    assert "validateOrderParameters" in world.operations(), run.output
    assert list(world.store.rglob("*.key")) + list(world.store.rglob("*.pem")) == []
    world.ca.clear_calls()
    run = world.project.run(play(world, serial=1), "--check").succeeded()
    assert run.output.count("would place a new order") == 1, run.output
    assert world.operations().count("validateOrderParameters") == 1

    world.project.run(play(world), "--limit", "web1").succeeded()
    world.project.run(play(world), "--check", "--diff").succeeded()
    assert serials(world, "web2", "web3") == [None, None]
    assert list(world.store.rglob("transfer.key")) == []


def test_damaged_copy_is_supplied_again(world: World) -> None:
    inventory(world)
    world.project.run(play(world)).succeeded()
    (store(world, "web2") / "shop/current/privkey.pem").write_text("damaged")
    world.ca.clear_calls()

    world.project.run(play(world)).succeeded()

    assert len(keys(world)) == 1
    assert not {"quickOrder", "reissueCertificate"} & set(world.operations())
    world.is_quiet(play(world))
