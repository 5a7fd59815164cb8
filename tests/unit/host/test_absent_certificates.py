# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Absent certificates, planned and removed on a real disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import InvalidDeclarationError
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer
from ansible_collections.certops.certum.tests.unit.store.world import tree

ABSENT = {"name": "shop", "state": "absent"}
TRUE = ["true"]
PLANNED = ("absent", "withdraw", "revoke", "pending_orders")


def planned(result: dict[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in PLANNED}


def deploy(check: list[str], **more: Any) -> dict[str, Any]:
    return {"service": "web", "check_command": check, "reload_command": TRUE, **more}


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_absent_needs_only_a_name(host: Host) -> None:
    result = host.plan(ABSENT)
    assert planned(result) == {key: [] for key in PLANNED}
    assert (result["due"], result["reasons"], result["problems"], result["current"]) == ([], [], [], 1)
    assert not host.base.exists()


def test_existing_absent_certificate_is_planned_and_not_due(host: Host) -> None:
    host.have(host.declare(), host.declare("mail"))
    serial_number = host.read().versions[0].serial_number
    revoked = {"common_name": "shop.example.com", "revoke_reason": "superseded"}
    item = {**ABSENT, "deploy": [{"service": "nginx"}], **revoked}
    result = host.plan(item, host.declare("mail"))
    assert planned(result) == {
        "absent": [item],
        "withdraw": [item],
        "revoke": [{"name": "shop", "serial_number": serial_number, "revoke_reason": "superseded"}],
        "pending_orders": [],
    }
    reason = (
        f"it is declared absent, and certificate {serial_number} is on disk. The CA is asked to revoke {serial_number}"
    )
    assert result["reasons"] == [
        {"name": "shop", "action": "remove", "reason": {"code": "declared_absent", "text": reason}}
    ]
    assert result["reason"]["text"] == "2 certificates are declared: 1 is to be removed"
    later = host.plan(item, host.declare("mail"), now="2028-01-01")
    assert later["revoke"] == [], "an expired certificate needs no revocation"


def test_pending_order_of_an_absent_certificate_is_named(host: Host) -> None:
    (order,) = host.stage(host.declare())["orders"]
    result = host.plan({**ABSENT, "deploy": {"service": "nginx"}})
    assert result["pending_orders"] == [{"name": "shop", "order_id": order["order_id"]}]
    assert result["withdraw"] == [], "no service uses a certificate that was never issued"


def test_absent_declaration_is_not_staged_or_installed(host: Host) -> None:
    item = {**host.declare(), "state": "absent"}
    (order,) = host.stage(host.declare())["orders"]
    assert host.stage(item)["orders"] == []
    result = host.install(item, orders=[answer(order)])
    assert (result["changed"], result["certificates"][0]["reason"]["text"]) == (False, "it is declared absent")


def test_present_certificate_is_never_removed(host: Host) -> None:
    item = host.declare(deploy=deploy(TRUE))
    host.have(item)
    before = tree(host.base)
    removed, withdrawn = host.install(item, state="absent"), host.deploy(item, state="withdrawn")
    assert (removed["changed"], removed["certificates"][0]["reason"]["text"]) == (False, "it is declared present")
    assert withdrawn["reason"]["text"] == "shop: it is declared present"
    assert tree(host.base) == before


@pytest.mark.parametrize("check_mode", [False, True])
def test_certificate_in_use_is_withdrawn_first(host: Host, check_mode: bool) -> None:
    host.have(host.declare())
    host.confirm()
    assert "Declare deploy as before" in host.plan(ABSENT)["problems"][0]["text"]
    result = host.install(ABSENT, state="absent", check_mode=check_mode)
    assert result["failed"] is not check_mode, "in check mode an earlier task would have withdrawn it"
    assert host.read().current is not None
    host.deploy({**ABSENT, "deploy": deploy(TRUE)}, state="withdrawn")
    assert host.install(ABSENT, state="absent")["changed"]
    assert not (host.base / "shop").exists()


class TestRecordedServices:
    """A certificate that two services use, and an absent declaration that names some of them."""

    def have(self, host: Host) -> dict[str, Any]:
        both = [deploy(TRUE), deploy(TRUE, service="imap")]
        item = host.declare(deploy=both)
        host.have(item)
        assert host.deploy(item)["problems"] == []
        return {**ABSENT, "deploy": both}

    @pytest.mark.parametrize(
        ("named", "lines"),
        [
            ([], "- {service: web, check_command: ..., reload_command: ...}, - {service: imap, check_command: "),
            ([0], "imap was verified with this certificate and may use its files, and deploy does not name it"),
            ([1], "web was verified with this certificate and may use its files, and deploy does not name it"),
        ],
        ids=str,
    )
    def test_unnamed_service_keeps_the_files(self, host: Host, named: list[int], lines: str) -> None:
        whole = self.have(host)
        part = {**whole, "deploy": [whole["deploy"][number] for number in named]}
        before = tree(host.base)
        plan = host.plan(part if named else ABSENT)
        withdrawn = host.deploy(part, state="withdrawn")
        removed = host.install(part, state="absent")
        assert (plan["absent"], plan["withdraw"]) == ([], [])
        for result in (plan, removed, *([withdrawn] if named else [])):
            (problem,) = texts(result["problems"])
            assert lines in problem
            assert problem.endswith(f"remove {host.base}/shop/deployed.json. Then run again.")
        assert tree(host.base) == before

    def test_all_named_services_release_the_files(self, host: Host) -> None:
        whole = self.have(host)
        assert host.plan(whole)["withdraw"] == [whole]
        assert host.deploy(whole, state="withdrawn")["problems"] == []
        assert host.install(whole, state="absent")["problems"] == []
        assert not (host.base / "shop").exists()

    def test_service_that_was_not_reloaded_keeps_the_files(self, host: Host) -> None:
        whole = self.have(host)
        whole["deploy"][1]["reload_command"] = ["false"]
        assert "imap: Reload: exit code 1" in host.deploy(whole, state="withdrawn")["problems"][0]["text"]
        (problem,) = texts(host.install(whole, state="absent")["problems"])
        assert "imap was verified with this certificate, and was not taken out of service" in problem
        assert host.plan(whole)["withdraw"] == [whole]
        whole["deploy"][1]["reload_command"] = TRUE
        assert host.deploy(whole, state="withdrawn")["problems"] == []
        assert host.install(whole, state="absent")["changed"]

    def test_service_removed_from_deploy_stays_recorded(self, host: Host) -> None:
        whole = self.have(host)
        fewer = host.declare(deploy=whole["deploy"][0])
        assert host.plan(fewer)["current"] == 1
        host.deploy(fewer)
        assert "- {service: imap, " in host.plan({**whole, "deploy": whole["deploy"][:1]})["problems"][0]["text"]

    def test_known_service_needs_only_its_name(self, host: Host) -> None:
        site = {"src": str(host.web_root), "dest": str(host.web_root / "enabled")}
        item = host.declare(deploy=[deploy(TRUE, service="nginx", enable_site=site), deploy(TRUE, service="httpd")])
        host.have(item)
        host.deploy(item)
        (problem,) = texts(host.plan(ABSENT)["problems"])
        assert f"- {{service: nginx, enable_site: {{src: {site['src']}, dest: {site['dest']}}}}}, " in problem
        assert "- {service: apache}." in problem
        named = [{"service": "nginx"}, {"service": "apache2"}]
        assert host.plan({**ABSENT, "deploy": named})["problems"] == []


class TestSite:
    """A service whose check needs the files that its site names."""

    def declare(self, host: Host, check: list[str]) -> tuple[dict[str, Any], Path]:
        source, site = host.web_root / "available", host.web_root / "enabled"
        source.write_text("site")
        site.symlink_to("available")
        enable = {"src": str(source), "dest": str(site)}
        return {**ABSENT, "deploy": deploy(check, enable_site=enable)}, site

    def test_site_of_an_absent_certificate_is_disabled(self, host: Host) -> None:
        host.have(host.declare())
        paths = [str(host.web_root / "enabled"), str(host.base / "shop/current")]
        item, site = self.declare(host, python(f"import os, sys; sys.exit(any(map(os.path.lexists, {paths})))"))
        before = tree(host.base)
        would = host.deploy(item, state="withdrawn", check_mode=True)
        assert (tree(host.base), site.is_symlink()) == (before, True)
        did = host.deploy(item, state="withdrawn")
        assert did["services"][0]["certificates"] == ["shop"]
        assert did["diff"] == would["diff"]
        assert did["diff"][0]["before"]["links"] == paths
        assert not site.is_symlink()
        assert host.deploy(item, state="withdrawn")["reason"]["text"] == "shop: is out of service"

    @pytest.mark.parametrize(
        ("command", "longest", "words"),
        [
            (
                python("import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(1)"),
                60,
                "one; two",
            ),
            (python("import sys; sys.exit(3)"), 60, "exit code 3"),
            (["/no/such/command"], 60, "/no/such/command cannot be run: No such file or directory"),
            (python("import time; time.sleep(60)"), 0.5, f"{sys.executable} did not finish within 0.5 seconds"),
        ],
    )
    def test_site_is_enabled_again_when_the_service_refuses(
        self, host: Host, command: list[str], longest: float, words: str
    ) -> None:
        host.have(host.declare(), host.declare("mail"))
        host.confirm()
        item, site = self.declare(host, command)
        before = host.read()
        result = host.deploy(item, state="withdrawn", command_timeout=longest)
        assert result["problems"][0]["text"].startswith("shop: The certificate was not taken out of service: ")
        assert words in result["problems"][0]["text"]
        assert "Repair the configuration of the service" in result["problems"][0]["text"], (
            "it fails with the certificate, too"
        )
        assert (site.is_symlink(), site.readlink()) == (True, Path("available"))
        assert host.read() == before

    def test_site_is_needed_if_the_service_fails_only_without_it(self, host: Host) -> None:
        host.have(host.declare())
        link = str(host.web_root / "enabled")
        item, site = self.declare(host, python(f"import os, sys; sys.exit(not os.path.lexists({link!r}))"))
        result = host.deploy(item, state="withdrawn")
        assert "Remove these files from the configuration of the service" in result["problems"][0]["text"]
        assert site.is_symlink()

    def test_site_that_is_a_regular_file_is_not_touched(self, host: Host) -> None:
        host.have(host.declare())
        item, site = self.declare(host, TRUE)
        site.unlink()
        site.write_text("mine")
        host.deploy(item, state="withdrawn")
        assert site.read_text() == "mine"


def test_failed_reload_keeps_the_files(host: Host) -> None:
    host.have(host.declare())
    item = {**ABSENT, "deploy": deploy(TRUE, reload_command=python("print('no'); raise SystemExit(1)"))}
    result = host.deploy(item, state="withdrawn")
    assert result["services"][0]["certificates"] == [], "so nothing of it is removed"
    assert result["changed"], "but it does not block"
    assert texts(result["problems"]) == [
        "shop: web: Reload: no. The certificates are still on disk. Reload the service, then run again."
    ]


def test_reason_to_revoke_needs_an_absent_certificate(host: Host) -> None:
    with pytest.raises(InvalidDeclarationError, match="revoke_reason requires state absent"):
        host.plan(host.declare(revoke_reason="superseded"))
    with pytest.raises(InvalidDeclarationError, match="revoke_reason requires common_name"):
        host.plan({**ABSENT, "revoke_reason": "superseded"})


def test_unsafe_name_of_an_absent_certificate_is_refused(host: Host) -> None:
    with pytest.raises(InvalidDeclarationError, match="letters, digits"):
        host.plan({"name": "..", "state": "absent"})
