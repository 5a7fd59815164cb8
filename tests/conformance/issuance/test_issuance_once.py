# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Breaks every call in every way and runs again: nothing is ordered twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.order import order_or_validate
from ansible_collections.certops.certum.plugins.module_utils._controller.renew import renew_certificate
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import ApiError, CertumError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry, RetryPolicy
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.tests.conformance.issuance.world import EC256, new_item, run, with_www

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

EFFECTS = ("drop", "http-500", "http-503", "garbage", "truncate", "delay")
TIMEOUT = 2.0
READS = ("getOrderByOrderID", "getOrderState", "getSanVerificationState", "getCertificate")
FOREVER = 10**6
NOBODY = "http://127.0.0.1:9/service/PartnerApi.wsdl"
UNKNOWN = "it is unknown whether the order was placed"


@dataclass(frozen=True)
class Outcome:
    """The state of the order after the first run, and whether the CA has it."""

    state: str
    orders: int


def outcome_of(effect: str, when: str) -> Outcome:
    """Return the expected outcome. Completed work is found at once. Other work is still possible; a delayed request
    will be done.
    """
    if when == "after":
        return Outcome("pending", 1)
    return Outcome("unknown", 1 if effect == "delay" else 0)


def arrange(world: World, effect: str, *, operation: str, when: str, times: int = 1) -> None:
    seconds = 2 * TIMEOUT if effect == "delay" else 0
    world.sandbox.add_fault(effect, operation=operation, when=when, times=times, seconds=seconds)


def purchases(world: World) -> int:
    return sum(call["operation"] == "quickOrder" for call in world.sandbox.calls())


def converge(world: World, item: dict[str, Any]) -> None:
    """Run again until the end: one order, one certificate."""
    with world.client() as api:
        result = world.first_call(api, [item])
        assert result["msg"] == ""
        if result["orders"]:
            world.publish(result)
            result = world.second_call(api, result["orders"])
    assert [certificate["state"] for certificate in result["certificates"]] == ["issued"]
    (order,) = world.orders(item)
    assert order["orderID"] == result["certificates"][0]["order_id"]
    assert len(order["entries"]) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("effect", EFFECTS)
def test_purchase_with_a_lost_answer_is_made_once(world: World, effect: str, when: str) -> None:
    item, expected = new_item("dns_txt_prefix"), outcome_of(effect, when)
    world.sandbox.clear_calls()
    arrange(world, effect, operation="quickOrder", when=when)
    with world.client(request_timeout=TIMEOUT) as api:
        (first,) = world.first_call(api, [item])["certificates"]
    assert first["state"] == expected.state
    assert first["order_placed"] is (expected.state == "pending")
    if expected.state == "unknown":
        assert first["reason"]["text"] == UNKNOWN
        assert "the CA has no such order so far" in first["problem"]["text"]
        assert "Run again" in first["problem"]["text"]
    if expected.orders:
        world.wait_for_order(item)
    assert len(world.orders(item)) == expected.orders
    assert purchases(world) == 1, "it is sent once"
    converge(world, item)


@pytest.mark.parametrize("effect", EFFECTS)
def test_purchase_with_outcome_unknown_is_not_repeated(world: World, effect: str) -> None:
    """The answer is lost and so is every look-up: the outcome is reported as unknown."""
    item = new_item("dns_txt_prefix")
    arrange(world, effect, operation="quickOrder", when="after")
    arrange(world, effect, operation="getOrderByOrderID", when="before", times=FOREVER)
    with world.client(request_timeout=TIMEOUT) as api:
        (first,) = world.first_call(api, [item])["certificates"]
        with pytest.raises(
            CertumError, match=r"It is unknown whether order .* was placed: the search for it failed"
        ) as told:
            order_or_validate(api, {**item, "validate_only": False}, check_mode=False)
    assert told.value.outcome_unknown
    assert (first["state"], first["order_placed"], first["reason"]["text"]) == ("unknown", False, UNKNOWN)
    world.sandbox.clear_faults()
    converge(world, item)


@pytest.mark.parametrize("effect", EFFECTS)
def test_failed_read_never_leads_to_an_order(world: World, effect: str) -> None:
    """Each read in turn fails for good, in every run: knowledge is kept, and one order stays one order."""
    retry = Retry(RetryPolicy(attempts=2), sleep=world.pauses.append)
    for operation in READS:
        item = new_item("file")
        with world.client(request_timeout=TIMEOUT, retry=retry) as api:
            placed = world.first_call(api, [item])
            if operation != "getSanVerificationState":  # read to explain a failure
                world.publish(placed)
            world.sandbox.clear_calls()
            arrange(world, effect, operation=operation, when="before", times=FOREVER)
            for _run in range(2):
                options = {"wait_timeout": 2}
                known = world.second_call(api, placed["orders"], **options)
                assert known["certificates"][0]["state"] == (
                    "issued" if "issued" in known["reason"]["text"] else "pending"
                )
                assert known["orders"] in ([], placed["orders"])
            assert purchases(world) == 0
            if operation != "getSanVerificationState":
                with world.client(request_timeout=TIMEOUT, retry=retry) as later:  # a run has a client of its own
                    forgotten = world.first_call(later, [item])  # without the memory of the order: its id is taken
                assert [one["state"] for one in forgotten["certificates"]] in (["unknown"], ["pending"])
                assert purchases(world) == 1
            assert {code for call in world.sandbox.calls() for code in call["errorCodes"]} <= {1012, 1032, 1173}
        world.sandbox.clear_faults()
        assert len(world.orders(item)) == 1
        converge(world, item)


@pytest.mark.parametrize("operation", ["order", "reissue", "renew"])
def test_outcome_stays_unknown_while_the_ca_is_unreachable(world: World, operation: str) -> None:
    """The answer was lost in an earlier run. That this run sends nothing does not change its outcome."""
    known = {"order": {}, "reissue": {"order_id": "o", "predecessor": "0A"}, "renew": {"predecessor": "0A"}}[operation]
    item = {**new_item("dns_txt_prefix"), **known, "operation": operation}
    with world.client(url=NOBODY, ca_path=None) as api:
        states = [
            world.first_call(api, [{**item, **intent}])["certificates"][0]["state"]
            for intent in ({}, {"sent": "perhaps"})
        ]
    assert states == ["not_ordered", "unknown"]


@pytest.mark.parametrize("told", ["all", "first", "last"])
def test_existing_order_is_resumed_after_either_error(start_world: Callable[..., World], told: str) -> None:
    """Its id is taken and its key was used; no source settles whether the CA reports both errors."""
    world = start_world(reported_errors=told)
    item = new_item("dns_txt_prefix")
    with world.client() as api:
        world.first_call(api, [item])
        for intent in ({}, {"sent": "perhaps"}):
            again = world.first_call(api, [{**item, **intent}])
            foreseen = run(api, [{**item, **intent}], check_mode=True)
            assert (again["certificates"][0]["state"], again["msg"], foreseen["msg"]) == ("pending", "", "")
            assert "would be resumed" in foreseen["reason"]["text"]
        for check_mode in (False, True):
            ordered = order_or_validate(api, {**item, "validate_only": False}, check_mode=check_mode)
            assert (ordered["order_placed"], ordered["changed"]) == (True, False)
    assert len(world.orders(item)) == 1


def test_used_key_without_an_order_is_refused(world: World) -> None:
    item = new_item("dns_txt_prefix")
    with world.client() as api:
        world.first_call(api, [item])
        other = {**item, "order_id": f"{item['name']}-other"}
        told = [world.first_call(api, [{**other, **more}]) for more in ({}, {"sent": "perhaps"})]
    assert [one["certificates"][0]["state"] for one in told] == ["not_ordered", "rejected"]
    assert all("1032" in one["msg"] for one in told)


@pytest.mark.parametrize("differs", ["key", "product", None])
def test_order_with_the_same_id_and_other_key_is_not_resumed(world: World, differs: str | None) -> None:
    item = {**new_item("dns_txt_prefix"), "validate_only": False}
    item["order_id"] = f"{item['name']}-2026"
    other = {
        "key": {"csr_content": csr_for(item)},
        "product": {"csr_content": csr_for(item), "product": "commercial_multidomain_ssl"},
    }.get(differs or "", {})
    with world.client() as api:
        order_or_validate(api, item, check_mode=False)
        if differs != "product":
            issue(world, api, [item])
        for check_mode in (False, True):
            if differs is None:
                assert order_or_validate(api, item, check_mode=check_mode)["order_placed"]
                continue
            with pytest.raises(CertumError, match=rf"placed for (another {differs}|{differs} 601).*another order_id"):
                order_or_validate(api, {**item, **other}, check_mode=check_mode)
    assert len(world.orders(item)) == 1


def test_check_mode_foresees_pending_orders(start_world: Callable[..., World]) -> None:
    """Check mode reports the problem that a run would meet, and no change if only people can make one."""
    world = start_world("--approve=manual")
    organization = {"name": "Example S.A.", "country": "PL", "locality": "Szczecin"}
    organization["tax_identification_number"] = "5250000000"
    item = new_item("dns_txt_prefix", product="trusted_ssl", organization=organization)
    renewal = {**new_item("dns_txt_prefix"), "operation": "renew", "sent": "yes"}
    with world.client() as api:
        (placed,) = world.first_call(api, [item])["orders"]
        assert seen_in_both(api, placed) == [("pending", True, ""), ("pending", False, "")]
        for check in ("DOMAIN", "INTERNAL"):
            world.sandbox.decide(placed["order_id"], check)
        waiting = run(api, [placed], check_mode=True)
        assert (waiting["changed"], waiting["msg"]) == (False, "")
        assert "the CA's staff" in waiting["reason"]["text"]
        world.sandbox.reject(placed["order_id"])
        lost = {**new_item("dns_txt_prefix"), "sent": "yes"}
        (serial_number,) = [one["serial_number"] for one in issue(world, api, [new_item("dns_txt_prefix")])]
        for ended in (placed, lost, {**renewal, "predecessor": serial_number}):
            foreseen, came = seen_in_both(api, ended)
            assert foreseen == came
            assert foreseen[2]


def seen_in_both(api: PartnerApi, item: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return state, change and problem, first from check mode, then from a run."""
    results = [
        run(api, [item], check_mode=check_mode, trigger_validation=False, wait=False) for check_mode in (True, False)
    ]
    return [(result["certificates"][0]["state"], result["changed"], result["msg"]) for result in results]


def test_only_reads_are_repeated_with_growing_pauses(world: World) -> None:
    item = new_item("dns_txt")
    with world.client() as api:
        arrange(world, "http-503", operation="getOrderState", when="before", times=3)
        placed = world.first_call(api, [item])
        assert world.second_call(api, placed["orders"], wait_timeout=0)["certificates"][0]["state"] == "pending"
    assert len(world.pauses) == 3
    assert all(later > earlier for earlier, later in zip(world.pauses, world.pauses[1:]))


def test_two_controllers_at_once_come_to_the_same_order(world: World) -> None:
    items = [new_item("dns_txt_prefix") for dummy in range(4)]
    with world.client() as api:
        result = world.first_call(api, [*items, *items, *items])
    assert {certificate["state"] for certificate in result["certificates"]} == {"pending"}
    assert [len(world.orders(item)) for item in items] == [1] * 4


def test_unsent_intent_does_not_hide_an_order_with_a_lost_key(world: World) -> None:
    """A host was rebuilt during its pending order, and the run that made the next key died before its request."""
    lost = new_item("dns_txt_prefix")
    item = {**new_item("dns_txt_prefix"), "customer": lost["customer"], "reissue_live_order": True}
    with world.client() as api:
        world.first_call(api, [lost])
        for intent in ({}, {"sent": "perhaps"}):
            told = world.first_call(api, [{**item, **intent}])
            assert "its key is not on this host any more. Nothing was ordered" in told["msg"]
    assert len(world.orders(lost)) == 1


@pytest.mark.parametrize("form", ["prefixed", "absent"])
def test_names_are_read_from_the_certificate(start_world: Callable[..., World], form: str) -> None:
    """A reissue must not ask for a name that it has (error 2130); a rebuilt host has to find the names first."""
    world, item = start_world(**{"dns-names": form}), new_item("dns_txt_prefix", names=with_www)
    with world.client() as api:
        converge(world, item)
        (order,) = world.orders(item)
        known = {"order_id": order["orderID"], "predecessor": order["entries"][0]["serialNumber"]}
        for follow in ({**known, "operation": "reissue"}, {"reissue_live_order": True}):
            again = {**item, **follow, "csr_content": csr_for(item, "www")}
            placed = world.first_call(api, [again])
            assert placed["msg"] == ""
            world.publish(placed)
            assert world.second_call(api, placed["orders"])["msg"] == ""
    (order,) = world.orders(item)
    assert len(order["entries"]) == 3


@pytest.mark.parametrize(("label", "orders"), [("www", 1), ("other", 2)])
def test_name_added_by_the_ca_is_no_reason_to_order(world: World, label: str, orders: int) -> None:
    """A host was rebuilt, and the live certificate has a name that is not declared."""
    item = new_item(
        "dns_txt_prefix", names=lambda site: (site, f"{label}.{site}"), product="commercial_multidomain_ssl"
    )
    with world.client() as api:
        converge(world, item)
        world.first_call(api, [{**item, "reissue_live_order": True, "csr_content": csr_for(item)}])
    assert len(world.orders(item)) == orders


@pytest.mark.parametrize("follows", ["order", "reissue"])
def test_reissue_with_a_lost_key_is_completed(world: World, follows: str) -> None:
    """The host was rebuilt, or restored from a copy that has the certificate before the reissue."""
    item = new_item("dns_txt_prefix", product="commercial_multidomain_ssl", reissue_live_order=True)
    with world.client() as api:
        converge(world, item)
        (order,) = world.orders(item)
        of_order = {"order_id": order["orderID"], "predecessor": order["entries"][0]["serialNumber"]}
        lost = {**item, **of_order, "operation": "reissue", "csr_content": csr_for(item, "x")}
        world.first_call(api, [lost])
        known = of_order if follows == "reissue" else {}
        ours = {**item, **known, "operation": follows, "csr_content": csr_for(item, "x")}
        told = world.first_call(api, [ours])
        with pytest.raises(ApiError, match="1136"):
            api.cancel_order(order_id=order["orderID"])
        assert f"certum_validation with order_id={order['orderID']}" in told["msg"]
        assert "the CA does not cancel an order that has a certificate (error 1136)" in told["msg"]
        world.sandbox.decide(order["orderID"], "DOMAIN")
        world.sandbox.wait_for_state(order["orderID"], "ENROLLED")
        reissued = world.first_call(api, [ours])
    assert reissued["msg"] == ""
    (order,) = world.orders(item)
    assert len(order["entries"]) == 3


def test_pending_reissue_is_not_mistaken_for_a_renewal(world: World) -> None:
    item = new_item("dns_txt_prefix", product="commercial_multidomain_ssl")
    with world.client() as api:
        converge(world, item)
        (first,) = world.orders(item)
        renewal = {**item, "operation": "renew", "predecessor": first["entries"][0]["serialNumber"]}
        renewed = world.first_call(api, [{**renewal, "csr_content": csr_for(item)}])
        order_id = renewed["certificates"][0]["order_id"]
        world.sandbox.decide(order_id, "DOMAIN")
        world.sandbox.wait_for_state(order_id, "ENROLLED")
        serial = world.orders(item)[-1]["entries"][0]["serialNumber"]
        reissue = {"operation": "reissue", "order_id": order_id, "predecessor": serial}
        assert world.first_call(api, [{**item, **reissue, "csr_content": csr_for(item, "x")}])["msg"] == ""
        again = {**renewal, "predecessor": serial, "csr_content": csr_for(item), "sent": "perhaps"}
        told = world.first_call(api, [again])
    assert told["msg"] == ""
    assert told["certificates"][0]["order_id"] == world.orders(item)[-1]["orderID"]
    assert len(world.orders(item)) == 3


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("same_name", [False, True])
def test_renewals_of_one_customer_are_distinguished(world: World, when: str, same_name: bool) -> None:
    """The answer to one of two is lost, and the CA does not report the key of the other, pending one."""
    one, other = new_item("dns_txt_prefix"), new_item("dns_txt_prefix")
    other |= {"customer": one["customer"]} | ({"csr_content": csr_for(one)} if same_name else {})
    with world.client() as api:
        renewals = [
            {**item, "csr_content": csr_for(one if same_name else item), "operation": "renew", "predecessor": serial}
            for item, serial in ((item, issue(world, api, [item])[0]["serial_number"]) for item in (one, other))
        ]
        placed = world.first_call(api, renewals[:1])
        arrange(world, "http-503", operation="renewCertificate", when=when)
        (lost,) = world.first_call(api, renewals[1:])["certificates"]
        assert (lost["state"], lost["order_id"]) == ("unknown", None)
        found = issue(world, api, [*placed["orders"], {**renewals[1], "sent": "perhaps"}])
    assert found[0]["order_id"] != found[1]["order_id"]
    assert len(world.orders(one)) == 4


@pytest.mark.parametrize("alone", [False, True])
def test_cancelled_renewal_is_not_resumed(world: World, alone: bool) -> None:
    """A customer of only this host had no pending order before, so a later pending order is from this host."""
    item = new_item("dns_txt_prefix")
    with world.client() as api:
        (first,) = issue(world, api, [item])
        renewal = {**item, "operation": "renew", "predecessor": first["serial_number"]}
        if alone:
            renewal["reissue_live_order"] = True
        else:
            world.first_call(api, [{**renewal, "csr_content": csr_for(item)}])
        ours = {**renewal, "csr_content": csr_for(item)}
        arrange(world, "http-503", operation="renewCertificate", when="after" if alone else "before")
        (lost,) = world.first_call(api, [ours])["certificates"]
        assert lost["state"] == ("pending" if alone else "unknown")
        issue(world, api, [{**ours, "sent": "perhaps"}])
    assert len(world.orders(item)) == (2 if alone else 3)


def test_certum_renew_foresees_a_shared_customer(world: World) -> None:
    """A pending order may be for this key or for another: only the CA knows, and only when it is asked to renew."""
    item = new_item("dns_txt_prefix")
    with world.client() as api:
        serial_number = issue(world, api, [item])[0]["serial_number"]
        renewal = {"serial_number": serial_number, "customer": item["customer"], "product": "601"}
        renewal |= {"validation": item["validation"], "order_id": None, "certificate_path": None, "csr_path": None}
        seen = []
        for _key in range(2):
            options = {**renewal, "csr_content": csr_for(item)}
            for check_mode in (True, False):
                result = renew_certificate(api, options, check_mode=check_mode)
                seen.append((result["changed"], "unless it is renewed already" in result["reason"]["text"]))
    assert seen == [(True, False), (True, False), (True, True), (True, False)]
    assert len(world.orders(item)) == 3


def test_intent_to_renew_is_kept_while_the_order_is_unreadable(world: World) -> None:
    item = {**new_item("dns_txt_prefix"), "operation": "renew", "predecessor": "0A"}
    with world.client() as api:
        told = [
            world.first_call(api, [{**item, **intent}])["certificates"][0]["state"]
            for intent in ({}, {"sent": "perhaps"})
        ]
    assert told == ["not_ordered", "unknown"]


def issue(world: World, api: PartnerApi, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lead all of them to their certificates."""
    result = world.first_call(api, items)
    if result["orders"]:
        world.publish(result)
        result = world.second_call(api, result["orders"])
    assert result["msg"] == ""
    assert {one["state"] for one in result["certificates"]} == {"issued"}
    found: list[dict[str, Any]] = result["certificates"]
    return found


def csr_for(item: dict[str, Any], *more: str) -> str:
    """Return a CSR for the names of an item and some below them, with another key."""
    site = f"{item['name']}.example.com"
    names = (site, *(f"{label}.{site}" for label in more))
    return build_request(keys.generate(EC256), common_name=site, names=names)


def test_looked_up_order_does_not_count_as_placed(world: World) -> None:
    """A declaration changed after a run that died before its request. Later the account shows no order."""
    item = {**new_item("dns_txt_prefix"), "sent": "look_up_only"}
    arrange(world, "http-503", operation="*", when="before", times=FOREVER)
    with world.client() as api:
        down = world.first_call(api, [item])
        world.sandbox.clear_faults()
        up = world.first_call(api, [item])
    assert [one["state"] for one in down["certificates"] + up["certificates"]] == ["unknown", "not_ordered"]
    assert down["orders"] == up["orders"] == []


@pytest.mark.parametrize("operation", ["reissue", "renew"])
def test_key_used_by_an_unseen_refusal_is_reported_as_refused(world: World, operation: str) -> None:
    """The answer was lost, then the CA refused: to send the same key again can never succeed."""
    item = new_item("dns_txt_prefix", product="commercial_multidomain_ssl")
    site = f"{item['name']}.example.com"
    csr = build_request(keys.generate(EC256), common_name=site, names=(site, f"x.{site}"))
    with world.client() as api:
        converge(world, item)
        (former,) = world.orders(item)
        of_order = {"order_id": former["orderID"]} if operation == "reissue" else {}
        known = {**of_order, "predecessor": former["entries"][0]["serialNumber"]}
        follow = {**item, **known, "csr_content": csr, "operation": operation}
        world.first_call(api, [follow])
        world.sandbox.reject(world.orders(item)[-1]["orderID"])
        told = world.first_call(api, [{**follow, "sent": "perhaps"}])
        again = world.first_call(api, [{**follow, "sent": "yes"}])
        again = again if again["msg"] else world.second_call(api, again["orders"])
    assert [one["state"] for one in told["certificates"] + again["certificates"]] == ["rejected"] * 2
    assert "certum_order_again" in told["msg"]
    assert "certum_order_again" in again["msg"]


def test_sandbox_killed_after_the_purchase_has_one_order(start_world: Callable[..., World]) -> None:
    world, item = start_world(), new_item("dns_txt_prefix")
    world.sandbox.add_fault("exit", operation="quickOrder", when="after")
    with world.client() as api:
        (first,) = world.first_call(api, [item])["certificates"]
    assert first["state"] == "unknown"
    world.sandbox.wait()
    world.sandbox = world.sandbox.restart()
    try:
        converge(world, item)
    finally:
        world.sandbox.stop()
