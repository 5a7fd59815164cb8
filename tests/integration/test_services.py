# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uses the role certum_deploy alone: services that run, are stopped, masked, missing, broken, or misconfigured."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.plugins.module_utils._service.handshake import shake_hands
from ansible_collections.certops.certum.plugins.module_utils._x509.certificate_facts import read_certificate
from ansible_collections.certops.certum.tests.integration.project import Project, tree
from ansible_collections.certops.certum.tests.support.ports import ReservedPort
from ansible_collections.certops.certum.tests.unit.host.declared import Host
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.web_server import WebServer

RUNS, STOPPED, FAILED = ("LoadState=loaded\nActiveState=" + state for state in ("active", "inactive", "failed"))
MASKED, MISSING = ("LoadState=" + state + "\nActiveState=inactive" for state in ("masked", "not-found"))

SYSTEMCTL = """\
#!/bin/sh
echo "$*" >> {tools}/asked
case "$*" in
  "show --property=Id,LoadState,ActiveState,ControlGroup nginx.service") exec cat {tools}/state ;;
  "reload nginx.service") exec {nginx} -s reload ;;
esac
echo "systemctl: not expected: $*" >&2
exit 1
"""


@dataclass
class Bench:
    """A host with certificates of a test CA, an nginx, and a systemctl with answers of the test."""

    project: Project
    web: WebServer
    host: Host
    days: int = 0

    @property
    def tools(self) -> Path:
        return self.project.path / "tools"

    @property
    def asked(self) -> list[str]:
        """Return the calls of systemctl."""
        log = self.tools / "asked"
        return log.read_text().splitlines() if log.exists() else []

    def declare(self, name: str = "shop", **deploy: Any) -> dict[str, Any]:
        """Return a certificate of a service with its own commands; None removes an option of deploy."""
        own = {**self.web.add_site(self.host.base / name, server_name=f"{name}.example.com"), **deploy}
        return self.host.declare(name, deploy={key: value for key, value in own.items() if value is not None})

    def of_systemd(self, name: str = "shop", **deploy: Any) -> dict[str, Any]:
        """Return a certificate of an nginx under the service manager."""
        return self.declare(name, check_command=None, reload_command=None, **deploy)

    def install(self, item: dict[str, Any]) -> str:
        """Install another certificate without deploying it."""
        self.days += 1
        beginning = BEGINNING + timedelta(days=self.days)
        with time_machine.travel(beginning + timedelta(days=1)):
            self.host.have(item, beginning=beginning, lifetime=timedelta(days=36500))  # the role knows the real date
        current = self.host.read(item["name"]).current
        assert current is not None
        return current.serial_number

    def link(self, name: str, link: str) -> str | None:
        installed = self.host.read(name)
        version = installed.current if link == "current" else installed.verified
        return version.serial_number if version else None

    def play(self, *items: dict[str, Any], tasks_from: str = "main", **variables: Any) -> list[dict[str, Any]]:
        role = {"name": "certops.certum.certum_deploy", "tasks_from": tasks_from}
        given = {"certum_deploy_path": str(self.host.base), "certum_deploy_certificates": list(items), **variables}
        task = {"name": "Deploy", "ansible.builtin.include_role": role, "vars": given}
        return [{"name": "Services", "hosts": "web1", "gather_facts": False, "tasks": [task]}]

    def deploy(self, *items: dict[str, Any], check: bool = False, **variables: Any) -> Run:
        given = {"certum_deploy_verify_timeout": 5, **variables}
        return self.project.run(self.play(*items, **given), *(["--check"] if check else []))

    def serves(self, name: str = "shop") -> str:
        """Return the serial number of the certificate that nginx serves for a name."""
        found = shake_hands("127.0.0.1", self.web.https_port, server_name=f"{name}.example.com")
        return read_certificate(ssl.DER_cert_to_PEM_cert(found.certificates[0])).serial_number

    @property
    def master(self) -> int:
        return int((self.web.prefix / "logs/nginx.pid").read_text())

    def tool(self, name: str, text: str) -> None:
        (self.tools / name).write_text(text)
        (self.tools / name).chmod(0o755)

    def systemd_says(self, state: str) -> None:
        (self.tools / "state").write_text(f"{state}\n")
        nginx = " ".join(self.web.command)
        self.tool("systemctl", SYSTEMCTL.format(tools=self.tools, nginx=nginx))
        self.tool("nginx", f'#!/bin/sh\nexec {nginx} "$@"\n')


@pytest.fixture
def bench(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, web: WebServer) -> Bench:
    project = Project.make(tmp_path / "project", {}, temporary=tmp_path_factory.mktemp("t"))
    made = Bench(project, web, Host(project.path / "certum", web.webroot))
    made.tools.mkdir()
    project.environment["PATH"] = f"{made.tools}:{project.environment['PATH']}"
    return made


def test_stopped_service_keeps_its_certificate_and_is_named(bench: Bench) -> None:
    item = bench.of_systemd()
    serial_number = bench.install(item)
    before = tree(bench.host.base), tree(bench.web.prefix / "sites-enabled")
    states = {STOPPED: "stopped", FAILED: "stopped", MASKED: "masked", MISSING: "not installed"}

    for state, said in states.items():
        bench.systemd_says(state)
        run = bench.deploy(item).succeeded()
        assert f"nginx is {said}" in run.output
        assert "the certificate is installed and not yet verified; the next run verifies it" in run.output
        assert run.changed == 0
    would = bench.deploy(item, check=True).succeeded()

    assert "nginx is not installed" in would.output
    assert "would be installed and not be verified" in would.output
    assert (tree(bench.host.base), tree(bench.web.prefix / "sites-enabled")) == before
    assert (bench.link("shop", "current"), bench.link("shop", "verified")) == (serial_number, None)
    assert {question.split()[0] for question in bench.asked} == {"show"}, "only its state is read"
    bench.systemd_says(RUNS)
    bench.deploy(item).succeeded()
    assert bench.serves() == bench.link("shop", "verified") == serial_number


def test_of_several_services_those_that_run_are_deployed(bench: Bench) -> None:
    shop = bench.declare()
    mail = bench.declare("mail", service="imap", status_command=["false"])
    gone = bench.declare("gone", service="gone", status_command=["no-such-program"])
    for item in (shop, mail, gone):
        bench.install(item)

    run = bench.deploy(mail, gone, shop).failed()

    assert bench.serves() == bench.link("shop", "verified")
    assert "imap is stopped (its status_command: exit code 1)" in run.output
    assert "gone: Ask the status_command whether the service runs: no-such-program cannot be run" in run.failures[-1]
    assert (bench.link("mail", "verified"), bench.link("gone", "verified")) == (None, None)
    bench.deploy({**mail, "deploy": {**mail["deploy"], "status_command": ["true"]}}).succeeded()
    assert bench.serves("mail") == bench.link("mail", "verified")


def test_broken_service_is_reported_and_not_reloaded(bench: Bench) -> None:
    item = bench.of_systemd()
    first = bench.install(item)
    bench.systemd_says(RUNS)
    bench.deploy(item).succeeded()
    broken = bench.web.prefix / "sites-enabled/broken.conf"
    broken.write_text("nonsense;\n")
    second = bench.install(item)
    (bench.tools / "asked").unlink()

    run = bench.deploy(item).failed()

    (message,) = run.failures[-1:]
    assert message.startswith("nginx: Check the configuration: nginx: [emerg] unknown directive"), message
    assert message.count('unknown directive "nonsense"') == 1
    assert "The check also fails without this change: the configuration was broken before" in message
    assert "Nothing was reloaded, so nginx keeps running with its loaded configuration" in message
    assert f"rolled back from certificate {second} to {first}" in message
    assert "Now 1 of 1 addresses serve the installed certificate" in message
    assert "reload nginx.service" not in bench.asked
    assert bench.serves() == bench.link("shop", "current") == first
    broken.unlink()
    assert [each["name"] for each in bench.host.plan(item)["activate"]] == ["shop"], "the next run deploys it"


def test_site_that_breaks_the_configuration_is_disabled_again(bench: Bench) -> None:
    item = bench.declare()
    serial_number = bench.install(item)
    site = item["deploy"]["enable_site"]
    source = Path(site["src"])
    source.write_text(f"{source.read_text()}nonsense;\n")

    run = bench.deploy(item).failed()

    message = run.failures[-1]
    assert 'unknown directive "nonsense"' in message
    assert "broken before" not in message
    assert f"certificate {serial_number} stays: there is no good one before it" in message
    assert list((bench.web.prefix / "sites-enabled").iterdir()) == []


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"certum_deploy_certificates": [{"name": "shop", "deploy": "nginx"}]},
            "shop: deploy is nginx, and must be a ",
        ),
        ({"certum_deploy_certificates": {"name": "shop"}}, "certum_deploy_certificates is a dictionary, and must be a"),
        ({"certum_deploy_certificats": []}, "certum_deploy_certificats is not a variable of this collection."),
    ],
    ids=["type of an option", "type of the variable", "misspelt variable"],
)
def test_bad_variable_of_the_role_is_one_sentence(bench: Bench, variables: dict[str, Any], sentence: str) -> None:
    run = bench.project.run(bench.play(**variables)).failed()
    assert run.failures[-1].startswith(sentence)
    assert "Unknown error" not in run.output
    assert "argument_spec_data" not in run.output


def test_unknown_service_is_named_and_others_are_deployed(bench: Bench) -> None:
    unknown, shop = bench.of_systemd("mail", service="imap"), bench.declare()
    for item in (unknown, shop):
        bench.install(item)

    run = bench.deploy(unknown, shop).failed()

    assert "imap is not a known service; known: nginx, apache" in run.failures[-1]
    assert "Set both deploy.check_command and deploy.reload_command." in run.failures[-1]
    assert bench.serves() == bench.link("shop", "verified")


@pytest.mark.parametrize("goes_back", [True, False], ids=["the other rolls back with it", "the other is independent"])
def test_message_after_rollback_names_the_deployed_certificate(bench: Bench, *, goes_back: bool) -> None:
    item = bench.declare()
    first = bench.install(item)
    bench.deploy(item).succeeded()
    second = bench.install(item)
    if not goes_back:
        site = Path(item["deploy"]["enable_site"]["src"])
        site.write_text(site.read_text().replace("/current/", f"/versions/{second}/"))
    closed = ReservedPort()
    (here,) = item["deploy"]["verify"]
    addresses = [here, closed.address]

    run = bench.deploy(with_probe(item, *addresses), certum_deploy_verify_timeout=1).failed()

    message = run.failures[-1]
    assert message.startswith("nginx: Verify the new certificates by TLS handshakes")
    before, after = message.split(f"rolled back from certificate {second} to {first}")
    assert f"{closed.address} does not answer a TLS handshake" in before
    assert f"Now {int(goes_back)} of 2 addresses serve the installed certificate" in after
    wrong = (
        f"{here} serves certificate {second} for shop.example.com, not certificate {first}, "
        "to a client that requests shop.example.com"
    )
    assert (wrong in after) is not goes_back
    assert bench.serves() == (first if goes_back else second)


def with_probe(item: dict[str, Any], *addresses: str) -> dict[str, Any]:
    return {**item, "deploy": {**item["deploy"], "verify": list(addresses)}}


def test_unreachable_address_blocks_only_its_certificate(bench: Bench) -> None:
    shop, mail = bench.of_systemd(), bench.of_systemd("mail")
    bench.systemd_says(RUNS)
    before = {name: bench.install(item) for name, item in {"shop": shop, "mail": mail}.items()}
    bench.deploy(shop, mail).succeeded()
    after = {name: bench.install(item) for name, item in {"shop": shop, "mail": mail}.items()}
    closed = ReservedPort()
    lost = with_probe(mail, closed.address)

    def deploy(item: dict[str, Any]) -> Run:
        """Install and deploy the unverified certificates, like the role certum."""
        (bench.tools / "asked").unlink()
        waiting = bench.host.install(shop, item)["deploy"]
        return bench.deploy(*waiting, certum_deploy_verify_timeout=1)

    for waits in ("shop, mail", "mail"):
        run = deploy(lost).failed()
        message = run.failures[-1]
        assert message.startswith("nginx: Verify the new certificates by TLS handshakes"), message
        assert f"{closed.address} does not answer a TLS handshake for mail.example.com" in message
        assert (
            f"mail: rolled back from certificate {after['mail']} to {before['mail']}, the last verified one" in message
        )
        assert ("The other new certificates of nginx are verified and stay." in message) is ("shop" in waits)
        assert "shop: " not in message
        assert bench.serves("shop") == bench.link("shop", "verified") == bench.link("shop", "current") == after["shop"]
        assert bench.serves("mail") == bench.link("mail", "verified") == bench.link("mail", "current") == before["mail"]
        assert bench.asked.count("reload nginx.service") == 2, "one reload forward and one back"
    deploy(mail).succeeded()
    assert bench.serves("mail") == bench.link("mail", "verified") == after["mail"]
    assert bench.asked.count("reload nginx.service") == 1
    assert bench.host.install(shop, mail)["deploy"] == [], "nothing waits any more"


@pytest.mark.parametrize(
    ("loopback", "chain", "key", "objection"),
    [
        (
            "::1",
            "versions/{first}/fullchain.pem",
            "versions/{first}/privkey.pem",
            "serves certificate {first} for shop.example.com, not certificate {second}, to a client",
        ),
        ("127.0.0.1", "current/cert.pem", "current/privkey.pem", "serves certificate {second} without its whole chain"),
    ],
    ids=["another certificate over IPv6", "the leaf alone"],
)
def test_one_wrong_address_of_several_rolls_back(
    bench: Bench, loopback: str, chain: str, key: str, objection: str
) -> None:
    try:
        elsewhere = ReservedPort(loopback)
    except OSError as error:
        pytest.skip(f"no {loopback}: {error}")
    address = elsewhere.address
    item = bench.declare()
    (here,) = item["deploy"]["verify"]
    first = bench.install(item)
    bench.deploy(item).succeeded()
    second = bench.install(item)
    pair = [f"{bench.host.base}/shop/{path.format(first=first)}" for path in (chain, key)]
    (bench.web.prefix / "sites-enabled/other.conf").write_text(
        f"server {{ listen {address} ssl; ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]}; }}\n"
    )

    run = bench.deploy(with_probe(item, here, address), certum_deploy_verify_timeout=1).failed()

    message = run.failures[-1].split("rolled back from certificate")[0]
    assert f"{address} {objection.format(first=first, second=second)}" in message
    assert here not in message
    assert bench.serves() == bench.link("shop", "current") == bench.link("shop", "verified") == first


def test_reload_loses_no_handshake(bench: Bench) -> None:
    item = bench.declare()
    seen = {bench.install(item)}
    bench.deploy(item).succeeded()
    master, errors, over = bench.master, [], threading.Event()
    verified: set[str] = set()

    def look() -> None:
        while not over.is_set():
            try:
                verified.add(bench.serves())
            except OSError as error:
                errors.append(error)
            over.wait(0.02)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    for dummy in range(2):
        seen.add(bench.install(item))
        bench.deploy(item).succeeded()
    over.set()
    watch.join(10)

    assert errors == []
    assert verified == seen
    assert bench.master == master


ABSENT = {"state": "absent"}


@pytest.mark.parametrize(
    ("state", "nginx", "by_link", "goes"),
    [
        (STOPPED, None, True, True),
        (MASKED, None, True, True),
        (STOPPED, "echo nginx: broken anyhow >&2; exit 1", True, True),
        (MISSING, "exit 127", True, True),
        (STOPPED, None, False, False),
    ],
    ids=["stopped", "masked", "stopped and broken", "missing", "stopped, and would not start without it"],
)
def test_stopped_service_does_not_keep_an_absent_certificate(
    bench: Bench, state: str, nginx: str | None, *, by_link: bool, goes: bool
) -> None:
    item = bench.of_systemd()
    bench.install(item)
    site = item["deploy"]["enable_site"]
    own = bench.web.prefix / "sites-enabled" / ("shop.conf" if by_link else "own.conf")
    own.symlink_to(site["src"]) if by_link else own.write_text(Path(site["src"]).read_text())
    bench.systemd_says(state)
    if nginx:
        bench.tool("nginx", f"#!/bin/sh\n{nginx}\n")

    run = bench.project.run(
        bench.play(item | ABSENT, tasks_from="withdraw", certum_deploy_path=str(bench.host.base))
    ).succeeded()

    result = run.result("Take certificates out of service, or put them back")
    assert (bench.link("shop", "current") is None) is goes, result
    assert own.is_symlink() is (by_link and not goes)
    assert bool(result["problems"]) is not goes
    assert "reload nginx.service" not in bench.asked
    assert "nothing is reloaded" in result["notes"][0]


@pytest.mark.parametrize("step", ["check_command", "reload_command"])
def test_endless_command_rolls_back(bench: Bench, step: str) -> None:
    item = bench.declare()
    before = bench.install(item)
    bench.deploy(item).succeeded()
    bench.install(item)
    hanging = bench.declare(**{step: ["sleep", "60"]})

    run = bench.deploy(hanging, certum_deploy_command_timeout=8).failed()

    assert "sleep did not finish within 8 seconds" in run.failures[-1]
    assert bench.link("shop", "current") == before
    assert bench.serves() == before
