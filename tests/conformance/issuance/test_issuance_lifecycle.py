# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Leads an order to a certificate by every method, in every form that the real CA may have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.order import order_or_validate
from ansible_collections.certops.certum.plugins.module_utils._issuance.account_entries import names_of
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import AuthenticationError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import OrderState
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import certificates_in
from ansible_collections.certops.certum.tests.conformance.forms import SEED, forms
from ansible_collections.certops.certum.tests.conformance.issuance.world import (
    is_trusted,
    new_item,
    order_of,
    wildcard,
    with_wildcard,
    with_www,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

SUFFERED = {1012, 1032, 1155, 1173, 2162}
"""Error codes that the CA may return without a failure. 1155 ends a list whose header has no number of pages."""


def wanted(dialect: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return one certificate for each method, with companion names and a wildcard among them."""
    companion_is_free = dialect.get("wildcard-base") != "counts"
    return [
        new_item("file", names=with_www),
        new_item("dns_txt"),
        new_item(
            "dns_txt_prefix", product="commercial_wildcard_ssl", names=with_wildcard if companion_is_free else wildcard
        ),
        new_item("dns_cname"),
        new_item("dns_cname_prefix", product="commercial_multidomain_ssl", names=with_www),
        new_item("admin"),
    ]


@pytest.mark.parametrize("dialect", forms())
def test_every_method_leads_to_a_certificate(dialect: Mapping[str, str], start_world: Callable[..., World]) -> None:
    print(f"DIALECT_SEED={SEED} dialect={dict(dialect)}")
    items = wanted(dialect)
    ca = start_world(**dialect)
    with ca.client() as api:
        predicted = ca.first_call(api, items, check_mode=True)
        assert predicted["msg"] == ""
        assert ca.sandbox.orders() == []

        placed = ca.first_call(api, items)
        assert placed["msg"] == ""
        assert [order["sent"] for order in placed["orders"]] == ["yes"] * len(items)

        again = ca.first_call(api, items)  # as after a lost answer: the order is resumed and its code works
        assert again["msg"] == ""
        ca.publish(again)
        finished = ca.second_call(api, again["orders"])

        assert finished["msg"] == ""
        certificates = finished["certificates"]
        assert {one["reason"]["text"] for one in certificates if one["state"] != "issued"} == set()
        assert all(is_trusted(one["certificate"], one["chain"], ca.sandbox.root) for one in certificates)
        sent = dialect.get("bundle-root") != "no"
        assert all(one["root"] in (ca.roots if sent else (None,)) for one in certificates)
        assert Counter(order["state"] for order in ca.sandbox.orders()) == {"ENROLLED": len(items)}
        serials = {order["orderID"]: order["entries"][-1]["serialNumber"] for order in ca.sandbox.orders()}
        assert {one["order_id"]: one["serial_number"] for one in certificates} == serials
        assert {code for call in ca.sandbox.calls() for code in call["errorCodes"]} <= SUFFERED

        for item, certificate in zip(items, certificates):
            (entry,) = api.get_order_by_order_id(order_id=certificate["order_id"])
            assert entry.order_status is not None
            assert entry.order_status.order_state == OrderState.ENROLLED
            assert entry.certificate_details is not None
            assert names_of(entry.certificate_details) == set(order_of(item).names)
        assert len(api.get_product_list(hash_algorithms=True)) > 10
        with (
            ca.client(password="wrong") as stranger,
            pytest.raises(AuthenticationError, match="does not accept the user name or password"),
        ):
            stranger.get_product_list()


@pytest.mark.parametrize("sent", ["yes", "no"])
def test_missing_files_are_fetched_without_an_order(
    start_world: Callable[..., World], tmp_path: Path, sent: str
) -> None:
    paths = {f"{name}_dest": tmp_path / name for name in ("cert", "chain", "fullchain", "der", "root")}
    item = {**new_item("dns_txt"), "fullchain_dest": str(paths["fullchain_dest"])}
    more = {**item, **{option: str(path) for option, path in paths.items()}}
    ca = start_world(**{"bundle-root": sent})
    with ca.client() as api:
        placed = ca.first_call(api, [item])
        ca.publish(placed)
        assert ca.second_call(api, placed["orders"])["certificates"][0]["state"] == "issued"
        fullchain = paths["fullchain_dest"].read_text()
        ca.sandbox.clear_calls()

        would = ca.first_call(api, [more], check_mode=True)
        assert (would["changed"], ca.sandbox.calls()) == (True, [])
        did = ca.first_call(api, [more])

        assert [call["operation"] for call in ca.sandbox.calls()] == ["getCertificate"]
        assert did["changed"]
        assert did["diff"][0]["before"] == would["diff"][0]["before"]
        assert did["certificates"][0]["state"] == "current"
        assert paths["cert_dest"].read_text() + paths["chain_dest"].read_text() == fullchain
        assert certificates_in(paths["der_dest"].read_bytes()) == (paths["cert_dest"].read_text(),)
        if sent == "no":
            assert "the CA sent no root" in did["msg"]
            again = ca.first_call(api, [more])
            assert (again["changed"], again["msg"]) == (False, did["msg"])
            paths["root_dest"].write_text("".join(ca.roots))
        assert set(certificates_in(paths["root_dest"].read_text())) <= set(ca.roots)
        ca.sandbox.clear_calls()
        quiet = ca.first_call(api, [more])
        assert (quiet["changed"], quiet["msg"], ca.sandbox.calls()) == (False, "", [])


def test_one_order_is_validated_and_placed_and_found(world: World) -> None:
    item = {**new_item("dns_txt_prefix"), "validate_only": False}
    with world.client() as api:
        asked = order_or_validate(api, {**item, "validate_only": True}, check_mode=False)
        assert (asked["changed"], asked["order_placed"]) == (False, False)
        assert asked["parsed_csr"]["common_name"] == f"{item['name']}.example.com"
        would = order_or_validate(api, item, check_mode=True)
        assert (would["changed"], would["order_placed"]) == (True, False)
        assert world.orders(item) == []
        did = order_or_validate(api, item, check_mode=False)
        assert (did["changed"], did["order_placed"]) == (True, True)
        (order,) = world.orders(item)
        assert did["validation"]["records"] == [
            {"name": f"_certum.{item['name']}.example.com", "type": "TXT", "value": order["code"]}
        ]
        for check_mode in (True, False):
            found = order_or_validate(api, item, check_mode=check_mode)
            assert (found["changed"], found["order_placed"]) == (False, True)
            assert found["reason"]["text"] == f"order {order['orderID']} was placed by an earlier run"
        assert len(world.orders(item)) == 1


def test_unpublished_file_is_named_and_order_kept(world: World) -> None:
    item = new_item("file", names=with_www)
    with world.client() as api:
        placed = world.first_call(api, [item])
        failed = world.second_call(api, placed["orders"])
        site = f"{item['name']}.example.com"
        assert failed["failed"]
        assert f"http://www.{site}/.well-known/pki-validation/certum.txt must answer" in failed["msg"]
        assert failed["certificates"][0]["state"] == "pending"
        assert failed["orders"] == placed["orders"]
        world.publish(placed)
        assert world.second_call(api, failed["orders"])["certificates"][0]["state"] == "issued"
        assert len(world.orders(item)) == 1


def test_caa_record_that_forbids_the_ca_is_explained(world: World) -> None:
    item = new_item("file")
    site = f"{item['name']}.example.com"
    world.dns.add(site, "CAA", '0 issue "other-ca.example"')
    with world.client() as api:
        placed = world.first_call(api, [item])
        world.publish(placed)
        failed = world.second_call(api, placed["orders"], wait_timeout=1)
        assert f"{site} fails the CA's CAA check: allow the CA with the CAA record" in failed["msg"]
        world.dns.add(site, "CAA", '0 issue "certum.pl"')
        assert world.second_call(api, placed["orders"])["certificates"][0]["state"] == "issued"


def test_check_is_triggered_as_soon_as_a_slow_ca_allows(start_world: Callable[..., World]) -> None:
    """Each step of the CA takes a while, and the check is still triggered in the same call."""
    item = new_item("file")
    ca = start_world("--pace=0.4")
    with ca.client() as api:
        placed = ca.first_call(api, [item])
        ca.publish(placed)
        assert ca.second_call(api, placed["orders"])["certificates"][0]["state"] == "issued"
