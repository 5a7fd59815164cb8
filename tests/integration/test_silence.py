# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run without a message means that all is well: the role reports everything else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

PLAN = "Plan certificates"
SUMMARY = "Report each certificate"
COMPANY = {"name": "Example S.A.", "tax_identification_number": "5250000000", "country": "PL", "locality": "Szczecin"}
STAFF = pytest.mark.parametrize("sandbox_options", [("--approve", "manual", "--products", "all")])


def words(run: Run) -> str:
    """Return the output as one line: Ansible breaks the lines of warnings."""
    return " ".join(run.output.split())


def codes(run: Run) -> list[str]:
    return [finding["reason"]["code"] for finding in run.result(PLAN)["findings"]]


def test_host_without_a_declaration_is_a_warning(world: World) -> None:
    run = world.project.run(world.role(), warnings=True).succeeded()
    assert "Nothing is declared for host web1: certum_certificates is empty" in words(run)
    assert world.operations() == []


def test_undeclared_certificate_is_a_warning_and_stays(world: World) -> None:
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


def test_declaration_in_an_earlier_role_call_is_known(world: World) -> None:
    """In one play or in several; a later call gets the names by certum_declared_elsewhere."""
    (shop,) = world.role(world.declaration(), certum_declared_elsewhere=["old"])
    (old,) = world.role(world.declaration("old", "old.example.com"))
    for _round in range(2):
        world.project.run([shop, old]).succeeded()
    run = world.project.run([old, shop], warnings=True).succeeded()
    assert "Host web1: shop: " in words(run)
    assert "Host web1: old: " not in words(run)


@pytest.mark.parametrize("play", [{}, {"serial": 1}, {"strategy": "free"}], ids=["linear", "serial", "free"])
def test_name_that_no_host_declares_is_an_error(world: World, play: dict[str, Any]) -> None:
    """The declarations of each host come from the role's variables, which are not in hostvars."""
    declared = "{{ [shop if inventory_hostname == 'web1' else mail] }}"
    store = f"{world.store}/{{{{ inventory_hostname }}}}"
    items = {"shop": world.declaration(), "mail": world.declaration("mail", "mail.example.com")}
    (role,) = world.role(hosts="web1,web2", certum_path=store, certum_certificates=declared, **items)
    world.project.run([role]).succeeded()
    (order,) = [each for each in world.ca.orders() if each["customer"] == "web1/shop"]

    run = world.project.run([{**role, **play}], "-e", '{"certum_replace": ["shp"]}').failed()

    failures = [failure for failure in run.failures if "certum_replace" in failure]
    assert len(failures) == 1 or play.get("strategy"), "one host reports it for all"
    assert "certum_replace names shp, and no host of this play declares" in failures[0]
    assert "Declared are: mail, shop. The nearest name is shop." in failures[0]
    world.project.run([{**role, **play}], "-e", '{"certum_replace": ["shop"]}').succeeded()
    after = {each["orderID"]: len(each["entries"]) for each in world.ca.orders()}
    assert after[order["orderID"]] == 2, "the host that declares it has replaced it"
    assert sum(after.values()) == 3


def test_unverifiable_deployment_is_a_warning(world: World) -> None:
    item = world.deployed()
    item["deploy"] = {**item["deploy"], "service": "own-server"}
    del item["deploy"]["verify"]
    for _round in range(2):
        run = world.project.run(world.role(item), warnings=True).succeeded()
        assert "Host web1: shop: no handshake verifies that " in words(run)
        assert codes(run) == ["not_verified"]
    world.is_quiet(world.role({**item, "deploy": {**item["deploy"], "verify": []}}))


def test_closed_directory_is_reported_and_repaired(world: World) -> None:
    play = world.role(world.deployed())
    world.project.run(play).succeeded()
    for path in (world.store, world.store / "shop", world.store / "shop/versions"):
        path.chmod(0o700)

    run = world.project.run(play).succeeded()

    assert run.changed > 0
    assert "wrong mode or owner of directories: " in words(run)
    assert "shop/versions (mode 0700, expected 0755)" in words(run)
    assert {path.stat().st_mode & 0o777 for path in (world.store, *world.store.glob("shop/versions"))} == {0o755}
    world.is_quiet(play)


def test_run_ends_with_a_line_for_each_certificate(world: World) -> None:
    play = world.role(world.deployed(), world.declaration("old", "old.example.com"))
    run = world.project.run(play).succeeded()
    shop, old = run.result(SUMMARY)["msg"]
    assert re.fullmatch(
        r"shop: certificate [0-9A-F]+ was installed; valid until 20\d\d-\d\d-\d\d; next due on 20\d\d-\d\d-\d\d; "
        rf"nginx uses it, verified at 127.0.0.1:{world.web.https_port}",
        shop,
    ), shop
    assert re.fullmatch(r"old: certificate [0-9A-F]+ was installed; valid until [-0-9]+; next due on [-0-9]+", old)
    for line in (shop, old):
        assert line in words(run)
    assert SUMMARY not in world.project.run(play).succeeded().tasks, "a quiet run has no other tasks"
    gone = world.project.run(world.role({"name": "old", "state": "absent"}, certum_declared_elsewhere=["shop"]))
    assert gone.succeeded().result(SUMMARY)["msg"][0].startswith("old: ")


def test_failing_run_first_reports_the_certificates(world: World) -> None:
    broken = world.declaration("bad", "bad.example.com", validation={"method": "file", "webroot": "/nowhere"})
    run = world.project.run(world.role(world.declaration(), broken)).failed()
    assert run.tasks[-3:] == [SUMMARY, "Recap the batch", "Report all problems"]
    assert run.result(SUMMARY)["msg"][0].startswith("shop: certificate ")


def skipped(run: Run, host: str = "web1") -> int:
    return run.recap[host]["skipped"]


def test_output_shows_few_skipped_tasks(world: World) -> None:
    """A task that has nothing to do is not part of the output, as far as Ansible allows."""
    play = world.role(world.deployed())
    first = world.project.run(play).succeeded()
    assert skipped(first) <= 3, first.output

    quiet = world.project.run(play).succeeded()
    assert (len(quiet.done), skipped(quiet)) == (3, 1), "argument validation, variables and plan"

    broken = world.project.run(world.role(world.deployed(product="no_product"))).failed()
    assert skipped(broken) <= 2, broken.output
    misspelt = world.project.run(world.role(world.deployed(), certum_wait_timout=1)).failed()
    assert skipped(misspelt) <= 2, misspelt.output

    absent = {"name": "shop", "state": "absent", "deploy": world.deployed()["deploy"]}
    removed = world.project.run(world.role(absent)).succeeded()
    assert skipped(removed) <= 2, removed.output


def test_a_host_that_is_not_due_in_a_batch_skips_one_task(world: World) -> None:
    store = f"{world.store}/{{{{ inventory_hostname }}}}"
    items = {name: world.declaration(name, f"{name}.example.com") for name in ("shop", "mail")}
    declared = "{{ [shop if inventory_hostname == 'web1' else mail] }}"
    play = world.role(hosts="web1,web2", certum_path=store, certum_certificates=declared, **items)
    world.project.run(play).succeeded()

    run = world.project.run(play, "-e", '{"certum_replace": ["shop"]}').succeeded()

    assert skipped(run, "web2") == 1, run.output
    assert skipped(run, "web1") <= 4, run.output


@pytest.mark.parametrize(
    ("changes", "environment", "remedy"),
    [
        ({"product": "no_product"}, {}, "then run again. "),
        ({"contact": {"email": "x"}}, {}, "then run again. "),
        ({"deploy": {"check_command": ["false"]}}, {}, "then run again. "),
        ({}, {"CERTUM_API_PASSWORD": ""}, "and run again. "),
    ],
    ids=["product", "contact", "configuration", "password"],
)
def test_a_failure_ends_with_its_remedy(
    world: World, changes: dict[str, Any], environment: dict[str, str], remedy: str
) -> None:
    item = world.deployed()
    item = {**item, **changes, "deploy": {**item["deploy"], **changes.get("deploy", {})}}
    run = world.project.run(world.role(item), environment=environment).failed()
    assert remedy in run.failures[-1].splitlines()[-1].rpartition(". ")[2] + " ", run.failures


@STAFF
def test_order_that_waits_for_people_is_reported_every_night(world: World) -> None:
    play = world.role(world.declaration(product="trusted_ssl"), certum_organization=COMPANY, certum_wait_timeout=3)
    for _night in range(2):
        run = world.project.run(play).succeeded()
        (line,) = run.result(SUMMARY)["msg"]
        (order,) = world.ca.orders()
        assert line in words(run)
        assert line.startswith("shop: its certificate is not issued yet; order pending (ordered on 20")
        assert f"order {order['orderID']} waits for " in line
        assert "The CA's staff has to decide about ORGANIZATION" in line
        assert f"certum_document (order_id: {order['orderID']})" in line
        assert "The order has not changed at the CA since 20" in line
        (result,) = run.result("Validate domains, wait and fetch certificates")["hosts"]["web1"]["certificates"]
        assert result["reason"]["code"] == "waiting_for_people"


@pytest.mark.parametrize("purchase", ["allow", "never"])
@STAFF
def test_expired_certificate_always_fails_the_run(world: World, purchase: str) -> None:
    """Its order waits for people, or is not allowed; without this rule the run would succeed or name another cause."""
    item = world.declaration(product="trusted_ssl")
    store = Host(world.store, world.web.webroot)
    long_ago = datetime.now(timezone.utc) - timedelta(days=100)
    with time_machine.travel(long_ago + timedelta(days=1)):
        whole = {**item, "contact": CONTACT, "organization": COMPANY}
        store.have(whole, beginning=long_ago, lifetime=timedelta(days=90))
    play = world.role(item, certum_organization=COMPANY, certum_wait_timeout=3, certum_purchase=purchase)

    run = world.project.run(play).failed()

    expired = f"{long_ago + timedelta(days=90):%Y-%m-%d}"
    assert f"shop: certificate shop expired on {expired}. In this run: " in run.failures[0]
    assert ("Complete the step that the order waits for" in run.failures[0]) is (purchase == "allow")
    assert run.result(SUMMARY)["msg"][0].startswith("shop: certificate ")
