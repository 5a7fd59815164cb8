# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role validates names by records that it publishes on real name servers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.test_dns import names_in
from ansible_collections.certops.certum.tests.support import real_dns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.tests.integration.project import Running
    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.real_dns import Server

pytestmark = pytest.mark.skipif(real_dns.why_not() is not None, reason=str(real_dns.why_not()))

API_KEY = "canary-0b5e-dns-api-key"
OWN = ['_certum IN TXT "other"', "_certum.mail IN CNAME mail.dcv.example.net.", "www IN A 127.0.0.1"]
OTHER = ['"other"']
WILDCARD = {"product": "commercial_wildcard_ssl", "common_name": "*.example.com"}
SECONDS = 60
BATCH = "Validate domains, wait and fetch certificates"


@dataclass
class Dns:
    """The zone example.com on BIND, dcv.example.net on PowerDNS, and resolvers that find both.

    The CA has its own resolver, because a resolver keeps an answer for the rest of a second at least.
    """

    bind: Server
    powerdns: Server
    resolver: Server
    of_ca: Server
    api: str
    key: real_dns.TsigKey

    def update(self, **options: str) -> dict[str, Any]:
        server = {"server": self.bind.address, "port": self.bind.port}
        key = {"key_name": self.key.name, "key_secret": self.key.secret}
        return {
            "provider": "rfc2136",
            "zones": ["example.com"],
            "options": {**server, **key, **options},
            "nameservers": [self.bind.at],
        }

    def by_api(self) -> dict[str, Any]:
        options = {"pdns_server": self.api, "auth_token": API_KEY}
        return {"provider": "powerdns", "options": options, "nameservers": [self.powerdns.at]}

    def variables(self, *providers: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "certum_dns": list(providers) or [self.update(), self.by_api()],
            "certum_dns_resolvers": [self.resolver.at],
            **more,
        }

    @property
    def is_clean(self) -> bool:
        """Whether only the records are left that were there before."""
        left = [self.bind.ask("_certum.example.com"), self.powerdns.ask("mail.dcv.example.net")]
        return left == [OTHER, OTHER] and not self.bind.ask("_certum.shop.example.com")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dns]:
    path, key = tmp_path_factory.mktemp("dns"), real_dns.TsigKey()
    with ExitStack() as stack:
        bind = stack.enter_context(real_dns.bind(path / "bind", {"example.com": OWN}, key=key))
        zones = {"dcv.example.net": ['mail TXT "other"']}
        powerdns, api = stack.enter_context(real_dns.powerdns(path / "pdns", zones, api_key=API_KEY))
        found = {"example.com": bind, "dcv.example.net": powerdns}
        ours, of_ca = (stack.enter_context(real_dns.resolver(path / name, found)) for name in ("ours", "of-ca"))
        yield Dns(bind, powerdns, ours, of_ca, api, key)


@pytest.fixture
def sandbox_options(real: Dns) -> tuple[str, ...]:
    return ("--dns", real.of_ca.at)


@pytest.fixture(autouse=True)
def no_secret_in_any_output(world: World, real: Dns) -> None:
    world.project.secrets = (*world.project.secrets, API_KEY, real.key.secret)


def by_dns(name: str = "shop", common_name: str = "shop.example.com", **changes: Any) -> dict[str, Any]:
    """Return a declaration that chooses no method."""
    return {"name": name, "common_name": common_name, **changes}


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (by_dns(www=True), ["shop.example.com", "www.shop.example.com"]),
        (by_dns(**WILDCARD), ["*.example.com"]),
        (by_dns(**WILDCARD, validation={"method": "dns_txt"}), ["*.example.com"]),
        (by_dns(validation={"method": "dns_cname_prefix"}), ["shop.example.com"]),
        (by_dns(common_name="mail.example.com"), ["mail.example.com"]),
    ],
    ids=["default", "wildcard", "txt at the name", "cname", "delegated to another provider"],
)
def test_one_run_validates_by_dns(world: World, real: Dns, item: dict[str, Any], names: list[str]) -> None:
    play = world.role(item, **real.variables())
    check = world.project.run(play, "--check").succeeded()
    assert (world.ca.orders(), real.is_clean) == ([], True)

    world.project.run(play, "-vvvv").succeeded()

    assert len(world.ca.orders()) == 1
    assert sorted(names_in(world.store / "shop/current/cert.pem")) == names
    assert real.is_clean
    assert real.bind.ask("example.com") == []
    assert real.bind.ask("_certum.shop.example.com", "CNAME") == []
    world.is_quiet(play)
    assert check.changed


PAGE = (REPOSITORY / "docs/dns.md").read_text()
BY_NSUPDATE, AT_ROUTE53 = (text for text in re.findall(r"^```yaml\n(- name: .*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def by_tasks(world: World, real: Dns, text: str = BY_NSUPDATE) -> dict[str, Any]:
    """Return variables with which the operator's own tasks publish the records."""
    path = world.project.write(text, name="dns.yml")
    return real.variables(
        {"provider": "tasks", "options": {"file": str(path)}, "nameservers": [real.bind.at]},
        **{f"dns_{name}": value for name, value in real.update()["options"].items()},
    )


def test_your_own_tasks_publish_and_withdraw(world: World, real: Dns) -> None:
    """They run once for all hosts, on the controller, whatever the inventory says of localhost."""
    (world.project.path / "host_vars").mkdir()
    world.project.write(
        {"ansible_python_interpreter": "/nowhere", "ansible_become": True}, name="host_vars/localhost.yml"
    )
    items = [by_dns("one", "one.example.com", www=True), by_dns("all", **WILDCARD)]
    path = f"{world.store}/{{{{ inventory_hostname }}}}"
    play = world.role(*items, hosts="web1,web2", certum_path=path, **by_tasks(world, real))
    for item in items:
        item["allow_duplicate"] = True

    run = world.project.run(play).succeeded()

    assert [order["state"] for order in world.ca.orders()] == ["ENROLLED"] * 4
    assert run.tasks.count("Publish or withdraw validation records by dynamic updates") == 2
    assert {real.bind.ask(f"_certum.{name}.example.com") == [] for name in ("one", "www.one")} == {True}
    assert real.is_clean
    world.is_quiet(play)


@pytest.mark.command
def test_example_for_route_53_is_correct_syntax(world: World) -> None:
    """It cannot be run here: it needs an account at AWS."""
    tasks = [{"name": "Include", "ansible.builtin.import_tasks": "route53.yml"}]
    world.project.write(AT_ROUTE53, name="route53.yml")
    world.project.run(world.tasks(*tasks), "--syntax-check").succeeded()
    options = {name for task in yaml.safe_load(AT_ROUTE53) for name in task["amazon.aws.route53"]}
    spec = subprocess.run(
        [Path(sys.executable).with_name("ansible-doc"), "--json", "amazon.aws.route53"],
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    assert options <= set(json.loads(spec.stdout)["amazon.aws.route53"]["doc"]["options"])


def test_failure_of_your_own_tasks_is_reported(world: World, real: Dns) -> None:
    text = "- name: Ask the DNS team\n  ansible.builtin.fail:\n    msg: not today\n"
    play = world.role(by_dns(), **{**by_tasks(world, real, text), "certum_wait_timeout": 3600})
    failures = "\n".join(world.project.run(play).failed().failures)
    assert "dns.yml could not make the records present: failed at the task 'Ask the DNS team'" in failures
    assert "shop: not on all name servers, because your tasks failed: the validation record _certum.shop." in failures
    world.converged(world.role(by_dns(), **by_tasks(world, real)))
    assert real.is_clean


def test_two_hosts_validate_one_name_side_by_side(world: World, real: Dns) -> None:
    item = by_dns(**WILDCARD, allow_duplicate=True)
    play = world.role(
        item, hosts="web1,web2", certum_path=f"{world.store}/{{{{ inventory_hostname }}}}", **real.variables()
    )
    run = world.project.run(play).succeeded()
    assert [order["state"] for order in world.ca.orders()] == ["ENROLLED"] * 2
    assert run.tasks.count(BATCH) == 1
    assert real.is_clean


def test_hosts_that_run_independently_share_a_name(world: World, real: Dns) -> None:
    """Each is a process of its own, and a change at the provider is a read and a write.

    The resolver of the CA may keep the records of the other host for a moment. Then the next run continues.
    """
    item = by_dns(common_name="mail.example.com", allow_duplicate=True)
    variables = {**real.variables(), "certum_dns_timeout": 60}
    path = f"{world.store}/{{{{ inventory_hostname }}}}"
    (play,) = world.role(item, hosts="web1,web2", certum_path=path, **variables)
    world.project.run([{**play, "strategy": "free"}])
    assert len(world.ca.orders()) == 2
    world.converged([{**play, "strategy": "free"}], orders=2)
    assert real.is_clean


@pytest.mark.command
def test_credentials_are_in_no_file(world: World, real: Dns) -> None:
    """Search the log, the cache of facts, the results that AWX keeps, and everything on the host."""
    kept = {
        "ANSIBLE_LOG_PATH": str(world.project.path / "log"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(world.project.path / "facts"),
    }
    items = [by_dns(), by_dns("mail", "mail.example.com")]
    (play,) = world.role(*items, **real.variables())
    world.project.run([{**play, "gather_facts": True}], "-vvvv", environment=kept).succeeded()

    files = [path for path in world.project.path.rglob("*") if path.is_file() and path.name != "play.yml"]
    assert {path.name for path in files} >= {"log", "results-1.jsonl", "metadata.json"}
    assert any(path.parent.name == "facts" for path in files)
    for secret in (API_KEY, real.key.secret):
        assert [str(path) for path in files if secret.encode() in path.read_bytes()] == []


def test_credentials_come_from_the_environment(world: World, real: Dns) -> None:
    provider = {**real.by_api(), "options": {"pdns_server": real.api}}
    play = world.role(by_dns(common_name="mail.example.com"), **real.variables(provider))
    refused = world.project.run(
        play, "-vvvv", environment={"LEXICON_POWERDNS_AUTH_TOKEN": "canary-wrong-token"}
    ).failed()
    assert "401 Client Error: Unauthorized" in refused.failures[-1]
    assert "canary-wrong-token" not in refused.output
    assert world.ca.orders() == []
    world.project.run(play, "-vvvv", environment={"LEXICON_POWERDNS_AUTH_TOKEN": API_KEY}).succeeded()
    assert real.is_clean


def test_lagging_name_server_is_named_and_nothing_is_left(world: World, real: Dns, tmp_path: Path) -> None:
    with real_dns.lagging_secondary(tmp_path / "secondary", real.bind, "example.com") as secondary:
        late = {**real.update(), "nameservers": [real.bind.at, secondary.at]}
        items = [by_dns(), by_dns("mail", "mail.example.com"), world.declaration("wiki", "wiki.example.com")]
        variables = {**real.variables(late, real.by_api()), "certum_dns_timeout": 3}

        failures = world.project.run(world.role(*items, **variables)).failed().failures[-1]

    assert failures.startswith("shop: not on all name servers after 3 seconds: the validation record")
    assert f"in zone example.com: {secondary.at} has no such record. Validation was not triggered" in failures
    states = {next(iter(order["names"])): order["state"] for order in world.ca.orders()}
    done = dict.fromkeys(("mail.example.com", "wiki.example.com"), "ENROLLED")
    assert states == {"shop.example.com": "VERIFICATION", **done}
    assert real.is_clean
    world.converged(world.role(*items, **real.variables()), orders=3)
    assert real.is_clean


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key_secret": real_dns.TsigKey().secret}, "refuses the TSIG key"),
        ({"server": "127.0.0.1", "port": "1"}, "Connection refused"),
    ],
    ids=["wrong key", "server down"],
)
def test_nothing_is_ordered_if_records_are_impossible(
    world: World, real: Dns, options: dict[str, str], words: str
) -> None:
    world.project.secrets = (*world.project.secrets, options.get("key_secret", API_KEY))
    items = [by_dns(), world.declaration("wiki", "wiki.example.com")]
    for arguments in (["--check"], ["-vvvv"]):
        run = world.project.run(world.role(*items, **real.variables(real.update(**options))), *arguments).failed()
        assert run.failures[-1].startswith("shop: nothing was ordered, because records cannot be published"), "once"
        assert "shop: nothing was ordered, because records cannot be published: zone example.com" in run.failures[-1]
        assert words in run.failures[-1]
    assert [list(order["names"]) for order in world.ca.orders()] == [["wiki.example.com"]]
    world.converged(world.role(*items, **real.variables()), orders=2)


def test_name_without_a_provider_is_not_ordered(world: World, real: Dns) -> None:
    play = world.role(by_dns(common_name="mail.example.com"), **real.variables(real.update()))
    failure = world.project.run(play).failed().failures[-1]
    assert "no DNS provider is declared for mail.dcv.example.net, to which CNAME records lead" in failure
    assert world.ca.orders() == []


def test_provider_that_fails_after_the_order_leaves_no_doubt(world: World, real: Dns) -> None:
    """The order stays pending, and the next run continues it with a new code."""
    gate = real_dns.Gate(real.bind.port)
    provider = {**real.update(port=str(gate.port))}
    with gate:
        play = world.role(by_dns(), **real.variables(provider))
        gate.most = 1
        failure = world.project.run(play).failed().failures[-1]
        assert "shop: not published: the validation record _certum.shop.example.com TXT" in failure
        gate.most = None
        world.converged(play)
    assert real.is_clean


LEFT = ["_certum.shop.example.com", "_certum.www.shop.example.com"]


def kill_when_published(world: World, real: Dns, running: Running, *, call: str | None = None) -> None:
    """Kill the run as soon as its records are there and the CA got a call, and check that the records stay."""
    deadline = time.monotonic() + SECONDS
    while not all(map(real.bind.ask, LEFT)) or (call and call not in world.operations()):
        assert time.monotonic() < deadline, running.output.read_text()
        time.sleep(0.05)
    running.kill()
    assert all(map(real.bind.ask, LEFT))


def test_next_run_continues_with_the_records_of_a_killed_run(world: World, real: Dns) -> None:
    item = by_dns(www=True)
    late = {**real.update(), "nameservers": ["127.0.0.1:1"]}
    kill_when_published(world, real, world.project.start(world.role(item, **real.variables(late))))
    world.ca.clear_calls()

    world.converged(world.role(item, **real.variables()))

    assert "addSanVerification" not in world.operations(), "DNS has the code already"
    assert [real.bind.ask(name) for name in LEFT] == [[], []]


def test_next_run_withdraws_the_records_of_an_issued_order(world: World, real: Dns) -> None:
    play = world.role(by_dns(www=True), **real.variables())
    world.ca.add_fault("delay", operation="performSanVerification", when="after", seconds=SECONDS)
    kill_when_published(world, real, world.project.start(play), call="performSanVerification")
    world.ca.clear_faults()
    (order,) = world.ca.orders()
    world.ca.wait_for_state(order["orderID"], "ENROLLED")

    world.converged(play)

    assert [real.bind.ask(name) for name in LEFT] == [[], []]
    world.is_quiet(play)


def test_code_of_a_host_is_never_published(world: World, real: Dns) -> None:
    """A compromised host reports a code of its own, for example one of another account."""
    item = by_dns(www=True)
    late = {**real.update(), "nameservers": ["127.0.0.1:1"]}
    variables = {**real.variables(late), "certum_dns_timeout": 1}
    world.project.run(world.role(item, **variables)).failed()
    record = world.store / "shop/staged/order.json"
    content = json.loads(record.read_text())
    content["validation_code"] = "f0re1gn"
    record.write_text(json.dumps(content))
    seen: list[str] = []

    running = world.project.start(world.role(item, **real.variables()))
    while running.process.poll() is None:
        seen += real.bind.ask(LEFT[0])
    running.wait().succeeded()

    assert [order["state"] for order in world.ca.orders()] == ["ENROLLED"]
    assert seen
    assert '"f0re1gn"' not in seen
    assert [real.bind.ask(name) for name in LEFT] == [[], []]
