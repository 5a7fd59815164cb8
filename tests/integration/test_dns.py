# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validates names by DNS records, which a task of the user publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from ansible_collections.certops.certum.tests.support.dns_server import DnsServer
from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    with DnsServer() as server:
        yield server


@pytest.fixture
def sandbox_options(dns: DnsServer) -> tuple[str, ...]:
    return ("--dns", dns.address)


def play(world: World, method: str, **options: Any) -> list[dict[str, Any]]:
    certificate = {
        "csr_path": "shop.csr",
        "fullchain_dest": "shop.pem",
        "contact": CONTACT,
        "validation": {"method": method},
        "wait_timeout": 20,
        "wait_sleep": 1,
        **options,
    }
    return world.tasks({"name": "Certificate", "certops.certum.certum_certificate": certificate})


def names_in(path: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    )


@pytest.mark.parametrize(
    ("method", "name", "product", "owner"),
    [
        ("dns_txt_prefix", "*.example.com", "commercial_wildcard_ssl", "_certum.example.com"),
        ("dns_txt", "*.example.com", "commercial_wildcard_ssl", "example.com"),
        ("dns_cname_prefix", "shop.example.com", "commercial_ssl", "_certum.shop.example.com"),
        ("dns_cname", "shop.example.com", "commercial_ssl", "shop.example.com"),
    ],
)
def test_published_record_validates_the_name_in_second_call(
    world: World, dns: DnsServer, method: str, name: str, product: str, owner: str
) -> None:
    write_request(world.project.path / "shop.csr", name)

    first = world.project.run(play(world, method, product=product)).succeeded().result("Certificate")
    (record,) = first["validation"]["records"]
    assert (first["state"], record["name"]) == ("pending", owner)
    value = f"{record['value']}." if record["type"] == "CNAME" else record["value"]
    dns.add(record["name"], record["type"], value)
    second = world.project.run(play(world, method, product=product)).succeeded().result("Certificate")

    assert second["state"] == "issued"
    assert names_in(world.project.path / "shop.pem") == [name]
    assert len(world.ca.orders()) == 1


def test_wildcards_of_one_domain_are_validated_together(world: World, dns: DnsServer) -> None:
    """Each order has its own code; TXT values can coexist, so no order waits for another."""
    wanted = {"all": ["*.example.com", "example.com"], "subdomains": ["*.example.com"]}
    for name, names in wanted.items():
        write_request(world.project.path / f"{name}.csr", *names)
    items = [
        {
            "name": name,
            "csr_path": f"{name}.csr",
            "cert_dest": f"{name}.pem",
            "product": "commercial_wildcard_ssl",
            "validation": {"method": "dns_txt_prefix"},
            "contact": CONTACT,
        }
        for name in wanted
    ]
    call = {"certificates": items, "wait_timeout": 20, "wait_sleep": 1}
    order = world.tasks({"name": "Certificates", "certops.certum.certum_certificates": call})

    first = world.project.run(order).succeeded().result("Certificates")
    for certificate in first["certificates"]:
        (record,) = certificate["validation"]["records"]
        assert record["name"] == "_certum.example.com"
        dns.add(record["name"], record["type"], record["value"])
    world.converged(order, orders=2)

    for name, names in wanted.items():
        assert sorted(names_in(world.project.path / f"{name}.pem")) == names
    world.is_quiet(order)


def test_missing_record_and_caa_are_reported_with_remedies(world: World, dns: DnsServer) -> None:
    dns.add("example.com", "CAA", '0 issue "another-ca.example"')
    write_request(world.project.path / "shop.csr", "shop.example.com")
    first = world.project.run(play(world, "dns_txt_prefix")).succeeded().result("Certificate")
    (record,) = first["validation"]["records"]

    missing = world.project.run(play(world, "dns_txt_prefix")).failed()
    dns.add(record["name"], "TXT", record["value"])
    forbidden = world.project.run(play(world, "dns_txt_prefix", wait_timeout=3)).failed()

    assert f"_certum.shop.example.com must have the TXT record '{record['value']}'" in missing.failures[0]
    assert 'the CAA record 0 issue "certum.pl"' in forbidden.failures[0]
    assert len(world.ca.orders()) == 1


@pytest.mark.parametrize(
    ("method", "product", "common_name", "owner"),
    [
        ("dns_txt_prefix", "commercial_wildcard_ssl", "*.example.com", "_certum.example.com"),
        ("dns_cname_prefix", "commercial_ssl", "shop.example.com", "_certum.shop.example.com"),
    ],
)
def test_the_role_names_the_record_and_its_next_run_installs(
    world: World, dns: DnsServer, method: str, product: str, common_name: str, owner: str
) -> None:
    item = world.declaration(product=product, common_name=common_name, validation={"method": method})
    play = world.role(item, certum_dns={"provider": "manual"})

    first = world.project.run(play).failed()
    (certificate,) = first.result("Validate domains, wait and fetch certificates")["hosts"]["web1"]["certificates"]
    (record,) = certificate["validation"]["records"]
    assert record["name"] == owner
    assert f"{owner} must have the {record['type']} record '{record['value']}'" in first.failures[-1]
    dns.add(record["name"], record["type"], f"{record['value']}." if record["type"] == "CNAME" else record["value"])

    world.converged(play)
    assert names_in(world.store / "shop/current/cert.pem")[0] == common_name
    world.is_quiet(play)


def test_dns_method_without_a_provider_is_refused_by_the_plan(world: World) -> None:
    by_dns = world.declaration(validation={"method": "dns_txt_prefix"})
    by_file = world.declaration("all", "*.example.com", product="commercial_wildcard_ssl")
    run = world.project.run(world.role(by_dns)).failed()
    assert (
        "shop: The certificate cannot be validated: validation.method: dns_txt_prefix needs somebody who publishes"
        in run.failures[-1]
    )
    assert all(f"({number})" in run.failures[-1] for number in (1, 2, 3))
    assert "set {provider: manual}" in run.failures[-1]
    run = world.project.run(world.role(by_file)).failed()
    assert "all: validation method file cannot validate *.example.com; use dns_txt_prefix" in run.failures[-1]
    assert world.operations() == []


def test_unusable_certum_dns_is_reported_without_its_secrets(world: World) -> None:
    secret = "canary-5ecret"
    world.project.secrets = (*world.project.secrets, secret)
    item = world.declaration(validation={"method": "dns_txt_prefix"})
    play = world.role(item, certum_dns={"provider": "rfc2136", "options": {"key_secret": secret, "key": secret}})
    run = world.project.run(play, "-vvvv").failed()
    assert "needs options.server" in run.failures[-1]
    assert "options: unknown key" in run.failures[-1]
    assert world.operations() == []


def test_the_role_continues_after_the_link_in_the_mail_was_followed(world: World) -> None:
    item = world.declaration(common_name="example.com", validation={"method": "admin", "admin_prefix": "admin"})
    play = world.role(item, certum_wait_timeout=3)
    first = world.project.run(play).succeeded()
    assert "The mailbox holder has to follow the link" in first.output

    world.ca.confirm(world.ca.mails()[-1]["links"][0])

    world.converged(play)
    world.is_quiet(play)
