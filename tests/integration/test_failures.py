# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports each failure with the object, the place and the remedy; nothing is ordered, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.project import tree
from ansible_collections.certops.certum.tests.support.ports import ReservedPort

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World


@dataclass(frozen=True)
class Wrong:
    """A mistake and the words that the message must contain. ``{...}`` in either are filled in from the world."""

    words: tuple[str, ...]
    declaration: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


IN_THE_DECLARATION = {
    "product": Wrong(
        ("product 'comercial_ssl' is neither", "commercial_ssl", "certum_product_info"), {"product": "comercial_ssl"}
    ),
    "address": Wrong(("10.0.0.1 is not a public address",), {"subject_alt_name": ["10.0.0.1"]}),
    "wildcards": Wrong(
        ("more than one wildcard in one order: *.example.com, *.example.org (error 1046)",),
        {"common_name": "*.example.com", "subject_alt_name": ["*.example.org"], "product": "commercial_wildcard_ssl"},
    ),
    "no-wildcards": Wrong(
        ("Commercial SSL covers no wildcard, *.example.com needs a wildcard product (error 1115)",),
        {"common_name": "*.example.com"},
    ),
    "by-file": Wrong(
        ("validation method file cannot validate *.example.com; use dns_txt_prefix",),
        {"common_name": "*.example.com", "product": "commercial_wildcard_ssl"},
    ),
    "another-site": Wrong(
        ("Commercial SSL covers shop.example.com and www.shop.example.com, not mail.example.com",),
        {"subject_alt_name": ["mail.example.com"]},
    ),
    "empty": Wrong(("common_name is missing",), {"common_name": ""}),
    "intranet": Wrong(("'intranet' is not a full domain name",), {"common_name": "intranet"}),
    "web-root": Wrong(
        ("validation.webroot www is not an absolute path",), {"validation": {"method": "file", "webroot": "www"}}
    ),
    "key-size": Wrong(("key size 1024 is not offered for rsa",), {"key": {"type": "rsa", "size": 1024}}),
    "../outside": Wrong(("name is used for a directory and an order id",)),
}
"""By the name of the declaration."""

CANCEL = "ansible localhost -m certops.certum.certum_cancel -a order_id="

AT_THE_CA = {
    "unknown product code": Wrong(("shop: ", "'999'", "certum_product_info"), {"product": "999"}),
    "wrong password": Wrong(
        ("127.0.0.1", "user name", "password"), environment={"CERTUM_API_PASSWORD": "not-the-password"}
    ),
    "unreachable": Wrong(
        ("no connection", "{closed.address}", "Nothing was sent", "api_url"),
        environment={"CERTUM_API_URL": "https://{closed.address}/service/PartnerApi.wsdl"},
    ),
    "not trusted": Wrong(
        ("certificate is not trusted", "ca_path"), environment={"CERTUM_API_CA_PATH": "{ca}/root.pem"}
    ),
    "a web page": Wrong(
        ("127.0.0.1:{http}", "HTML page", "not a message of the Partner API"),
        environment={"CERTUM_API_URL": "http://127.0.0.1:{http}/page.html"},
    ),
    "plain HTTP to elsewhere": Wrong(
        ("api_url", "plain HTTP"), environment={"CERTUM_API_URL": "http://gs.example.com/service/PartnerApi.wsdl"}
    ),
    "no address": Wrong(("certum_api_url, certum_api_environment",), environment={"CERTUM_API_URL": ""}),
}


def test_bad_declarations_are_all_named_and_stop_no_other(world: World) -> None:
    declarations = [{**world.declaration(name), **wrong.declaration} for name, wrong in IN_THE_DECLARATION.items()]
    good = world.deployed("wiki", "wiki.example.com")

    run = world.project.run(world.role(good, *declarations)).failed()

    (failure,) = run.failures
    lines = [line.strip() for line in failure.splitlines()]
    for name, wrong in IN_THE_DECLARATION.items():
        message = "\n".join(line for line in lines if line.startswith(f"{name}: "))
        assert all(words in message for words in wrong.words), (name, lines)
    assert "The other declarations of this host are not affected." in lines[-1]
    assert [order["customer"] for order in world.ca.orders()] == ["web1/wiki"]
    assert world.serves("wiki.example.com")
    assert [path.name for path in world.store.iterdir()] == ["wiki"]


def test_refused_declaration_keeps_its_certificate(world: World) -> None:
    """It counts as declared: nothing warns of its directory, and no renamed declaration takes it over."""
    shop = world.declaration()
    world.project.run(world.role(shop)).succeeded()
    before = tree(world.store)
    bad, new = {**shop, "deploy": {"servce": "nginx"}}, world.declaration("mail", "mail.example.com")

    run = world.project.run(world.role(bad, new, certum_replace=["shop"])).failed()

    (failure,) = run.failures
    assert failure.startswith("shop: deploy.servce is not an option. The nearest name is deploy.service.\n")
    assert {path: entry for path, entry in tree(world.store).items() if not path.startswith("mail")} == before
    assert [order["customer"] for order in world.ca.orders()] == ["web1/shop", "web1/mail"]


def test_duplicate_of_a_refused_declaration_is_not_ordered(world: World) -> None:
    bad, twin = world.declaration(deploy={"servce": "nginx"}), world.declaration("shop2")

    run = world.project.run(world.role(bad, twin)).failed()

    (failure,) = run.failures
    assert "shop, shop2: the same names are declared" in failure
    assert "Nothing was done for shop, shop2." in failure
    assert world.operations() == []
    assert not world.store.exists()


@pytest.mark.parametrize("words", [(), ("--check",)])
def test_misspelt_option_inside_a_variable_is_one_sentence(world: World, words: tuple[str, ...]) -> None:
    play = world.role(world.declaration(), certum_contact={"emial": "ops@example.com"}, certum_policy={"max_name": 3})

    run = world.project.run(play, *words).failed()

    (failure,) = run.failures
    assert "certum_contact.emial is not an option. The nearest name is certum_contact.email.\n" in failure
    assert "certum_policy.max_name is not an option. The nearest name is certum_policy.max_names.\n" in failure
    assert "argument_spec_data" not in run.output
    assert world.operations() == []


def test_unquoted_text_in_role_variables_is_refused_first(world: World) -> None:
    play = """
- hosts: web1
  gather_facts: false
  vars:
    certum_organization: {country: NO, postal_code: 01067, registration_number: 0000421310}
    certum_customer: 2026-11-22
    certum_certificates: [{name: 0123, common_name: shop.example.com}]
  roles: [certops.certum.certum]
"""
    for words in ((), ("--check",)):
        run = world.project.run(play, *words).failed()

        message = "\n".join(run.failures)
        for place, value in {
            "certum_organization.country": "boolean false",
            "certum_organization.postal_code": "number 567",
            "certum_organization.registration_number": "number 139976",
            "certum_customer": "date 2026-11-22",
            "certum_certificates[0]: name": "number 83",
        }.items():
            assert f"{place} must be text, but YAML read it as the {value}. Put quotation marks around it." in message
    assert world.operations() == []
    assert not world.store.exists()


def test_unquoted_text_in_module_options_is_refused(world: World) -> None:
    for module, options, place in (
        ("certum_order_info", {"order_id": 83}, "order_id"),
        ("certum_revoke", {"serial_number": 1e3}, "serial_number"),
        ("certum_plan", {"certificates": [{"name": "shop", "customer": True}]}, "certificates[shop].customer"),
    ):
        tasks = [{f"certops.certum.{module}": options}]

        run = world.project.run([{"hosts": "web1", "gather_facts": False, "tasks": tasks}]).failed()

        assert f"{place} must be text, but YAML read it as the " in run.failures[0]
    assert world.operations() == []


def test_declaration_without_a_common_name_is_named(world: World) -> None:
    run = world.project.run(world.role({"name": "shop"})).failed()

    assert "common_name" in "\n".join(run.failures)
    assert not world.store.exists()


def test_obstacle_to_an_order_is_named_and_next_run_orders_once(world: World, subtests: pytest.Subtests) -> None:
    closed = ReservedPort()
    values = {"closed": closed, "http": world.web.http_port, "ca": world.ca.root.parent}
    (world.web.webroot / "page.html").write_text("<html><title>Maintenance</title></html>")
    for what, wrong in AT_THE_CA.items():
        with subtests.test(what):
            environment = {key: value.format(**values) for key, value in wrong.environment.items()}
            play = world.role(world.declaration(**wrong.declaration))

            run = world.project.run(play, environment=environment).failed()

            message = "\n".join(run.failures)
            assert all(words.format(**values) in message for words in wrong.words), message
            assert world.ca.orders() == []
            assert staged(world) == {"privkey.pem", "request.csr"}, "nothing was sent, so no order is recorded"
            assert not (world.store / "shop/current").exists()
    world.converged(world.role(world.declaration()))


def staged(world: World) -> set[str]:
    return {path.name for path in (world.store / "shop/staged").iterdir()}


@pytest.mark.parametrize("wrong", [{"CERTUM_API_PASSWORD": "not-the-password"}, {"CERTUM_API_USERNAME": ""}])
def test_key_of_an_unsent_order_is_used_once_or_removed(world: World, wrong: dict[str, str]) -> None:
    play = world.role(world.declaration())
    world.project.run(play, environment=wrong).failed()
    key = (world.store / "shop/staged/privkey.pem").read_bytes()

    undeclared = world.project.run(world.role(), warnings=True)

    assert "has no certificate and a staged key, and nothing declares it" in undeclared.output
    world.converged(play)
    assert (world.store / "shop/current/privkey.pem").read_bytes() == key
    world.project.run(
        world.role(world.declaration("mail", "mail.example.com"), certum_declared_elsewhere=["shop"]),
        environment=wrong,
    ).failed()
    mail = {"name": "mail", "state": "absent"}
    world.project.run(world.role(mail, certum_declared_elsewhere=["shop"])).succeeded()
    assert not (world.store / "mail").exists()


@pytest.mark.parametrize("words", [(), ("--check",)])
def test_wrong_password_is_tried_once_for_all_certificates(world: World, words: tuple[str, ...]) -> None:
    play = world.role(*(world.declaration(name, f"{name}.example.com") for name in ("shop", "mail", "wiki")))

    run = world.project.run(play, *words, environment={"CERTUM_API_PASSWORD": "not-the-password"}).failed()

    assert world.operations() == ["getOrdersByDateRange"]
    assert len(set(run.failures)) == 1


class TestFailedDomainValidation:
    """The order exists then; it is kept, and resumed when the cause is gone."""

    def test_unreachable_file_is_named_with_url_and_content(self, world: World) -> None:
        elsewhere = world.project.path / "elsewhere"
        elsewhere.mkdir()
        validation = {"method": "file", "webroot": str(elsewhere)}

        run = world.project.run(world.role(world.declaration(validation=validation))).failed()

        message = "\n".join(run.failures)
        assert "http://shop.example.com/.well-known/pki-validation/certum.txt" in message
        assert "404" in message, "the message has the CA's finding"
        assert f"from the declared web root {elsewhere} (validation.webroot)" in message
        (order,) = world.ca.orders()
        assert message.endswith(f"cancel the order with: {CANCEL}{order['orderID']}.")
        world.converged(world.role(world.declaration()))


def test_missing_web_root_is_found_before_the_order(world: World) -> None:
    validation = {"method": "file", "webroot": str(world.project.path / "nowhere")}

    run = world.project.run(world.role(world.declaration(validation=validation))).failed()

    assert f"{world.project.path}/nowhere: the web root does not exist" in "\n".join(run.failures)
    assert world.ca.orders() == []
    world.converged(world.role(world.declaration()))


def test_exchanged_staged_key_is_noticed_and_its_order_kept(world: World) -> None:
    play = world.role(world.declaration(), certum_declared_elsewhere=["other"])
    world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"})
    key = world.store / "shop/staged/privkey.pem"
    right = key.read_bytes()
    other = world.role(world.declaration("other", "other.example.com"), certum_declared_elsewhere=["shop"])
    world.project.run(other, environment={"CERTUM_TEST_DIE_BEFORE": "Place orders"})
    key.write_bytes((world.store / "other/staged/privkey.pem").read_bytes())

    run = world.project.run(play).failed()

    message = "\n".join(run.failures)
    assert "shop" in message
    assert "key" in message
    assert len(world.ca.orders()) == 1
    assert not (world.store / "shop/current").exists()
    key.write_bytes(right)
    world.converged(play)


def test_one_bad_certificate_does_not_block_the_others(world: World) -> None:
    elsewhere = {"method": "file", "webroot": str(world.project.path / "nowhere")}
    bad = world.declaration("bad", "bad.example.com", validation=elsewhere)

    run = world.project.run(world.role(bad, world.deployed())).failed()

    assert world.serves()
    assert len(run.failures) == 1, "every problem is reported once, at the end"
    assert run.failures[0].startswith("bad: ")


def test_refused_order_is_ordered_again_on_request_only(world: World) -> None:
    play = world.role(world.declaration())
    world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"})
    (order,) = world.ca.orders()
    world.ca.reject(order["orderID"])

    run = world.project.run(play).failed()
    command = """ansible-playbook PLAYBOOK --limit web1 -e '{"certum_order_again": ["shop"]}'"""
    assert command in "\n".join(run.failures)
    assert len(world.ca.orders()) == 1

    order_again = world.role(world.declaration(), certum_order_again=["shop"])
    world.project.run(order_again).succeeded()
    assert [order["state"] for order in world.ca.orders()] == ["REJECTED", "ENROLLED"]
    world.is_quiet(order_again)
