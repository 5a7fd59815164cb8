# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declares and adopts what an account and its hosts already have, and orders nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.integration.existing import existing, rsa_key
from ansible_collections.certops.certum.tests.integration.project import tree
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.test_account_modules import enrol, issue, place
from ansible_collections.certops.certum.tests.integration.test_modules import module

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

DNS = {"validation": {"method": "dns_txt_prefix"}}
DECLARATIONS = "certum-declarations.yml"


def adoption(world: World, *items: dict[str, str], **variables: Any) -> list[dict[str, Any]]:
    """Return the playbook for these certificates of web1."""
    given = {"certum_path": str(world.store), "adopt_hosts": "web1", "adopt_certificates": list(items)}
    return [
        {
            "name": "Take over",
            "ansible.builtin.import_playbook": "certops.certum.adopt",
            "vars": {**given, "ansible_become": False, **variables},
        }
    ]


def role(world: World) -> list[dict[str, Any]]:
    """Return the role with the written declarations, completed like a user would."""
    (play,) = world.role(certum_validation={"webroot": str(world.web.webroot)})
    del play["vars"]["certum_certificates"]
    return [{**play, "vars_files": [str(world.project.path / DECLARATIONS)]}]


def test_adopted_certificate_is_kept_by_the_role(world: World) -> None:
    lying = {
        "shop.example.com": existing(world, "shop", "shop.example.com", "www.shop.example.com", customer="{{ 7 * 7 }}"),
        "wildcard.example.com": existing(
            world, "wild", "*.example.com", "example.com", product="commercial_wildcard_ssl", **DNS
        ),
        "wiki.example.com": existing(
            world,
            "wiki",
            "wiki.example.com",
            "a.example.com",
            "b.example.com",
            key=rsa_key(),
            product="commercial_multidomain_ssl",
        ),
    }
    place(world, "waits")
    issue(world, "dead")
    module(world, "certum_revoke", order_id="dead", wait_sleep=1).succeeded()
    play = adoption(world, *(each.item(name) for name, each in lying.items()))
    files = tree(world.project.path / "ssl")
    world.ca.clear_calls()

    predicted = world.project.run(play, "--check", "--diff").succeeded()
    assert not world.store.exists()
    assert not (world.project.path / DECLARATIONS).exists()
    first = world.project.run(play).succeeded()
    again = world.project.run(play).succeeded()

    assert (predicted.changed, first.changed, again.changed) == (2, 2, 0)
    assert set(world.operations()) == {"getOrdersByDateRange"}
    assert tree(world.project.path / "ssl") == files
    told = first.result("Write declarations for the certificates of the account")
    assert [order["order_id"] for order in told["pending"]] == ["waits"]
    assert [(order["order_id"], order["reason"]["text"]) for order in told["left_out"]] == [
        ("dead", "its certificate is REVOKED")
    ]
    for name, each in lying.items():
        metadata = json.loads((world.store / name / "current/metadata.json").read_text())
        known = {option: metadata[option] for option in ("serial_number", "order_id", "customer")}
        customer = world.ca.order(each.name)["customer"]
        assert known == {"serial_number": each.serial_number, "order_id": each.name, "customer": customer}
        assert metadata["term_end"]
    (shown,) = world.tasks({"name": "Show", "ansible.builtin.debug": {"var": "certum_certificates"}})
    play = [{**shown, "vars_files": [str(world.project.path / DECLARATIONS)]}]
    declared = world.project.run(play).succeeded().result("Show")["certum_certificates"]
    assert declared[0]["customer"] == "{{ 7 * 7 }}", "text of the account is no template"
    world.is_quiet(role(world))


def test_adopted_certificate_is_deployed_and_reissued_for_free(world: World) -> None:
    shop = existing(world, "shop", "shop.example.com")
    world.project.run(adoption(world, shop.item("shop"))).succeeded()
    world.ca.clear_calls()
    play = world.role(world.deployed())

    world.project.run(play).succeeded()

    assert world.operations() == []
    assert world.serves() == shop.serial_number
    world.is_quiet(play)

    world.project.run(play, "-e", '{"certum_replace": ["shop"]}').succeeded()

    assert world.serves() != shop.serial_number
    assert [(order["orderID"], len(order["entries"])) for order in world.ca.orders()] == [("shop", 2)]


def test_edited_file_is_replaced_on_request_only(world: World) -> None:
    issue(world)
    file = world.project.path / DECLARATIONS
    file.write_text("certum_certificates: []\n")

    kept = world.project.run(adoption(world, adopt_hosts="localhost")).succeeded()
    assert kept.changed == 0
    assert "was kept, because its content differs" in kept.output
    assert file.read_text() == "certum_certificates: []\n"

    done = world.project.run(adoption(world, adopt_hosts="localhost", adopt_force=True)).succeeded()
    assert done.changed == 1
    backup = done.result("Write declarations for the certificates of the account")["backup_file"]
    assert (world.project.path / backup).read_text() == "certum_certificates: []\n"
    assert "common_name: shop.example.com" in file.read_text()


def test_unadoptable_certificates_are_named_and_others_adopted(world: World) -> None:
    shop, wiki = existing(world, "shop", "shop.example.com"), existing(world, "wiki", "wiki.example.com")
    mixed = {**wiki.item("wiki"), "privatekey_path": shop.item("shop")["privatekey_path"]}

    run = world.project.run(adoption(world, mixed, shop.item("shop"))).failed()

    (told,) = run.failures
    assert told.startswith("wiki: The certificate was not taken over: ")
    assert "it is not the key of the certificate in" in told
    assert (world.store / "shop/current").is_symlink()
    assert not (world.store / "wiki").exists()


def test_reissued_copy_is_not_adopted(world: World) -> None:
    """The CA revokes it within 14 days, and no message would report that."""
    shop = existing(world, "shop", "shop.example.com")
    options = {"order_id": "shop", "csr_path": "next.csr", "validation": {"method": "file"}}
    write_request(world.project.path / "next.csr", "shop.example.com")
    module(world, "certum_reissue", **options).succeeded()
    newest = enrol(world, "shop")

    (told,) = world.project.run(adoption(world, shop.item("shop"))).failed().failures

    assert f"it was reissued as {newest.lstrip('0')}" in told


def test_invalid_number_of_days_is_refused(world: World) -> None:
    refused = module(world, "certum_declarations", days=0).failed()
    assert "days is 0" in refused.failures[0]
    assert world.operations() == []
