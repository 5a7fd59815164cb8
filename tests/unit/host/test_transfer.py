# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shared certificate on two hosts: the key goes from one to the other, and only to it."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host.transfer import transfer
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.former_certificate import EarlierReissue
from ansible_collections.certops.certum.tests.unit.host.declared import Host, declarations
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, ROOT

if TYPE_CHECKING:
    from pathlib import Path

SHARED = {"share": "web"}


@pytest.fixture
def other(tmp_path: Path) -> Host:
    """Return the host that receives."""
    (tmp_path / "other-web").mkdir()
    return Host(tmp_path / "other", tmp_path / "other-web")


def supplied(host: Host, **changes: Any) -> dict[str, Any]:
    """Return the certificate of a host as the controller supplies it."""
    version = host.read().versions[0]
    directory = host.base / "shop" / "versions" / version.serial_number
    return {
        "name": "shop",
        "serial_number": version.serial_number.lower(),
        "certificate": (directory / "cert.pem").read_text(),
        "chain": [ISSUING.pem, ROOT.pem],
        "root": None,
        "order_id": "shop-1",
        "customer": "@web/shop",
        "product": "601",
        "term_end": "2027-11-23T00:00:00Z",
        "environment": None,
        "reissues": [{"serial_number": "0A", "reissued": "2026-11-20T08:00:00Z"}],
        **changes,
    }


def move(host: Host, key: str, **changes: str) -> dict[str, Any]:
    """Return a transfer from web1 to web2."""
    serial_number = host.read().versions[0].serial_number
    item = {"name": "shop", "serial_number": serial_number, "sender": "web1", "receiver": "web2", "receiver_key": key}
    return {**item, **changes}


def sealed(host: Host, *transfers: dict[str, Any]) -> dict[str, Any]:
    options = {"state": "sealed", "host": "web1", "path": str(host.base), "transfers": list(transfers)}
    return dict(transfer(options, False))


def received(other: Host, **options: Any) -> dict[str, Any]:
    params = {"state": "received", "host": "web2", "path": str(other.base), "orders": [], "keep_versions": 3}
    items = declarations([other.declare(**SHARED)])
    return dict(
        transfer({**params, "certificates": items, "api_environment": None, "passphrases": {}, **options}, False)
    )


def key_of(other: Host) -> str:
    staged = other.stage(receive=["shop"], host="web2")
    return str(staged["transfer_keys"]["shop"])


def test_key_arrives_and_is_the_same(host: Host, other: Host) -> None:
    host.have(host.declare(**SHARED))
    wanted = move(host, key_of(other))
    sent = sealed(host, wanted, {**wanted, "sender": "web9"})
    assert [each["receiver"] for each in sent["sealed"]] == ["web2"]

    done = received(other, supplied=[supplied(host)], transfers=[wanted], sealed=sent["sealed"])

    assert (done["problems"], done["changed"]) == ([], True)
    keys = {(each.base / "shop/current/privkey.pem").read_text() for each in (host, other)}
    assert len(keys) == 1
    metadata = other.read().versions[0].metadata
    assert metadata is not None
    assert (metadata.order.share, metadata.order.host, metadata.order.customer) == ("web", "@web", "@web/shop")
    assert metadata.order.reissues == (EarlierReissue("0A", datetime(2026, 11, 20, 8, tzinfo=timezone.utc)),)
    assert not (other.base / "shop/staged").exists()
    again = received(other, supplied=[supplied(host)], transfers=[wanted], sealed=sent["sealed"])
    assert (again["problems"], again["changed"]) == ([], False)


def changed(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return base64.b64encode(bytes(raw)).decode()


LIES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    "a changed ciphertext": ({}, {}, {"ciphertext": True}, "was not made for this host"),
    "a key for another host": ({"receiver": "web3"}, {}, {"receiver": "web2"}, "was not made for this host"),
    "a key from another host": ({}, {"sender": "web3"}, {"sender": "web3"}, "was not made for this host"),
    "a key from a host that was not asked": ({}, {"sender": "web3"}, {}, "host web3: no private key came from it"),
    "another serial number": ({}, {}, {}, "the controller named certificate"),
    "no key": ({}, {}, {"receiver": "web9"}, "host web1: no private key came from it"),
    "no base64": ({}, {}, {"ciphertext": "?"}, "not base64"),
}


@pytest.mark.parametrize(("sent_as", "wanted_as", "lie", "words"), LIES.values(), ids=LIES)
def test_anything_else_is_refused(
    host: Host,
    other: Host,
    sent_as: dict[str, Any],
    wanted_as: dict[str, Any],
    lie: dict[str, Any],
    words: str,
) -> None:
    host.have(host.declare(**SHARED))
    wanted = move(host, key_of(other))
    (item,) = sealed(host, {**wanted, **sent_as})["sealed"]
    lie = {**lie, "ciphertext": changed(item["ciphertext"])} if lie.get("ciphertext") is True else lie
    certificate = supplied(host, **({"serial_number": "0B"} if "serial" in words or "named" in words else {}))

    done = received(other, supplied=[certificate], transfers=[{**wanted, **wanted_as}], sealed=[{**item, **lie}])

    (problem,) = done["problems"]
    assert words in problem["text"]
    assert other.read().versions == ()
    assert "PRIVATE" not in str(done)


def test_second_sender_helps_if_the_first_one_lies(host: Host, other: Host) -> None:
    host.have(host.declare(**SHARED))
    wanted = move(host, key_of(other))
    (item,) = sealed(host, wanted)["sealed"]
    lie = {**item, "sender": "web0", "ciphertext": changed(item["ciphertext"])}
    transfers = [{**wanted, "sender": "web0"}, wanted]

    done = received(other, supplied=[supplied(host)], transfers=transfers, sealed=[lie, item])

    assert (done["problems"], done["changed"]) == ([], True)


def test_certificate_for_another_key_is_refused(host: Host, other: Host) -> None:
    host.have(host.declare(**SHARED))
    wanted = move(host, key_of(other))
    sent = sealed(host, wanted)["sealed"]
    host.have(host.declare(www=True, **SHARED))
    newer = supplied(host)
    forged = [{**wanted, "serial_number": newer["serial_number"]}]
    done = received(other, supplied=[newer], transfers=forged, sealed=sent)
    assert "was not made for this host, this certificate" in done["problems"][0]["text"]


def test_certificate_without_a_declared_name_is_refused(host: Host, other: Host) -> None:
    host.have(host.declare(**SHARED))
    wanted = move(host, key_of(other))
    sent = sealed(host, wanted)["sealed"]
    items = declarations([other.declare(www=True, **SHARED)])
    done = received(other, supplied=[supplied(host)], transfers=[wanted], sealed=sent, certificates=items)
    assert "does not name www.shop.example.com" in done["problems"][0]["text"]


def test_host_without_the_key_says_so(host: Host, other: Host) -> None:
    host.have(host.declare(**SHARED))
    wanted = move(host, key_of(other))
    found = sealed(other, wanted)
    assert found["sealed"] == []
    assert "this host does not have the certificate" in found["problems"][0]["text"]


GROUP = {"share": "web"}
STORES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str, str]] = {
    "shared as before": (GROUP, GROUP, "reissue", "@web/shop", ""),
    "own before, shared now": ({}, GROUP, "reissue", "web1/shop", ""),
    "shared before, own now": (GROUP, {}, "order", "web1/shop", ""),
    "another group": (GROUP, {"share": "db"}, "", "", "for group web (customer @web/shop), and group db shares it now"),
    "a renamed group": (GROUP, {"share": "db", "customer": "@web/shop"}, "reissue", "@web/shop", ""),
}


@pytest.mark.parametrize(("before", "now", "operation", "customer", "words"), STORES.values(), ids=STORES)
def test_change_of_share_follows_only_the_own_order(
    host: Host, before: dict[str, Any], now: dict[str, Any], operation: str, customer: str, words: str
) -> None:
    host.have(host.declare(**before))
    assert host.plan(host.declare(**now))["due"] == []

    staged = host.stage(host.declare(**now))

    if words:
        assert words in staged["problems"][0]["text"]
        return
    (order,) = staged["orders"]
    assert (order["operation"], order["customer"]) == (operation, customer)


def test_plan_reports_what_the_group_needs_to_know(host: Host) -> None:
    planned = host.plan(host.declare(**SHARED))
    assert "(Commercial SSL), once for the hosts of group web, unless" in planned["sentences"][0]
    (empty,) = planned["shared"]
    assert (empty["serial_number"], empty["due"], empty["pending"]) == ("", True, None)
    host.have(host.declare(**SHARED))
    host.stage(host.declare(www=True, **SHARED))
    (found,) = host.plan(host.declare(**SHARED))["shared"]
    assert found["serial_number"] == host.read().versions[0].serial_number
    assert found["pending"]["operation"] == "order"
    assert found["pending"]["placed"] is False
    assert found["state"] == "web/shop has work"
    assert host.plan(host.declare("own"))["shared"] == []


def test_orders_of_a_group_have_the_same_id_on_all_hosts(host: Host, other: Host) -> None:
    ids = {each.stage(each.declare(**SHARED))["orders"][0]["order_id"] for each in (host, other)}
    assert len(ids) == 1
    again = other.stage(other.declare("mail", **SHARED), order_again=["mail"])["orders"][0]
    assert again["order_id"] not in ids
