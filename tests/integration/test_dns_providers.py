# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes records on real name servers: BIND by dynamic updates, and PowerDNS by dns-lexicon."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._dns_records import provider_access
from ansible_collections.certops.certum.plugins.module_utils._dns_records.authoritative_servers import (
    ResolverQuestions,
    Watch,
    servers_of,
    words_of_lag,
)
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import read_providers
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_routing import Route, route
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.publication import ValidationRecord
from ansible_collections.certops.certum.plugins.module_utils._net.deadline import Deadline
from ansible_collections.certops.certum.plugins.module_utils._preflight.resolver import Resolver
from ansible_collections.certops.certum.plugins.module_utils._preflight.resolver_address import ResolverAddress
from ansible_collections.certops.certum.tests.support import real_dns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.certops.certum.tests.support.real_dns import Server

pytestmark = pytest.mark.skipif(real_dns.why_not() is not None, reason=str(real_dns.why_not()))

API_KEY = "canary-4f1d-api-key"
OWN = ['_certum IN TXT "other"', "shop IN A 192.0.2.1", "_certum.mail IN CNAME mail.dcv.example.net."]
DELEGATED = "_certum.mail.example.com"


@dataclass
class World:
    """The zone example.com on BIND, dcv.example.net on PowerDNS, and a resolver that finds both."""

    bind: Server
    powerdns: Server
    resolver: Server
    api: str
    key: real_dns.TsigKey

    def settings(self) -> list[dict[str, Any]]:
        bind, powerdns = self.bind, self.powerdns
        key = {"server": bind.address, "port": bind.port, "key_name": self.key.name, "key_secret": self.key.secret}
        token = {"pdns_server": self.api, "auth_token": API_KEY}
        return [
            {"provider": "rfc2136", "zones": ["example.com"], "options": key, "nameservers": [bind.at]},
            {"provider": "powerdns", "options": token, "nameservers": [powerdns.at]},
        ]

    def questions(self) -> Resolver:
        address = ResolverAddress(self.resolver.address, self.resolver.port)
        return Resolver([address], Deadline.after(30))

    def route(self, name: str, kind: str = "TXT", value: str = "c0de", **changed: str) -> Route:
        """Return the place of a record, at its provider with ``changed`` options."""
        providers = read_providers(self.settings())
        found = route(ValidationRecord(name, kind, value), providers, ResolverQuestions(self.questions()))
        provider = replace(found.provider, options={**found.provider.options, **changed})
        return replace(found, provider=provider)

    def server_of(self, found: Route) -> Server:
        """Return the name server that answers for a record."""
        return {"rfc2136": self.bind, "powerdns": self.powerdns}[found.provider.provider]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path, key = tmp_path_factory.mktemp("dns"), real_dns.TsigKey()
    with ExitStack() as stack:
        bind = stack.enter_context(
            real_dns.bind(path / "bind", {"example.com": OWN}, key=key, names="wildcard *.example.com.")
        )
        zones = {"dcv.example.net": ['mail TXT "other"']}
        powerdns, api = stack.enter_context(real_dns.powerdns(path / "pdns", zones, api_key=API_KEY))
        found = {"example.com": bind, "dcv.example.net": powerdns}
        yield World(bind, powerdns, stack.enter_context(real_dns.resolver(path / "resolver", found)), api, key)


@pytest.mark.parametrize(
    ("name", "kind", "value", "before"),
    [
        ("_certum.example.com", "TXT", "c0de", ['"other"']),
        ("_certum.shop.example.com", "TXT", "c0de", []),
        ("_certum.shop.example.com", "CNAME", "c0de.certum.pl", []),
        (DELEGATED, "TXT", "c0de", ['"other"']),
    ],
)
def test_record_stands_beside_others_until_withdrawn(
    world: World, name: str, kind: str, value: str, before: list[str]
) -> None:
    found = world.route(name, kind, value)
    server = world.server_of(found)
    shown = f'"{value}"' if kind == "TXT" else f"{value}."
    watch = Watch({found: servers_of(found, world.questions())})

    watch.look()
    assert words_of_lag(watch.lagging(found)).startswith(server.at)
    assert provider_access.check([found]) == {}
    assert server.ask(found.name, kind) == before
    for _time in ("first", "again"):
        assert provider_access.publish([found]) == {}
        assert server.ask(found.name, kind) == sorted([*before, shown])
    watch.look()
    assert watch.lagging(found) == []
    for _time in ("first", "again"):
        assert provider_access.withdraw([found]) == {}
        assert server.ask(found.name, kind) == before


def test_cname_of_an_earlier_validation_is_replaced(world: World) -> None:
    old, new = (world.route("_certum.old.example.com", "CNAME", f"{code}.certum.pl") for code in ("0ld", "c0de"))
    assert provider_access.publish([old]) == provider_access.publish([new]) == {}
    assert world.bind.ask(new.name, "CNAME") == ["c0de.certum.pl."]
    assert provider_access.withdraw([new]) == {}


def test_cname_that_a_provider_changes_is_removed(world: World) -> None:
    """The provider powerdns of dns-lexicon appends the zone to every target outside the zone."""
    (failed,) = list(
        provider_access.publish([world.route("_certum.dcv.example.net", "CNAME", "c0de.certum.pl")]).values()
    )
    assert "stores the target c0de.certum.pl.dcv.example.net instead of c0de.certum.pl" in failed.text
    assert "Validate the name with dns_txt_prefix" in failed.remedy
    assert world.powerdns.ask("_certum.dcv.example.net", "CNAME") == []


def test_record_of_another_kind_is_not_replaced(world: World) -> None:
    (failed,) = list(provider_access.publish([world.route("shop.example.com", "CNAME", "c0de.certum.pl")]).values())
    assert "shop.example.com has a record of the type A, so it cannot have the CNAME record" in failed.text
    assert world.bind.ask("shop.example.com", "A") == ["192.0.2.1"]


WRONG = real_dns.TsigKey()


@pytest.mark.parametrize(
    ("name", "changed", "words"),
    [
        ("_certum.example.com", {"key_secret": WRONG.secret}, "refuses the TSIG key"),
        ("_certum.example.com", {"key_name": "other"}, "refuses the TSIG key"),
        ("_certum.example.com", {"key_algorithm": "none"}, "the TSIG key cannot be read"),
        ("_certum.example.com", {"key_name": "", "key_secret": ""}, "answers REFUSED: it does not allow this key"),
        ("_certum.example.com", {"server": "127.0.0.1", "port": "1"}, "Connection refused"),
        (DELEGATED, {"auth_token": "canary-wrong"}, "401 Client Error: Unauthorized"),
        (DELEGATED, {"pdns_server": "http://canary-user:canary-pw@127.0.0.1:1"}, "Connection refused"),
    ],
)
def test_refusal_is_explained_without_secrets(world: World, name: str, changed: dict[str, str], words: str) -> None:
    found = world.route(name, **changed)
    failures = [*provider_access.check([found]).values(), *provider_access.publish([found]).values()]
    assert len(failures) == 2
    for failed in failures:
        assert words in failed.text
        assert failed.text.endswith("run again.")
        assert not any(secret in failed.text for secret in (world.key.secret, WRONG.secret, API_KEY, "canary"))
    assert world.server_of(found).ask(found.name) == ['"other"']


def test_name_that_the_key_may_not_change_is_found_before(world: World) -> None:
    """The policy of the zone allows the names below it, and not the zone itself."""
    for failures in (provider_access.check, provider_access.publish):
        (failed,) = failures([world.route("example.com")]).values()
        assert "answers REFUSED: it does not allow this key to change this name" in failed.text


def test_records_of_several_zones_are_changed_together(world: World) -> None:
    names = ["_certum.a.example.com", "_certum.b.example.com", DELEGATED, "shop.example.com"]
    clash = world.route(names[-1], "CNAME", "c0de.certum.pl")
    found = [*(world.route(name) for name in names[:-1]), clash]
    assert set(provider_access.publish(found)) == {clash}
    assert [world.bind.ask(name) for name in names[:2]] == [['"c0de"'], ['"c0de"']]
    assert world.powerdns.ask(found[2].name) == ['"c0de"', '"other"']
    assert provider_access.withdraw(found) == {}
    assert world.bind.ask(names[0]) == []


@pytest.mark.parametrize(
    ("provider", "words"),
    [("nosuch", "has no provider of this name"), ("route53", "pip install dns-lexicon[route53]")],
)
def test_unknown_provider_is_named(world: World, provider: str, words: str) -> None:
    found = world.route("_certum.example.com")
    found = replace(found, provider=replace(found.provider, provider=provider, options={}))
    (failed,) = provider_access.check([found]).values()
    assert words in failed.text


def test_lagging_secondary_is_named(world: World, tmp_path: Path) -> None:
    with real_dns.lagging_secondary(tmp_path / "secondary", world.bind, "example.com") as secondary:
        found = world.route("_certum.lag.example.com")
        found = replace(found, provider=replace(found.provider, nameservers=(world.bind.at, secondary.at)))
        assert provider_access.publish([found]) == {}
        watch = Watch({found: servers_of(found, world.questions())})
        watch.look()
        assert words_of_lag(watch.lagging(found)) == f"{secondary.at} has no such record"
        secondary.stop()
        watch.look()
        assert "127.0.0.1" in words_of_lag(watch.lagging(found))
        assert provider_access.withdraw([found]) == {}


def test_name_servers_of_the_zone_are_asked(tmp_path: Path) -> None:
    """The servers are found by their NS records, so they listen on port 53, at an address of their own."""
    address = ".".join(["127", *(str(random.randint(2, 250)) for dummy in range(3))])
    try:
        with socket.create_server((address, 53)):
            pass
    except OSError as error:
        pytest.skip(f"port 53 of {address} cannot be used: {error.strerror}")
    zones: dict[str, list[str]] = {"example.org": []}
    with real_dns.powerdns(tmp_path / "pdns", zones, api_key=API_KEY, address=address, port=53) as (server, api):
        providers = read_providers({"provider": "powerdns", "options": {"pdns_server": api, "auth_token": API_KEY}})
        questions = Resolver([ResolverAddress(address, 53)], Deadline.after(30))
        found = route(ValidationRecord("_certum.example.org", "TXT", "c0de"), providers, ResolverQuestions(questions))
        assert found.zone == "example.org"
        assert provider_access.publish([found]) == {}
        (asked,) = servers_of(found, questions)
        assert str(asked) == f"ns.example.org ({address})"
        watch = Watch({found: [asked]})
        watch.look()
        assert watch.lagging(found) == []
        assert server.ask("_certum.example.org") == ['"c0de"']
