# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds a problem of a host before the order: only that certificate is not ordered."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.plugins.module_utils._service import systemd_units
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import answer
from ansible_collections.certops.certum.tests.unit.store.world import tree
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.unit.host.declared import Host

TRUE = ["true"]
OWN = {"service": "web", "check_command": TRUE, "reload_command": TRUE}
LIFETIME = timedelta(days=199)


def says(text: str, code: int = 1) -> list[str]:
    """Return a command that prints a text and ends with a code."""
    return ["/bin/sh", "-c", f'printf %s "$1"; exit {code}', "check", text]


def lacking(path: str) -> str:
    """Return nginx's message about a file that it cannot load."""
    return f'nginx: [emerg] cannot load certificate "{path}": BIO_new_file() failed'


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"owner": "nobody-has-this"}, "owner: 'nobody-has-this' is not a user of this host", id="owner"),
        pytest.param({"group": "nobody-has-this"}, "'nobody-has-this' is not a group of this host", id="group"),
        pytest.param(
            {"key": {"location": "elsewhere"}},
            "shop/staged/request.csr: key.location is elsewhere, and no request from elsewhere is stored for the "
            "next certificate. Make a new key and a request (CSR) with it, store the request with "
            "certum_stage_request, then run again.",
            id="no stored request",
        ),
        pytest.param(
            {"deploy": {"service": "imap"}}, "imap is not a known service; known: nginx", id="unknown service"
        ),
        pytest.param(
            {"deploy": {**OWN, "check_command": ["no-such-program", "-t"]}},
            "web cannot be deployed to: deploy.check_command: no-such-program cannot be run: no directory of",
            id="check_command",
        ),
        pytest.param(
            {"deploy": {**OWN, "reload_command": ["/no/such/program"]}},
            "deploy.reload_command: /no/such/program cannot be run: it does not exist",
            id="reload_command",
        ),
        pytest.param(
            {"deploy": {**OWN, "reload_command": ["/etc/passwd"]}},
            "deploy.reload_command: /etc/passwd cannot be run: it is not executable",
            id="not executable",
        ),
        pytest.param(
            {"deploy": {**OWN, "status_command": ["systemctl is-active web"]}},
            "write it as a list: [systemctl, is-active, web]",
            id="status_command",
        ),
        pytest.param({"deploy": {**OWN, "status_command": says("", 127)}}, "Ask the status_command", id="no status"),
        pytest.param(
            {"deploy": {**OWN, "enable_site": {"src": "gone", "dest": "/etc/shop-tls"}}},
            "The site cannot be enabled: /etc/shop-tls: gone does not exist",
            id="site",
        ),
        pytest.param(
            {"deploy": {**OWN, "enable_site": {"src": "/etc/passwd", "dest": "/etc/gone/shop-tls"}}},
            "The site cannot be enabled: /etc/gone/shop-tls: its directory does not exist",
            id="no directory of sites",
        ),
        pytest.param(
            {"deploy": {**OWN, "check_command": says('unknown directive "nonsense"')}},
            'web: its check reports: unknown directive "nonsense". Repair what the check names',
            id="configuration",
        ),
        pytest.param(
            {"deploy": {**OWN, "check_command": ["sleep", "60"]}},
            "sleep did not finish within 1 seconds",
            id="no answer",
        ),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_unusable_certificate_is_not_ordered(host: Host, changes: dict[str, Any], said: str, check_mode: bool) -> None:
    items = [host.declare(**changes), host.declare("mail")]

    result = host.stage(*items, check_mode=check_mode, command_timeout=1)

    assert [order["name"] for order in result["orders"]] == ["mail"], "the others go on"
    (problem,) = texts(result["problems"])
    assert problem.startswith("shop: Nothing would be ordered. " if check_mode else "shop: Nothing was ordered. ")
    assert said in problem
    assert host.read().staged is None, "no key is made, so nothing looks like an order"


@pytest.mark.parametrize(
    ("answer", "booted", "deploy", "refused"),
    [
        ("exit 1", False, {}, True),
        ("exit 1", False, {"reload_command": TRUE}, False),
        ("exit 1", True, {}, False),
        ("exec echo LoadState=loaded", False, {}, False),
    ],
    ids=["no systemd", "own reload_command", "systemd gives no answer", "another systemctl answers"],
)
def test_reload_without_systemd_is_refused_before_the_order(
    host: Host,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    booted: bool,
    deploy: dict[str, Any],
    refused: bool,
) -> None:
    tools, run = tmp_path / "tools", tmp_path / "run"
    tools.mkdir()
    (tools / "systemctl").write_text(f"#!/bin/sh\n{answer}\n")
    (tools / "systemctl").chmod(0o755)
    if booted:
        run.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setattr(systemd_units, "BOOTED", run)
    item = host.declare(deploy={"service": "nginx", "check_command": TRUE, **deploy})

    result = host.stage(item)

    assert bool(result["problems"]) is refused
    if refused:
        (problem,) = texts(result["problems"])
        assert (
            "nginx cannot be reloaded: deploy.reload_command: systemd does not run on this host (exit code 1), and "
            in problem
        )
        assert "Set deploy.reload_command, and deploy.status_command if the service may be stopped" in problem


def test_all_obstacles_are_reported_together(host: Host) -> None:
    result = host.stage(host.declare(owner="nobody-has-this", deploy={**OWN, "check_command": ["no-such-program"]}))
    (problem,) = result["problems"]
    assert "nobody-has-this" in problem["text"]
    assert "no-such-program" in problem["text"]
    assert problem["text"].endswith(problem["remedy"].partition(" ")[2][-20:])


def test_each_service_is_checked_once_for_due_orders(host: Host, tmp_path: Path) -> None:
    log = tmp_path / "log"
    count = ["/bin/sh", "-c", f"echo checked >> {log}"]
    items = [host.declare(name, deploy={**OWN, "check_command": count}) for name in ("shop", "mail")]
    orders = host.stage(*items)["orders"]
    assert log.read_text().splitlines() == ["checked"]
    host.challenge(items, [answer(order, "pending", code="c0de") for order in orders])
    broken = [{**item, "owner": "nobody-has-this"} for item in items]
    assert len(host.stage(*broken)["orders"]) == 2, "a placed order continues in any case"
    assert log.read_text().splitlines() == ["checked"]


@pytest.mark.parametrize("have", ["nothing", "a certificate", "a damaged key"])
@pytest.mark.parametrize(
    ("named", "cured_by"),
    [
        ("{base}/shop/current/fullchain.pem", {"nothing", "a damaged key"}),
        ("{base}/shop/current/fullchian.pem", set[str]()),
        ("{base}/other/current/fullchain.pem", set[str]()),
        ("", {"nothing", "a damaged key"}),
    ],
)
def test_check_that_fails_for_the_missing_certificate_is_ignored(
    host: Host, named: str, cured_by: set[str], have: str
) -> None:
    if have != "nothing":
        host.have(host.declare())
    if have == "a damaged key":
        (host.base / "shop/current/privkey.pem").write_text("damaged")
    path = named.format(base=host.base)
    check = says(lacking(path) if path else "")

    result = host.stage(host.declare(deploy={**OWN, "check_command": check}))

    assert bool(result["orders"]) is (have in cured_by)
    assert bool(result["problems"]) is (have not in cured_by)


SYSTEMCTL = '#!/bin/sh\nprintf "LoadState={}\\nActiveState={}\\n"\n'


@pytest.mark.parametrize(
    ("load", "active", "objection"),
    [
        ("not-found", "inactive", "nginx: it is not installed (systemd knows no such service). Install nginx"),
        ("masked", "inactive", None),
        ("loaded", "failed", None),
        ("loaded", "active", "nginx: its check reports: nonsense"),
    ],
)
def test_only_installed_services_get_orders(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: str, active: str, objection: str | None
) -> None:
    tools = {"systemctl": SYSTEMCTL.format(load, active), "nginx": "#!/bin/sh\necho nonsense; exit 1\n"}
    for name, text in tools.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    result = host.stage(host.declare(deploy={"service": "nginx"}))

    assert bool(result["orders"]) is (objection is None)
    assert [objection in text for text in texts(result["problems"]) if objection] == [True] * bool(objection)


@pytest.mark.parametrize(
    ("days_left", "replace", "ordered", "said"),
    [
        pytest.param(20, {}, None, "Certificate {} is valid until", id="a reissue would start the last 14 days"),
        pytest.param(14, {}, "reissue", "The certificate is reissued anyway", id="the last 14 days run in any case"),
        pytest.param(14, {"owner": "nobody-has-this"}, None, "is not a user of this host", id="it cannot be installed"),
        pytest.param(5, {"product": "931"}, None, "Certificate {} is valid until", id="an order costs money"),
        pytest.param(-1, {}, None, "Certificate {} expired on", id="an expired certificate has to be ordered"),
    ],
)
def test_broken_configuration_blocks_a_reissue_that_revokes(
    host: Host, days_left: int, replace: dict[str, Any], ordered: str | None, said: str
) -> None:
    host.have(host.declare(), lifetime=LIFETIME)
    current = host.read().current
    assert current is not None
    before = {path: found for path, found in tree(host.base).items() if not path.endswith(".lock")}
    item = host.declare(deploy={**OWN, "check_command": says("nonsense")}, **replace)
    with time_machine.travel(BEGINNING + LIFETIME - timedelta(days=days_left) + timedelta(seconds=1)):
        for night in range(2):
            result = host.stage(item)
            (problem,) = texts(result["problems"])
            assert said.format(current.serial_number) in problem, night
            assert [order["operation"] for order in result["orders"]] == [ordered] * bool(ordered)
    if not ordered:
        assert {path: found for path, found in tree(host.base).items() if not path.endswith(".lock")} == before


def test_possible_reissue_reports_validity_of_the_former(host: Host) -> None:
    host.have(host.declare())
    item = host.declare(deploy=OWN)
    assert len(host.stage(item)["orders"]) == 1
    broken = host.declare(deploy={**OWN, "check_command": says("nonsense")})

    (problem,) = texts(host.stage(broken)["problems"])

    staged = host.read().staged
    assert staged is not None
    assert staged.order is not None
    until = staged.order.created + timedelta(days=14)
    assert f"Order {staged.order.order_id} may have been sent before" in problem
    assert f"is valid until {until:%Y-%m-%d %H:%M} UTC at least" in problem
