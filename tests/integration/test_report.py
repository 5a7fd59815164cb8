# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One report of several hosts: one is unreachable, one hostile, one waits for the CA, one uses an old certificate."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._handover.estate import Estate
from ansible_collections.certops.certum.tests.integration.hostile_host import take_over
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from ansible_collections.certops.certum.tests.support.shapes import differences
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

REPORT = REPOSITORY / "playbooks/report.yml"
WRITE = "Write the report of all hosts"
COMPANY = {"name": "Example S.A.", "tax_identification_number": "5250000000", "country": "PL", "locality": "Szczecin"}
SERVICE = {"service": "web", "check_command": ["true"], "reload_command": ["true"], "verify": []}
EVIL = "<script>alert(1)</script>\x1b[2J{{ lookup('pipe', 'touch evaluated') }}"
NOTHING = {f"CERTUM_API_{name}": "" for name in ("USERNAME", "PASSWORD", "URL", "ENVIRONMENT")}


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    """Return options for a CA whose staff decide slowly."""
    return ("--approve", "manual", "--products", "all")


@pytest.fixture
def estate(world: World) -> World:
    """Return a world with hosts in every condition. Their variables are those of the nightly run."""
    path = world.project.path
    inventory = yaml.safe_load((path / "inventory.yml").read_text())
    local = inventory["all"]["hosts"]["web1"]
    hosts = {name: dict(local) for name in ("web1", "web2", "web3", "evil")}
    gone = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9}
    inventory["all"] = {"hosts": {**hosts, "gone": {**gone, "ansible_python_interpreter": "/usr/bin/python3"}}}
    (path / "inventory.yml").write_text(yaml.safe_dump(inventory))
    shop = world.declaration(contact=CONTACT, deploy=[SERVICE], remaining_days=100)
    waits = world.declaration("ov", "ov.example.com", product="trusted_ssl", organization=COMPANY)
    variables = {
        "certum_path": f"{world.store}/{{{{ inventory_hostname }}}}",
        "certum_contact": CONTACT,
        "certum_certificates": [],
        "certum_report_dest": str(path / "report.html"),
        "certum_report_json_dest": str(path / "estate.json"),
        "certum_report_metrics_dest": str(path / "certum.prom"),
        "ansible_become": False,
    }
    world.project.write(variables, name="group_vars/all.yml")
    (path / "host_vars").mkdir()
    for host, item in {"web1": shop, "web2": waits, "web3": shop, "evil": shop}.items():
        world.project.write({"certum_certificates": [item]}, name=f"host_vars/{host}.yml")
    for host, age in {"web1": 1, "web3": 110, "evil": 1}.items():
        on_disk = Host(world.store / host, world.web.webroot)
        on_disk.have(shop, beginning=datetime.now() - timedelta(days=age))
        on_disk.deploy(shop)
    Host(world.store / "web1", world.web.webroot).have(world.declaration("old", contact=CONTACT))
    reissue(Host(world.store / "web3", world.web.webroot), shop)
    order = [{"hosts": "web2", "gather_facts": False, "roles": ["certops.certum.certum"]}]
    quick = {"certum_wait_timeout": 1, "certum_wait_sleep": 1, "certum_preflight": "no"}
    world.project.run(order, "-e", json.dumps(quick)).succeeded()
    world.ca.clear_calls()
    return world


def reissue(host: Host, item: dict[str, Any]) -> None:
    """Install a reissue that no service uses yet."""
    (order,) = host.stage(item)["orders"]
    assert order["operation"] == "reissue"
    host.install(item, orders=[answer(order, beginning=datetime.now())])


def written(world: World) -> Estate:
    found: Estate = json.loads((world.project.path / "estate.json").read_text())
    assert list(differences(found, Estate)) == []
    return found


def metrics(world: World) -> dict[str, float]:
    lines = (world.project.path / "certum.prom").read_text().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def hosts_of(estate: Estate) -> dict[str, str]:
    return {host["name"]: host["state"] for host in estate["hosts"]}


def report(world: World, *words: str, **options: Any) -> Run:
    return world.project.run(REPORT, *words, **options).succeeded()


def test_report_shows_every_host_in_its_condition(estate: World) -> None:
    """A second run changes nothing. Check mode writes nothing. A limited report says so."""
    take_over(estate, {"certum_info": {"certificates": {"common_name": EVIL, "names": [EVIL] * 3}}}, host="evil")
    predicted = report(estate, "--check", "--diff")
    assert predicted.changed == 1
    assert '+ "generated_at": ' in predicted.output
    assert not (estate.project.path / "estate.json").exists()
    estate.ca.clear_calls()

    run = report(estate)

    assert run.changed == 1
    found = written(estate)
    assert hosts_of(found) == {
        "web1": "reported", "web2": "reported", "web3": "reported", "evil": "reported", "gone": "unreachable"
    }  # fmt: skip
    (gone,) = [host for host in found["hosts"] if host["name"] == "gone"]
    assert "Make sure that the controller reaches the host" in gone["problems"][0]["text"]
    by_place = {(each["host"], each["name"]): each for each in found["certificates"]}
    assert {place: each["state"] for place, each in by_place.items()} == {
        ("web1", "shop"): "current", ("web1", "old"): "current", ("web2", "ov"): "pending",
        ("web3", "shop"): "incomplete", ("evil", "shop"): "current",
    }  # fmt: skip
    assert not by_place["web1", "old"]["declared"]
    pending, former = by_place["web2", "ov"]["order"], by_place["web3", "shop"]["former"]
    assert pending
    assert pending["waits_for"] == "ca_staff"
    assert "(required; the CA's staff)" in pending["reason"]["text"], "the CA's own state"
    assert found["account"] == "read"
    assert estate.operations() == ["getOrderState"], "one call for one order"
    assert former
    assert former["serial_number"] == by_place["web3", "shop"]["verified_serial_number"]
    days = datetime.fromisoformat(former["valid_until"]) - datetime.now(timezone.utc)
    assert timedelta(days=13) < days <= timedelta(days=14)
    evil = by_place["evil", "shop"]
    assert "\\x1b[2J{{ lookup(" in str(evil["common_name"]), "shown and not evaluated"
    assert "\x1b" not in run.output
    assert not (estate.project.path / "evaluated").exists()
    page = (estate.project.path / "report.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert all(name in page for name in hosts_of(found))
    values = metrics(estate)
    assert values['certum_host_reported{host="gone"}'] == 0
    assert values['certum_certificate_verified{host="web3",name="shop"}'] == 0
    assert values['certum_certificate_verified{host="web1",name="shop"}'] == 1
    assert values['certum_certificates{state="pending"}'] == 1
    assert found["forecasts"][0]["months"][0]["purchases"] == 0, "the purchase is pending"
    is_fresh_and_unchanged(estate)


def is_fresh_and_unchanged(estate: World) -> None:
    """Check another run, an hour later as it were, and a limited one."""
    assert (estate.project.path / "estate.json").stat().st_mode & 0o777 == 0o644
    before = written(estate)["generated_at"]

    again = report(estate)

    assert again.changed == 0, again.output
    after = written(estate)["generated_at"]
    assert after > before
    assert metrics(estate)["certum_report_time_seconds"] == datetime.fromisoformat(after).timestamp()
    assert f"<!-- certum_report {after} -->" in (estate.project.path / "report.html").read_text()
    limited = report(estate, "--limit", "web1")
    assert limited.changed == 1
    assert written(estate)["limit"] == "web1"
    assert hosts_of(written(estate)) == {"web1": "reported"}
    assert "This report is limited to web1" in limited.output
    assert metrics(estate)["certum_report_limited"] == 1


def test_report_is_written_in_every_case(estate: World, password: str, subtests: pytest.Subtests) -> None:
    with subtests.test("the account is asked only with credentials"):
        account_is_asked_only_with_credentials(estate, password)
    with subtests.test("batches and free hosts"):
        batches_and_free_hosts_write_one_report(estate)
    with subtests.test("mistakes"):
        mistakes_are_reported(estate)


def account_is_asked_only_with_credentials(estate: World, password: str) -> None:
    report(estate, environment=NOTHING)
    (order,) = [each["order"] for each in written(estate)["certificates"] if each["order"]]
    assert (written(estate)["account"], order["waits_for"]) == ("not_asked", "ca_staff")
    report(estate, "-e", "certum_report_account=false")
    assert written(estate)["account"] == "not_asked"
    assert estate.operations() == []

    wrong = report(estate, environment={"CERTUM_API_PASSWORD": "wrong-password"})

    found = written(estate)
    assert (found["account"], hosts_of(found)["web1"]) == ("failed", "reported")
    assert "The account was not read: " in found["problems"][0]["text"]
    assert "The account was not read: " in wrong.output
    files = "".join((estate.project.path / name).read_text() for name in ("estate.json", "certum.prom"))
    assert "wrong-password" not in files + wrong.output
    assert password not in files
    assert metrics(estate)["certum_report_account_failed"] == 1


def batches_and_free_hosts_write_one_report(estate: World) -> None:
    (whole,) = yaml.safe_load(REPORT.read_text())
    for play in ({"serial": 2}, {"strategy": "free"}):
        run = estate.project.run([{**whole, **play}]).succeeded()
        assert sorted(hosts_of(written(estate))) == ["evil", "gone", "web1", "web2", "web3"]
        results = [line["result"]["reason"]["code"] for line in run.results if line["task"] == WRITE]
        assert results.count("nothing_to_do") >= (2 if "serial" in play else 0)
        for name in ("estate.json", "certum.prom", "report.html"):
            (estate.project.path / name).unlink()


def world_without_role(estate: World) -> Run:
    return estate.project.run(estate.tasks({"name": WRITE, "certops.certum.certum_report": None}, hosts="web1"))


def mistakes_are_reported(estate: World) -> None:
    """A hostile report is refused, a host with wrong variables has its problem in the report."""
    wrong = estate.project.run(REPORT, "-e", "certum_report_json_dest=/nowhere/estate.json").failed()
    assert wrong.failures[-1].endswith("Create /nowhere, or correct the path, then run again.")
    assert not (estate.project.path / "certum.prom").exists()
    alone = world_without_role(estate).failed()
    assert alone.failures[-1].startswith("Call the role certops.certum.certum_report")
    lie = {"certificates": [{"name": "../../etc", "state": 7}, 5, None], "changed": False}
    take_over(estate, {"certum_info": lie}, host="evil")
    estate.project.write({"certum_wait_timout": 1}, name="host_vars/web1.yml")
    estate.project.write({"certum_certificates": [{"name": "bad name"}]}, name="host_vars/web3.yml")

    report(estate)

    assert hosts_of(written(estate)) == {
        "web1": "failed", "web2": "reported", "web3": "reported", "evil": "reported", "gone": "unreachable"
    }  # fmt: skip
    problems = {host["name"]: [each["text"] for each in host["problems"]] for host in written(estate)["hosts"]}
    assert len(problems["evil"]) == 3
    assert problems["evil"][0].startswith("The host sent a report that cannot be used: certificate 1 of its report: ")
    assert "certum_wait_timout" in " ".join(problems["web1"]), "the other hosts say where the report goes"
    assert "bad name" in " ".join(problems["web3"])
    assert {each["host"] for each in written(estate)["certificates"]} >= {"web2", "web3"}
