# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services and their certificates: asked, checked, reloaded or rolled back. Commands are real, services are not."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import InvalidDeclarationError
from ansible_collections.certops.certum.plugins.module_utils._service import command, deployment
from ansible_collections.certops.certum.plugins.module_utils._service.declared_services import groups_of
from ansible_collections.certops.certum.plugins.module_utils._service.rollback_message import (
    CHECK,
    RELOAD,
    VERIFY,
    FailedStepError,
    RollbackMessage,
)
from ansible_collections.certops.certum.plugins.module_utils._service.systemd_units import (
    read_units,
    why_units_do_not_run,
)
from ansible_collections.certops.certum.plugins.module_utils._service.verification import Verification
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.store.world import tree
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING, LIFETIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.certops.certum.tests.unit.host.declared import Host


@dataclass
class Addresses:
    """Each certificate has an address that serves it, except the *silent*; *first* are those when asked first."""

    silent: set[str] = field(default_factory=set)
    first: list[set[str]] = field(default_factory=list)

    def verify_addresses(self, _layout: object, items: Iterable[dict[str, Any]], **_more: object) -> Verification:
        names = [item["name"] for item in items]
        now = self.first.pop(0) if self.first else self.silent
        silent = [name for name in names if name in now]
        words = f"{len(names) - len(silent)} of {len(names)} serve it"
        return Verification(
            [{"name": name} for name in names], [f"{name}: nobody answers" for name in silent], {*silent}, words
        )


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Addresses:
    addresses = Addresses()
    monkeypatch.setattr(deployment, "verify_addresses", addresses.verify_addresses)
    monkeypatch.setattr(deployment, "OLD_WORKERS_STAY", 0)
    return addresses


TRUE, FALSE = ["true"], ["false"]
OWN = {"service": "web", "check_command": TRUE, "reload_command": TRUE}


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def deploys(*options: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": str(number), "deploy": [each]} for number, each in enumerate(options)]


@pytest.mark.parametrize(
    ("options", "checks", "reloads", "status", "of_systemd", "known"),
    [
        ([{"service": "nginx"}] * 2, 1, 1, None, True, True),
        ([{"service": "nginx"}, {"service": "nginx", "check_command": TRUE}], 2, 1, None, True, True),
        ([{"service": "nginx", "reload_command": TRUE}], 1, 1, None, False, True),
        ([{"service": "nginx", "status_command": FALSE}], 1, 1, ("false",), True, True),
        ([OWN, {**OWN, "status_command": TRUE}], 1, 1, ("true",), False, True),
        ([{"service": "imap", "check_command": TRUE}], 1, 0, None, False, False),
        ([OWN, {"service": "web"}], 1, 1, None, False, False),
        ([{**OWN, "check_command": []}], 0, 1, None, False, False),
        ([{"service": "postgresql"}], 0, 1, None, True, True),
    ],
)
def test_service_commands_are_chosen(
    options: list[dict[str, Any]], checks: int, reloads: int, status: object, of_systemd: bool, known: bool
) -> None:
    (group,) = groups_of([*deploys(*options), {"name": "plain"}])
    (service,) = group.services
    assert (len(service.check_commands), len(service.reload_commands)) == (checks, reloads)
    assert (service.status_command, service.is_of_systemd, service.is_known) == (status, of_systemd, known)
    assert len(service.deployments) == len(options)


@pytest.mark.parametrize(
    ("service", "units", "check", "reload"),
    [
        ("apache2", ["apache2.service"], "apache2ctl configtest", "apache2.service"),
        ("apache2", ["httpd.service"], "httpd -t", "httpd.service"),
        ("apache", [], "apache2ctl configtest", "apache2.service"),
        ("postgresql", ["postgresql.service", "postgresql@15-main.service"], None, "postgresql.service"),
        ("postgresql", ["postgresql-16.service"], None, "postgresql-16.service"),
    ],
)
def test_unit_of_the_host_decides_the_commands(service: str, units: list[str], check: str | None, reload: str) -> None:
    (group,) = groups_of(deploys({"service": service}))
    found = group.services[0].found_as(units)
    assert found.check_commands == ((tuple(check.split()),) if check else ())
    assert found.reload_commands == (("systemctl", "reload", reload),)


def test_services_that_share_a_certificate_are_one_group() -> None:
    uses = {"shop": ["nginx"], "mail": ["postfix", "dovecot"], "db": ["postgresql"], "imap": ["dovecot", "haproxy"]}
    items = [{"name": name, "deploy": [{"service": each} for each in uses[name]]} for name in uses]
    assert [(group.name, [item["name"] for item in group.items]) for group in groups_of(items)] == [
        ("nginx", ["shop"]),
        ("postfix and dovecot and haproxy", ["mail", "imap"]),
        ("postgresql", ["db"]),
    ]


def units(*states: tuple[str, str, str]) -> str:
    return "\n\n".join(f"Id={name}\nLoadState={load}\nActiveState={active}" for name, load, active in states)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (units(("web.service", "loaded", "active")), None),
        (units(("web.service", "loaded", "reloading")), None),
        (units(("web.service", "loaded", "failed")), "is stopped"),
        (units(("web.service", "loaded", "activating")), "is stopped"),
        (units(("web.service", "masked", "inactive")), "is masked"),
        (units(("web.service", "not-found", "inactive")), "is not installed (systemd knows no such service)"),
        (units(("web.service", "not-found", "inactive"), ("web@1.service", "loaded", "active")), None),
        (units(("web.service", "loaded", "active"), ("web@1.service", "loaded", "failed")), "is stopped"),
        (units(("web.service", "loaded", "active"), ("web@1.service", "loaded", "active")), None),
        ("System has not been booted with systemd", None),
        ("", None),
    ],
)
def test_state_of_units_is_read(output: str, said: str | None) -> None:
    assert why_units_do_not_run(read_units(output), starters=["web.service"]) == said


AS_IT_WAS = "The check also fails without this change: the configuration was broken before."
GOES_ON = (
    "Nothing was reloaded, so web keeps running with its loaded configuration. The new certificate is on disk, and"
    " nothing is ordered again. Repair what the check names, then run again."
)


@pytest.mark.parametrize(
    ("step", "changes", "words"),
    [
        (RELOAD, {}, "web: Reload: no. shop: back. Now 1 of 1 serve it."),
        (CHECK, {"verification": None}, "web: Check the configuration: no. shop: back."),
        (CHECK, {"objection": "no"}, f"web: Check the configuration: no. {AS_IT_WAS} {GOES_ON} shop: back."),
        (
            CHECK,
            {"objection": "still no", "as_before": False},
            f"no. With the certificates that are active now, the check fails: still no. {GOES_ON} shop: back.",
        ),
        (RELOAD, {"objection": "no"}, "With the certificates that are active now, the check fails: no. Nothing"),
        (RELOAD, {"reload_objections": ("a", "b.")}, "Then the reload failed: a. Then the reload failed: b. Now"),
        (RELOAD, {"problems": ("mail: Sorry.",), "links": ""}, "Reload: no. mail: Sorry. Now"),
        (
            VERIFY,
            {"others_stay": True},
            "Now 1 of 1 serve it. The other new certificates of web are verified and",
        ),
    ],
)
def test_rollback_of_a_service_is_reported(step: str, changes: dict[str, Any], words: str) -> None:
    usual: dict[str, Any] = {"links": "shop: back", "problems": (), "objection": None, "as_before": True}
    usual |= {"reload_objections": (), "verification": "1 of 1 serve it"}
    assert words in str(
        RollbackMessage(service="web", failed=FailedStepError(step, "no", service="web"), **{**usual, **changes})
    )


def test_child_with_open_output_does_not_block_the_command(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    began = time.monotonic()
    try:
        answer = command.run(shell(f"sleep 60 & echo $! > {pid}; echo reloaded"), timeout=30)
        assert time.monotonic() - began < 30
        assert (answer.output, answer.objection) == ("reloaded", None)
    finally:
        os.kill(int(pid.read_text()), 9)


def test_command_after_its_timeout_leaves_no_process(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    pid.touch()
    for seconds in (0.5, 5, 50):  # as long as a busy machine needs to start the shell
        answer = command.run(shell(f"sleep 60 & echo $! > {pid}; wait"), timeout=seconds)
        assert answer.objection == f"/bin/sh did not finish within {seconds} seconds"
        if pid.read_text():
            break
    assert pid.read_text()
    for dummy in range(100):
        if _state(pid.read_text().strip()) in {"", "Z"}:
            return
        time.sleep(0.05)
    pytest.fail("it still runs")


def _state(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def test_only_the_end_of_command_output_is_kept() -> None:
    answer = command.run([sys.executable, "-c", "print('x' * 10**6 + 'end'); raise SystemExit(1)"], timeout=60)
    assert answer.objection is not None
    assert answer.objection.endswith("xend")
    assert len(answer.objection) <= command.LONGEST_OUTPUT


@pytest.mark.parametrize(
    ("words", "objection"),
    [
        (["a\0b"], "embedded null byte"),
        (["/no/such/command", "secret"], "/no/such/command cannot be run: No such file or directory"),
        (
            ["systemctl is-active web"],
            "'systemctl is-active web' cannot be run: No such file or directory; write it as a list: [systemctl,"
            " is-active, web]",
        ),
        (["sleep", "60"], "sleep did not finish within 0.5 seconds"),
        (shell("no-such-program 2>/dev/null"), "exit code 127"),
        (shell("kill -9 $$"), "exit code -9"),
    ],
)
def test_interrupted_command_is_named_and_no_answer(words: list[str], objection: str) -> None:
    answer = command.run(words, timeout=0.5)
    assert answer.objection is not None
    assert answer.objection.endswith(objection)
    assert not answer.ran


def test_command_is_found_in_system_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "check-web").write_text("#!/bin/sh\necho all is well\n")
    (tmp_path / "check-web").chmod(0o755)
    assert command.run(["check-web"], timeout=60).objection
    monkeypatch.setattr(command, "LAST_LOOKED_IN", [str(tmp_path)])
    assert command.run(["check-web"], timeout=60).output == "all is well"


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (
            ["systemctl is-active web"],
            "'systemctl is-active web' cannot be run: No such file or directory; write it as",
        ),
        (["sleep", "60"], "sleep did not finish within 1 seconds"),
        (shell("exec no-such-program"), "no-such-program"),
    ],
)
def test_failed_status_command_is_a_problem(host: Host, tmp_path: Path, status: list[str], named: str) -> None:
    item = host.declare(deploy=OWN)
    host.have(item)
    host.deploy(item)
    first, reloaded = host.read().current, tmp_path / "reloaded"
    own = {**OWN, "status_command": status, "reload_command": ["touch", str(reloaded)]}
    item = host.declare(deploy=own, www=True)
    host.have(item, beginning=BEGINNING + timedelta(days=1))
    would = host.deploy(item, check_mode=True, command_timeout=1)
    did = host.deploy(item, command_timeout=1)
    for result in (would, did):
        (problem,) = texts(result["problems"])
        assert problem.startswith("web: Ask the status_command whether the service runs: ")
        assert named in problem
        assert result["notes"] == []
    assert host.read().current == first
    assert reloaded.exists()
    reloaded.unlink()
    withdrawn = host.deploy({**item, "state": "absent"}, state="withdrawn", command_timeout=1)
    assert named in withdrawn["problems"][0]["text"]
    assert (withdrawn["changed"], withdrawn["services"][0]["certificates"]) == (False, [])
    assert host.read().current == first, "it may still be read, so it stays"
    assert not reloaded.exists()


class TestSites:
    """Enables and disables sites."""

    def declare(self, host: Host, name: str, **more: Any) -> dict[str, Any]:
        (host.web_root / f"{name}.available").write_text("site")
        site = {"src": f"{name}.available", "dest": str(host.web_root / f"{name}.enabled")}
        return host.declare(name, deploy={**OWN, "enable_site": site, **more})

    def link(self, host: Host, name: str) -> Path:
        return host.web_root / f"{name}.enabled"

    def test_check_mode_reports_the_deployment_and_does_nothing(self, host: Host) -> None:
        item = self.declare(host, "shop", check_command=FALSE)
        host.have(item)
        before = tree(host.base), tree(host.web_root)
        would = host.deploy(item, check_mode=True)
        assert (tree(host.base), tree(host.web_root)) == before
        did = host.deploy({**item, "deploy": {**item["deploy"], "check_command": TRUE}})
        assert (would["changed"], would["reason"]["text"]) == (True, "web would serve shop")
        assert (did["changed"], did["reason"]["text"], did["problems"]) == (True, "web serves shop", [])
        assert did["diff"] == would["diff"]
        assert str(self.link(host, "shop").readlink()) == "shop.available"
        assert host.deploy(item, check_mode=True)["changed"] is False
        assert host.plan(item)["current"] == 1

    def test_site_that_cannot_be_enabled_does_not_block_others(self, host: Host) -> None:
        items = [self.declare(host, name) for name in ("shop", "mail", "news")]
        host.have(*items)
        self.link(host, "mail").write_text("mine")
        (host.web_root / "news.available").unlink()
        result = host.deploy(*items)
        assert result["services"][0]["certificates"] == ["shop"]
        mail, news = texts(result["problems"])
        link = self.link(host, "mail")
        assert mail.startswith(f"mail: The site cannot be enabled: {link}: it is not a symbolic link. ")
        assert "news.available does not exist" in news
        assert link.read_text() == "mine"
        assert [item["name"] for item in host.plan(*items)["activate"]] == ["mail", "news"]

    @pytest.mark.parametrize("former", [None, "other.available"])
    def test_site_of_a_rolled_back_service_keeps_its_target(self, host: Host, former: str | None) -> None:
        item = self.declare(host, "shop", check_command=FALSE)
        host.have(item)
        if former:
            self.link(host, "shop").symlink_to(former)
        result = host.deploy(item)
        assert "web: Check the configuration: exit code 1." in result["problems"][0]["text"]
        link = self.link(host, "shop")
        assert (str(link.readlink()) if link.is_symlink() else None) == former

    def test_shared_site_stays_enabled_for_the_installed_one(self, host: Host) -> None:
        first, second = (self.declare(host, name) for name in ("shop", "shop-rsa"))
        second["deploy"] = first["deploy"]
        host.have(first)
        result = host.deploy(first, second)
        assert "shop-rsa: There is nothing to confirm" in result["problems"][0]["text"]
        assert result["services"][0]["certificates"] == ["shop"]
        assert self.link(host, "shop").is_symlink()

    @pytest.mark.parametrize("was_on", [False, True])
    def test_disabled_site_is_disabled_for_all_its_certificates(
        self, host: Host, world: Addresses, was_on: bool
    ) -> None:
        items = [self.declare(host, name) for name in ("shop", "shop-rsa", "mail")]
        items[1]["deploy"] = items[0]["deploy"]
        host.have(*items)
        if was_on:
            self.link(host, "shop").symlink_to("shop.available")
        world.silent = {"shop-rsa"}
        result = host.deploy(*items)
        stay = ["shop", "mail"] if was_on else ["mail"]
        assert result["services"][0]["certificates"] == stay
        assert self.link(host, "shop").is_symlink() is was_on
        assert self.link(host, "mail").is_symlink()
        (problem,) = texts(result["problems"])
        assert problem.startswith(f"web: {VERIFY}: shop-rsa: nobody answers.")
        assert ("shop: certificate " in problem) is not was_on

    def test_shared_site_stays_enabled_for_the_verified_one(self, host: Host) -> None:
        first, second = (self.declare(host, name) for name in ("shop", "shop-rsa"))
        second["deploy"] = first["deploy"]
        host.have(first, second)
        obstacle = host.base / "shop-rsa/verified"
        obstacle.mkdir()
        result = host.deploy(first, second)
        assert "shop-rsa: certificate " in result["problems"][0]["text"]
        assert "shop: " not in result["problems"][0]["text"], "what stays verified is not reported"
        assert self.link(host, "shop").is_symlink()
        obstacle.rmdir()
        assert host.deploy(second)["problems"] == []


def test_rollback_takes_the_last_verified_without_an_order(host: Host) -> None:
    first = host.declare(deploy=OWN)
    host.have(first)
    host.deploy(first)
    before = host.read().current
    second = host.declare(deploy={**OWN, "check_command": FALSE}, www=True)
    host.have(second, beginning=BEGINNING + timedelta(days=1))
    assert before is not None
    result = host.deploy(second)
    assert result["changed"]
    assert host.read().current == before
    assert f"to {before.serial_number}, the last verified one." in result["problems"][0]["text"]
    assert result["rolled_back"] == ["shop"]
    planned = host.plan(second)
    assert (planned["due"], [item["name"] for item in planned["activate"]]) == ([], ["shop"])


class TestReturnToFormer:
    """A certificate that this host has verified is given up for the one before it."""

    def have_two(self, host: Host) -> tuple[dict[str, Any], str, str]:
        """Deploy a certificate and its successor. Return the declaration and both serial numbers."""
        serial_numbers = []
        for day, names in enumerate(({}, {"www": True})):
            item = host.declare(deploy=OWN, **names)
            host.have(item, beginning=BEGINNING + timedelta(days=day))
            assert host.deploy(item)["rolled_back"] == []
            verified = host.read().verified
            assert verified is not None
            serial_numbers.append(verified.serial_number)
        return item, *serial_numbers

    def test_former_one_is_used_and_verified_until_the_next_run(self, host: Host) -> None:
        item, former, newest = self.have_two(host)
        with time_machine.travel(BEGINNING + timedelta(days=1), tick=True):
            would = host.deploy(item, state="rolled_back", check_mode=True)
            assert host.read().current == host.read().verified == host.read().newest_good
            did = host.deploy(item, state="rolled_back")
        assert (would["changed"], did["changed"], did["problems"], did["notes"]) == (True, True, [], [])
        assert did["reason"]["code"] == "rolled_back"
        assert f"rolled back from certificate {newest} to {former}" in did["reason"]["text"]
        with time_machine.travel(BEGINNING + timedelta(days=1), tick=True):
            again = host.deploy(item, state="rolled_back")
        assert (again["changed"], again["problems"]) == (False, [])
        assert "it is a former one already" in again["notes"][0]
        now = host.read()
        assert now.current is now.verified
        assert now.verified is not None
        assert now.verified.serial_number == former
        planned = host.plan(item)
        assert (planned["due"], [each["name"] for each in planned["activate"]]) == ([], ["shop"])

    @pytest.mark.parametrize(("days_left", "words"), [(2.9, "is valid only until"), (-1, "is valid only until")])
    def test_former_one_that_ends_soon_is_no_help(self, host: Host, days_left: float, words: str) -> None:
        item, former, newest = self.have_two(host)
        with time_machine.travel(BEGINNING + LIFETIME - timedelta(days=days_left), tick=True):
            result = host.deploy(item, state="rolled_back")
        assert (result["changed"], result["problems"], result["reason"]["code"]) == (False, [], "left_alone")
        assert f"shop: certificate {newest} stays: {former}, the one before it, {words}" in result["notes"][0]
        current = host.read().current
        assert current is not None
        assert current.serial_number == newest

    def test_first_certificate_stays(self, host: Host) -> None:
        item = host.declare(deploy=OWN)
        host.have(item)
        host.deploy(item)
        result = host.deploy(item, state="rolled_back")
        assert (result["changed"], result["problems"]) == (False, [])
        assert "there is no good one before it" in result["notes"][0]

    def test_former_one_that_no_address_shows_is_not_kept(self, host: Host, world: Addresses) -> None:
        item, _former, newest = self.have_two(host)
        world.silent = {"shop"}
        with time_machine.travel(BEGINNING + timedelta(days=1), tick=True):
            result = host.deploy(item, state="rolled_back")
        assert "nobody answers" in result["problems"][0]["text"]
        current = host.read().current
        assert current is not None
        assert current.serial_number == newest


def test_unverified_certificate_stays_if_previous_has_expired(host: Host) -> None:
    item = host.declare(deploy=OWN)
    host.have(item)
    host.deploy(item)
    item = host.declare(deploy={**OWN, "check_command": FALSE}, www=True)
    host.have(item, beginning=BEGINNING + timedelta(days=1))
    newest = host.read().current
    with time_machine.travel(BEGINNING + LIFETIME, tick=True):
        result = host.deploy(item)
    assert newest is not None
    assert f"shop: certificate {newest.serial_number} stays: " in result["problems"][0]["text"]
    assert "the last verified one, expired on " in result["problems"][0]["text"]
    assert (result["failed"], result["changed"], host.read().current) == (True, False, newest)


def test_old_certificate_from_old_workers_is_noticed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def verify_addresses(*_given: object, **_options: object) -> Verification:
        asked.append(time.monotonic())
        problems = ["an old worker answers"] if len(asked) == 2 else []
        return Verification(verified=[{}], problems=problems, unverified={"shop"} if problems else set(), words="")

    monkeypatch.setattr(deployment, "verify_addresses", verify_addresses)
    item = host.declare(deploy=OWN)
    host.have(item)
    assert "an old worker answers" in host.deploy(item)["problems"][0]["text"]
    assert asked[1] - asked[0] >= deployment.OLD_WORKERS_STAY
    assert host.read().verified is None


class TestUnverifiedCertificate:
    """Rolls back alone, if the others are verified without it."""

    @pytest.fixture
    def items(self, host: Host, tmp_path: Path) -> list[dict[str, Any]]:
        """Return two deployed certificates of one service, with the next of each installed."""
        commands = {"check_command": ["test", "!", "-e", f"{tmp_path}/broken"]}
        commands["reload_command"] = shell(f"echo >> {tmp_path}/reloads")
        items = [host.declare(name, deploy={**OWN, **commands}) for name in ("shop", "mail")]
        host.have(*items)
        assert host.deploy(*items)["problems"] == []
        items = [{**item, "www": True} for item in items]
        host.have(*items, beginning=BEGINNING + timedelta(days=1))
        (tmp_path / "reloads").unlink()
        return items

    def reloads(self, tmp_path: Path) -> int:
        log = tmp_path / "reloads"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def verified(self, host: Host, name: str) -> str:
        """Return whether the newest is installed and verified, or the one before it."""
        found = host.read(name)
        assert found.current is not None
        assert found.current == found.verified
        return "new" if found.current == found.newest_good else "old"

    def test_unverified_certificate_rolls_back_alone(
        self, host: Host, items: list[dict[str, Any]], world: Addresses, tmp_path: Path
    ) -> None:
        world.silent = {"mail"}
        result = host.deploy(*items)
        assert (self.verified(host, "shop"), self.verified(host, "mail")) == ("new", "old")
        assert (result["failed"], result["changed"]) == (True, True)
        assert result["services"][0]["certificates"] == ["shop"]
        assert result["reason"]["text"] == "web serves shop; rolled back: mail"
        (problem,) = texts(result["problems"])
        assert problem.startswith(f"web: {VERIFY}: mail: nobody answers. mail: rolled back from certificate ")
        assert "Now 0 of 1 serve it, for the same reason. If an address is wrong, correct deploy.verify." in problem
        assert problem.count("nobody answers") == 1
        assert "The other new certificates of web are verified and stay." in problem
        assert self.reloads(tmp_path) == 2
        for dummy in range(2):
            (waiting,) = host.install(*items)["deploy"]
            assert waiting["name"] == "mail"
            host.deploy(waiting)
            assert (self.verified(host, "shop"), self.verified(host, "mail")) == ("new", "old")
        world.silent = set()
        host.install(*items)
        assert host.deploy(items[1])["problems"] == []
        assert self.verified(host, "mail") == "new"

    @pytest.mark.parametrize("then", ["the other is not verified either", "the configuration does not load"])
    def test_all_roll_back_if_the_others_are_not_verified(
        self, host: Host, items: list[dict[str, Any]], world: Addresses, tmp_path: Path, then: str
    ) -> None:
        world.first = [{"mail"}, {"shop"}] if "either" in then else [{"mail"}]
        if "load" in then:
            for item in items:
                item["deploy"] = {**item["deploy"], "reload_command": ["touch", f"{tmp_path}/broken"]}
        result = host.deploy(*items)
        assert (self.verified(host, "shop"), self.verified(host, "mail")) == ("old", "old")
        assert result["services"][0]["certificates"] == []
        first, second = texts(result["problems"])
        assert first.startswith(f"web: {VERIFY}: mail: nobody answers. mail: rolled back from certificate ")
        assert "The other" not in first
        step = f"{VERIFY}: shop: nobody answers" if "either" in then else f"{CHECK}: exit code 1"
        assert second.startswith(f"web: {step}. ")
        assert "shop: rolled back from certificate " in second

    def test_unverified_first_certificate_needs_no_other_reload(
        self, host: Host, items: list[dict[str, Any]], world: Addresses, tmp_path: Path
    ) -> None:
        news = host.declare("news", deploy=items[0]["deploy"])
        host.have(news)
        world.silent = {"news"}
        assert host.deploy(*items, news)["services"][0]["certificates"] == ["shop", "mail"]
        assert self.reloads(tmp_path) == 1
        result = host.deploy(news)
        assert "stays: there is no good one before it" in result["problems"][0]["text"]
        assert self.reloads(tmp_path) == 2


def test_each_service_is_a_transaction_of_its_own(host: Host) -> None:
    good, bad, idle = (
        host.declare(name, deploy={**OWN, "service": name, **more})
        for name, more in {
            "good": {},
            "bad": {"reload_command": shell("echo no; exit 1")},
            "idle": {"status_command": FALSE, "check_command": FALSE},
        }.items()
    )
    host.have(good, bad, idle)
    result = host.deploy(idle, bad, good, host.declare("plain"))
    done = {each["name"]: each["certificates"] for each in result["services"]}
    assert done == {"idle": [], "bad": [], "good": ["good"]}
    (note,) = result["notes"]
    assert note.startswith(
        "idle is stopped (its status_command: exit code 1): the certificate is installed and not yet"
    )
    (problem,) = texts(result["problems"])
    assert problem.startswith("bad: Reload: no. bad: certificate ")
    assert "stays: there is no good one before it. Then the reload failed: no." in problem


class TestSharedCertificate:
    """A certificate of two services is used by both, or by neither."""

    def declare(self, host: Host, tmp_path: Path, **of_imap: Any) -> dict[str, Any]:
        smtp = {**OWN, "service": "smtp", "reload_command": shell(f"echo smtp >> {tmp_path}/reloads")}
        imap = {**OWN, "service": "imap", "reload_command": shell(f"echo imap >> {tmp_path}/reloads"), **of_imap}
        return host.declare("mail", deploy=[smtp, imap])

    def renewed(self, host: Host, tmp_path: Path, **of_imap: Any) -> tuple[dict[str, Any], str, list[str]]:
        """Deploy a certificate to both, then the next one. Return the result, what is in use, and the reloads."""
        first = self.declare(host, tmp_path)
        host.have(first)
        assert host.deploy(first)["problems"] == []
        (tmp_path / "reloads").unlink()
        item = {**self.declare(host, tmp_path, **of_imap), "www": True}
        host.have(item, beginning=BEGINNING + timedelta(days=1))
        result = host.deploy(item)
        found, log = host.read("mail"), tmp_path / "reloads"
        assert found.current is not None
        state = ("new" if found.current == found.newest_good else "old") + (
            " verified" if found.current == found.verified else " unverified"
        )
        return result, state, log.read_text().split() if log.exists() else []

    def test_both_services_use_the_new_certificate(self, host: Host, tmp_path: Path) -> None:
        result, state, reloads = self.renewed(host, tmp_path)
        assert (result["problems"], state, reloads) == ([], "new verified", ["smtp", "imap"])
        assert [(each["name"], each["certificates"]) for each in result["services"]] == [
            ("smtp", ["mail"]),
            ("imap", ["mail"]),
        ]
        assert len(result["diff"]) == 1

    def test_failed_check_of_one_reloads_neither(self, host: Host, tmp_path: Path) -> None:
        result, state, reloads = self.renewed(host, tmp_path, check_command=FALSE)
        (problem,) = texts(result["problems"])
        assert problem.startswith("imap: Check the configuration: exit code 1.")
        assert (state, reloads) == ("old verified", [])

    def test_failed_reload_of_one_rolls_back_both(self, host: Host, tmp_path: Path) -> None:
        broken = shell(f"readlink {host.base}/mail/current | grep -q $(ls -t {host.base}/mail/versions | tail -1)")
        result, state, reloads = self.renewed(host, tmp_path, reload_command=broken)
        (problem,) = texts(result["problems"])
        assert problem.startswith("imap: Reload: exit code 1. mail: rolled back from certificate ")
        assert (state, reloads) == ("old verified", ["smtp", "smtp"])
        assert {each["reason"]["code"] for each in result["services"]} == {"rolled_back"}

    def test_stopped_service_delays_only_the_record(self, host: Host, tmp_path: Path) -> None:
        result, state, reloads = self.renewed(host, tmp_path, status_command=FALSE, check_command=FALSE)
        assert (result["problems"], state, reloads) == ([], "new unverified", ["smtp"])
        (note,) = result["notes"]
        assert note.startswith("imap is stopped (its status_command: exit code 1): the certificate is installed and")
        assert [each["certificates"] for each in result["services"]] == [["mail"], []]
        assert [item["name"] for item in host.install(self.declare(host, tmp_path))["deploy"]] == ["mail"]

    def test_service_that_needs_an_absent_certificate_keeps_it(self, host: Host, tmp_path: Path) -> None:
        needs = shell(f"test -e {host.base}/mail/current")
        item = self.declare(host, tmp_path, check_command=needs)
        host.have(item)
        host.deploy(item)
        kept = host.deploy({**item, "state": "absent"}, state="withdrawn")
        assert "without it" in kept["problems"][0]["text"]
        assert host.read("mail").current is not None
        gone = host.deploy({**self.declare(host, tmp_path), "state": "absent"}, state="withdrawn")
        assert (gone["problems"], [each["certificates"] for each in gone["services"]]) == ([], [["mail"], ["mail"]])
        assert host.read("mail").current is None


def test_missing_service_does_not_block_other_deployments(host: Host, tmp_path: Path) -> None:
    reloads = tmp_path / "reloads"
    deploy = {**OWN, "reload_command": shell(f"echo >> {reloads}")}
    shop, mail = host.declare(deploy=deploy), host.declare("mail", deploy=deploy)
    alone = host.deploy(mail)
    assert "mail: There is nothing to confirm" in alone["problems"][0]["text"]
    assert not reloads.exists()
    host.have(shop)
    both = host.deploy(mail, shop)
    assert both["services"][0]["certificates"] == ["shop"]
    assert both["problems"] == alone["problems"]


def test_invalid_address_is_refused_first(host: Host) -> None:
    item = host.declare(deploy={**OWN, "verify": ["nowhere"]})
    with pytest.raises(InvalidDeclarationError, match="is not HOST:PORT"):
        host.deploy(item)


class TestChangedDeploy:
    """A service or an address that is added to ``deploy`` of a verified certificate."""

    def have(self, host: Host) -> dict[str, Any]:
        item = host.declare(deploy=[OWN])
        host.have(item)
        host.deploy(item)
        assert host.plan(item)["current"] == 1
        return item

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ([OWN, {**OWN, "service": "imap"}], "imap is not verified"),
            ([{**OWN, "verify": ["127.0.0.1:443"]}], "127.0.0.1:443 of web is not verified"),
            ([{**OWN, "reload_command": shell("true")}], "reload_command of web is new"),
        ],
    )
    def test_change_is_deployed_without_an_order(
        self, host: Host, world: Addresses, changed: list[dict[str, Any]], reason: str
    ) -> None:
        item = {**self.have(host), "deploy": changed}
        plan = host.plan(item)
        assert (plan["due"], [each["name"] for each in plan["activate"]]) == ([], ["shop"])
        assert plan["sentences"][0].endswith(f" is not deployed as declared yet: {reason}")
        installed = host.install(item)
        assert (installed["changed"], [each["name"] for each in installed["deploy"]]) == (False, ["shop"])
        would, did = host.deploy(item, check_mode=True), host.deploy(item)
        assert (would["changed"], did["changed"], did["diff"]) == (True, True, would["diff"])
        assert host.plan(item)["current"] == 1
        assert (host.install(item)["deploy"], host.deploy(item)["changed"]) == ([], False)

    def test_failed_service_is_tried_again_and_others_stay(self, host: Host) -> None:
        item = self.have(host)
        before = host.read()
        broken = {**item, "deploy": [OWN, {**OWN, "service": "imap", "check_command": FALSE}]}
        assert "imap: Check the configuration" in host.deploy(broken)["problems"][0]["text"]
        assert host.read() == before
        assert [each["name"] for each in host.plan(broken)["activate"]] == ["shop"]

    def test_site_of_a_failed_service_is_disabled_again(self, host: Host) -> None:
        item = self.have(host)
        site = {"src": str(host.web_root), "dest": str(host.web_root.parent / "enabled")}
        host.deploy({**item, "deploy": [OWN, {**OWN, "service": "imap", "check_command": FALSE, "enable_site": site}]})
        assert not Path(site["dest"]).is_symlink()

    def test_stopped_service_is_deployed_later(self, host: Host) -> None:
        item = self.have(host)
        stopped = {**item, "deploy": [OWN, {**OWN, "service": "imap", "status_command": FALSE}]}
        assert [each["name"] for each in host.plan(stopped)["activate"]] == ["shop"]
        assert host.deploy(stopped)["changed"] is False
        runs = {**item, "deploy": [OWN, {**OWN, "service": "imap"}]}
        assert host.deploy(runs)["changed"]
        assert host.plan(runs)["current"] == 1

    def test_running_service_is_recorded_beside_a_stopped_one(self, host: Host) -> None:
        item = host.declare(deploy=[OWN, {**OWN, "service": "imap", "status_command": FALSE}])
        host.have(item)
        assert [host.deploy(item)["changed"] for dummy in range(2)] == [True, False]
        assert host.read().verified is None
        (problem,) = texts(host.plan({"name": "shop", "state": "absent", "deploy": [item["deploy"][1]]})["problems"])
        assert "web was verified with this certificate" in problem

    def test_store_of_an_older_version_is_not_deployed_again(self, host: Host) -> None:
        item = self.have(host)
        (host.base / "shop/deployed.json").unlink()
        more = {**item, "deploy": [OWN, {**OWN, "service": "imap"}]}
        assert (host.plan(more)["current"], host.install(more)["deploy"]) == (1, [])
        host.deploy(item)
        assert [each["name"] for each in host.plan(more)["activate"]] == ["shop"]

    def test_damaged_record_is_written_again(self, host: Host) -> None:
        item = self.have(host)
        (host.base / "shop/deployed.json").write_text("{")
        assert [each["name"] for each in host.plan(item)["activate"]] == ["shop"]
        (problem,) = texts(host.plan({"name": "shop", "state": "absent", "deploy": [OWN]})["problems"])
        assert "shop/deployed.json: it is not JSON" in problem
        host.deploy(item)
        assert host.plan(item)["current"] == 1
