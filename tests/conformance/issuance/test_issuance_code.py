# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Codes that are lost, expired or void, and orders that fail."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._issuance.domain_validation import new_code
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import (
    OrderState,
    OrderVerificationState,
)
from ansible_collections.certops.certum.tests.conformance.issuance.world import new_item, order_of, with_wildcard

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import OrderProgress
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

FORMS = list(itertools.product(("1173", "new-code"), ("new-code", "2162")))
METHODS = ("file", "dns_txt", "dns_txt_prefix", "dns_cname", "dns_cname_prefix")


def added(world: World) -> list[list[int]]:
    """Return the error codes of the answers to addSanVerification."""
    calls = world.sandbox.calls()
    return [call["errorCodes"] for call in calls if call["operation"] == "addSanVerification"]


def finish(world: World, result: dict[str, Any]) -> None:
    world.publish(result)
    with world.client() as api:
        finished = world.second_call(api, result["orders"])
    assert [one["state"] for one in finished["certificates"]] == ["issued"] * len(result["orders"])


@pytest.mark.parametrize(("same_data", "no_approver"), FORMS)
def test_lost_code_is_replaced(start_world: Callable[..., World], same_data: str, no_approver: str) -> None:
    """The code comes by the same method, without a method, or by way of another: in every form of the CA one code
    results.
    """
    world = start_world(same_data=same_data, no_approver=no_approver)
    expected = {
        ("new-code", "new-code"): [[]],
        ("new-code", "2162"): [[]],
        ("1173", "new-code"): [[1173], []],
        ("1173", "2162"): [[1173], [2162], [], []],
    }[same_data, no_approver]
    items = [new_item(method) for method in METHODS]
    items.append(new_item("dns_txt_prefix", product="commercial_wildcard_ssl", names=with_wildcard))
    items.append(new_item("dns_cname_prefix", product="commercial_wildcard_ssl", names=with_wildcard))
    with world.client() as api:
        placed = world.first_call(api, items)
        for item, before in zip(items, placed["certificates"]):
            world.sandbox.clear_calls()
            validation = new_code(api, order_of(item))
            assert added(world) == expected
            (order,) = world.orders(item)
            assert (order["method"], order["code"]) == (item["validation"]["method"].upper(), validation.code)
            assert validation.code != before["validation"]["code"]
        again = world.first_call(api, items)
    finish(world, again)


@pytest.mark.parametrize("code", ["present", "absent"])
@pytest.mark.parametrize("told", ["newest", "first"])
def test_reissue_is_validated_for_any_entry_with_the_state(
    start_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, told: str, code: str
) -> None:
    """No source settles whether getOrderState returns the state of the reissue or of the certificate before it."""
    world, item = start_world(proof_reuse="no", reissue_code=code), new_item("dns_txt_prefix")
    with world.client() as api:
        placed = world.first_call(api, [item])
    finish(world, placed)
    (order,) = world.orders(item)
    of_order = {
        "operation": "reissue",
        "order_id": order["orderID"],
        "predecessor": order["entries"][0]["serialNumber"],
    }
    reissue = {**item, **of_order, "csr_content": new_item("dns_txt_prefix", names=only(item))["csr_content"]}
    if told == "first":
        ask = PartnerApi.get_order_state
        monkeypatch.setattr(PartnerApi, "get_order_state", lambda api, **given: _enrolled(ask(api, **given)))
    with world.client() as api:
        result = world.first_call(api, [reissue])
        if code == "absent" and not result["certificates"][0]["validation"]:
            result = world.second_call(api, result["orders"])
        unverified = world.second_call(api, result["orders"], wait_timeout=2)
        assert "is not validated" in unverified["msg"]
        assert "_certum." in unverified["msg"]
    finish(world, unverified)


def only(item: dict[str, Any]) -> Callable[[str], tuple[str, ...]]:
    return lambda _site: (f"{item['name']}.example.com",)


def _enrolled(progress: OrderProgress) -> OrderProgress:
    done = [check.model_copy(update={"state": OrderVerificationState.VERIFIED}) for check in progress.verifications]
    return progress.model_copy(update={"order_state": OrderState.ENROLLED, "verifications": tuple(done)})


@pytest.mark.parametrize("reason", ["expired", "void"])
def test_expired_code_is_replaced_and_published(start_world: Callable[..., World], reason: str) -> None:
    """Expired is error 1184, void is error 1186."""
    world, item = start_world(), new_item("file")
    with world.client() as api:
        placed = world.first_call(api, [item])
        world.publish(placed)
        if reason == "expired":
            world.sandbox.advance("P31D")
        else:
            new_code(api, order_of(item))
        again = world.second_call(api, placed["orders"])
        (certificate,) = again["certificates"]
        assert again["msg"] == ""
        assert (certificate["state"], certificate["changed"]) == ("pending", True)
        assert certificate["reason"]["text"].endswith("the CA sent a new validation code, which must be published")
        assert certificate["validation"]["code"] != placed["certificates"][0]["validation"]["code"]
        assert again["orders"][0]["validation_code"] == certificate["validation"]["code"]
    codes = [call["errorCodes"] for call in world.sandbox.calls() if call["operation"] == "performSanVerification"]
    assert codes == [[1184 if reason == "expired" else 1186]]
    finish(world, again)


def test_mailed_link_is_requested_once_and_never_checked(world: World) -> None:
    """The link is the check: the client does not use the code, and a new one would void the mail that is on its way."""
    item = new_item("admin")
    site = f"{item['name']}.example.com"
    with world.client() as api:
        placed = world.first_call(api, [item])
        world.sandbox.clear_calls()
        waits = world.second_call(api, placed["orders"], wait_timeout=0)
        adopted = world.first_call(api, [item])
        for result in (waits, adopted):
            assert result["msg"] == ""
            assert result["certificates"][0]["state"] == "pending"
        assert "performSanVerification" not in {call["operation"] for call in world.sandbox.calls()}
    assert [mail["to"] for mail in world.sandbox.mails() if site in mail["to"]] == [f"hostmaster@{site}"]
    finish(world, adopted)


def test_changed_method_is_set_for_a_pending_order(world: World) -> None:
    """The caller drops the code of the former method, as certum_stage does."""
    item = new_item("file")
    with world.client() as api:
        world.first_call(api, [item])
        for method in ("dns_txt_prefix", "admin", "dns_cname_prefix"):
            changed = {
                **item,
                "validation": {"method": method, "admin_prefix": "hostmaster"},
                "sent": "yes",
            }
            result = world.first_call(api, [changed])
            assert result["msg"] == ""
            assert world.orders(item)[0]["method"] == method.upper()
    finish(world, result)
    assert len(world.orders(item)) == 1


def test_rejected_order_fails_with_a_remedy(world: World) -> None:
    item = new_item("file")
    with world.client() as api:
        placed = world.first_call(api, [item])
        order_id = placed["certificates"][0]["order_id"]
        world.sandbox.reject(order_id)
        world.sandbox.clear_calls()
        for items in ([item], placed["orders"]):
            result = world.second_call(api, items)
            (certificate,) = result["certificates"]
            assert result["failed"]
            assert certificate["state"] == "rejected"
            assert f"order {order_id} was cancelled, or refused by the CA" in certificate["problem"]["text"]
            assert "a new order needs a new key and CSR" in certificate["problem"]["text"]
            assert result["orders"] == [], "there is no order to resume"
        assert len(world.orders(item)) == 1
        assert "addSanVerification" not in {call["operation"] for call in world.sandbox.calls()}
        other = new_item("file")
        world.sandbox.clear_calls()
        result = world.first_call(api, [{**other, "csr_content": item["csr_content"], "order_id": "another-id"}])
        assert "error 1032" in result["msg"], "its key stays used"
        assert result["certificates"][0]["state"] == "not_ordered"


def test_order_of_another_customer_is_not_resumed(world: World) -> None:
    item = new_item("file")
    with world.client() as api:
        world.first_call(api, [item])
        result = world.first_call(api, [{**item, "customer": "somebody else"}])
        assert f"the CA has it for customer {item['customer']}, but somebody else is declared" in result["msg"]
        assert result["certificates"][0]["state"] == "not_ordered"
        assert result["certificates"][0]["validation"] is None
        assert result["orders"] == []


@pytest.mark.parametrize("told", [True, False])
def test_unknown_order_is_reported(world: World, told: bool) -> None:
    """An order id that the caller gave is never ordered for that reason; another one is."""
    item = new_item("file", sent="yes" if told else "no")
    with world.client() as api:
        result = world.second_call(api, [item])
    (certificate,) = result["certificates"]
    if told:
        assert (certificate["state"], certificate["order_placed"]) == ("not_ordered", False)
        assert "use the account and the environment (production or test) in which it was placed" in result["msg"]
    assert len(world.orders(item)) == (0 if told else 1)


def test_order_that_waits_for_people_is_not_waited_for(world: World) -> None:
    """All wait together: with one worker, the first of the list waits and the second is issued meanwhile."""
    slow, quick = new_item("admin"), new_item("file")
    with world.client() as api:
        placed = world.first_call(api, [slow, quick])
        for record in placed["certificates"][1]["validation"]["files"]:
            world.web.put(record["name"], record["content"])
        finished = world.second_call(api, placed["orders"], wait_timeout=1, concurrency=1)
    assert [one["state"] for one in finished["certificates"]] == ["pending", "issued"]
    assert "waits for DOMAIN (required; the CA has not validated the domain yet)" in finished["reason"]["text"]
