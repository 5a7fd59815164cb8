# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CSR from elsewhere is checked when it is stored, and used when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host.stage_request import stage_request
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import InvalidDeclarationError
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request, read_request
from ansible_collections.certops.certum.tests.unit.host.declared import answer
from ansible_collections.certops.certum.tests.unit.issuance.csrs import with_broken_signature
from ansible_collections.certops.certum.tests.unit.store.world import tree
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.unit.host.declared import Host

NAME = "shop.example.com"


def make_csr(*names: str) -> str:
    return build_request(keys.generate(EC256), common_name=names[0], names=names)


def put(host: Host, csr: str, *names: str, check_mode: bool = False, **more: Any) -> dict[str, Any]:
    params = {"path": str(host.base), "name": "shop", "csr_content": csr, "csr_path": None, "names": list(names)}
    return stage_request({**params, **more}, check_mode)


def test_stored_csr_is_ordered_when_due_without_its_key(host: Host) -> None:
    host.have(host.declare())
    csr = make_csr(NAME)
    assert put(host, csr, NAME)["changed"]
    before = tree(host.base / "shop/staged")
    assert not put(host, csr.replace("\n", "\r\n"), NAME)["changed"]
    assert tree(host.base / "shop/staged") == before

    assert host.plan(host.declare())["due"] == []
    assert len(host.plan(host.declare(), now="2027-05-20")["due"]) == 1
    (order,) = host.stage(host.declare())["orders"]
    assert order["csr_content"] == csr
    assert host.install(host.declare(), orders=[answer(order)])["problems"] == []

    current = host.read().current
    assert current is not None
    assert current.metadata is not None
    assert not current.metadata.own_key
    assert not (host.base / "shop/current/privkey.pem").exists()
    assert host.plan(host.declare())["due"] == []


ELSEWHERE = {"key": {"location": "elsewhere"}}


def keys_on_disk(host: Host) -> list[str]:
    return sorted(str(path.relative_to(host.base)) for path in host.base.rglob("privkey.pem"))


@pytest.mark.parametrize(
    ("staged", "sent", "own_key"),
    [
        ("nothing", None, False),
        ("a key", None, True),
        ("a key and its intended order", "look_up_only", True),
        ("a key and its placed order", "yes", True),
        ("a request", "no", False),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_order_needs_a_stored_request_if_the_host_must_not_make_keys(
    host: Host, staged: str, sent: str | None, own_key: bool, check_mode: bool
) -> None:
    if staged == "a request":
        put(host, make_csr(NAME), NAME)
    elif staged != "nothing":
        orders = host.stage(host.declare())["orders"]
        if staged == "a key":
            (host.base / "shop/staged/order.json").unlink()
        if staged == "a key and its placed order":
            host.challenge([host.declare()], [answer(orders[0], "pending", code="c0de")])
    before = keys_on_disk(host)

    result = host.stage(host.declare(**ELSEWHERE), check_mode=check_mode)

    assert [order["sent"] for order in result["orders"]] == ([sent] if sent else [])
    assert [each["name"] for each in result["problems"]] == ([] if sent else ["shop"])
    assert keys_on_disk(host) == before == (["shop/staged/privkey.pem"] if own_key else [])


def test_key_on_disk_is_replaced_by_one_from_elsewhere_when_declared(host: Host) -> None:
    host.have(host.declare())
    item = host.declare(**ELSEWHERE)
    (due,) = host.plan(item)["reasons"]
    assert (due["reason"]["code"], due["operation"]) == ("key_differs", "reissue")
    (problem,) = host.stage(item)["problems"]
    assert "Nothing was ordered. No private key is made on this host" in problem["text"]
    assert "is valid until 20" in problem["text"]
    put(host, make_csr(NAME), NAME)

    (order,) = host.stage(item)["orders"]
    host.install(item, orders=[answer(order)])

    assert host.plan(item)["current"] == 1
    assert not (host.base / "shop/current/privkey.pem").exists()


def test_service_that_needs_the_key_is_refused_in_the_plan(host: Host) -> None:
    result = host.plan(host.declare(**ELSEWHERE, deploy={"service": "haproxy"}))
    assert result["due"] == []
    assert "its private key is kept elsewhere, and haproxy would contain it" in result["problems"][0]["text"]


def test_key_file_beside_the_csr_is_the_key_of_the_host(host: Host) -> None:
    key = keys.generate(EC256)
    put(host, build_request(key, common_name=NAME, names=[NAME]))
    (host.base / "shop/staged/privkey.pem").write_bytes(keys.to_pem(key))
    (order,) = host.stage(host.declare())["orders"]
    assert read_request(order["csr_content"]).public_key_sha256 == keys.public_key_sha256(key.public_key())
    host.install(host.declare(), orders=[answer(order)])
    assert (host.base / "shop/current/privkey.pem").read_bytes() == keys.to_pem(key)


def test_staging_without_an_order_is_set_aside(host: Host) -> None:
    first, second = make_csr(NAME), make_csr(NAME)
    put(host, first)
    changed = put(host, second)
    assert changed["reason"]["text"] == "the request replaces a staged key or CSR that was not ordered"
    assert (host.base / "shop/staged/request.csr").read_text() == second
    assert [path.read_text() for path in (host.base / "shop/set-aside").rglob("request.csr")] == [first]


def test_check_mode_stores_no_csr(host: Host) -> None:
    result = put(host, make_csr(NAME), check_mode=True)
    assert result["changed"]
    assert result["diff"]["after"]["names"] == [NAME]
    assert not host.base.exists()


@pytest.mark.parametrize(
    ("csr", "names", "words"),
    [
        ("nonsense", [], "csr_content: there is not exactly one CSR"),
        (with_broken_signature(make_csr(NAME)), [], "error 2125"),
        (make_csr(NAME), [NAME, "żółw.example.com"], "does not name xn--w-uga1v8h.example.com"),
        (make_csr(NAME), ["shop"], "names: 'shop' is not a full domain name"),
    ],
)
def test_csr_that_would_fail_later_is_refused_at_once(host: Host, csr: str, names: list[str], words: str) -> None:
    with pytest.raises(InvalidDeclarationError, match=words):
        put(host, csr, *names)
    assert not host.base.exists()


def test_missing_csr_file_is_named(host: Host) -> None:
    with pytest.raises(InvalidDeclarationError, match=r"shop: the CSR /gone.csr cannot be read on this host"):
        put(host, "", csr_path="/gone.csr")


def test_pending_order_and_used_key_are_not_touched(host: Host) -> None:
    host.have(host.declare())
    (order,) = host.stage(host.declare(www=True))["orders"]
    before = tree(host.base / "shop/staged")
    with pytest.raises(StoreError, match=f"order {order['order_id']} is pending"):
        put(host, make_csr(NAME))
    assert tree(host.base / "shop/staged") == before
    host.install(host.declare(www=True), orders=[answer(order)])
    with pytest.raises(StoreError, match="error 1032"):
        put(host, order["csr_content"])
