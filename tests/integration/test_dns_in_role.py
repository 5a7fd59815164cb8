# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role validates names by records that it publishes on real name servers."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.test_dns import names_in
from ansible_collections.certops.certum.tests.support import real_dns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.real_dns import Server

pytestmark = pytest.mark.skipif(real_dns.why_not() is not None, reason=str(real_dns.why_not()))

API_KEY = "canary-0b5e-dns-api-key"
OWN = ['_certum IN TXT "other"', "_certum.mail IN CNAME mail.dcv.example.net.", "www IN A 127.0.0.1"]
OTHER = ['"other"']
WILDCARD = {"product": "commercial_wildcard_ssl", "common_name": "*.example.com"}
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


TASK_FILE = """\
- name: Change a record
  community.general.nsupdate:
    server: "{{ dns.server }}"
    port: "{{ dns.port }}"
    key_name: "{{ dns.key_name }}"
    key_secret: "{{ dns.key_secret }}"
    key_algorithm: hmac-sha256
    zone: "{{ item.zone }}"
    record: "{{ item.name }}."
    type: "{{ item.type }}"
    value: "{{ item.all_values }}"
    ttl: "{{ item.ttl }}"
    state: "{{ 'present' if item.all_values else 'absent' }}"
  loop: "{{ certum_dns_records }}"
"""


def by_tasks(world: World, real: Dns, text: str = TASK_FILE) -> dict[str, Any]:
    """Return variables with which the operator's own tasks publish the records."""
    path = world.project.write(text, name="dns.yml")
    return real.variables(
        {"provider": "tasks", "options": {"file": str(path)}, "nameservers": [real.bind.at]},
        dns=real.update()["options"],
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
    assert run.tasks.count("Change a record") == 2
    assert {real.bind.ask(f"_certum.{name}.example.com") == [] for name in ("one", "www.one")} == {True}
    assert real.is_clean
    world.is_quiet(play)


def test_failure_of_your_own_tasks_is_reported(world: World, real: Dns) -> None:
    text = "- name: Ask the DNS team\n  ansible.builtin.fail:\n    msg: not today\n"
    play = world.role(by_dns(), **{**by_tasks(world, real, text), "certum_wait_timeout": 2})
    failures = "\n".join(world.project.run(play).failed().failures)
    assert "dns.yml could not make the records present: failed at the task 'Ask the DNS team'" in failures
    assert "not on all name servers after 2 seconds: the validation record _certum.shop.example.com TXT" in failures
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
