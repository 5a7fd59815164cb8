# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A group of hosts orders once, whatever part of it a play sees, and whatever a host reports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation, Sent, State
from ansible_collections.certops.certum.plugins.module_utils._issuance.allowed_requests import within_declaration
from ansible_collections.certops.certum.plugins.module_utils._issuance.followed_orders import follow_live_order
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import InvalidOrderError
from ansible_collections.certops.certum.plugins.module_utils._issuance.ordered_certificate import SharedLimit
from ansible_collections.certops.certum.plugins.module_utils._issuance.placing import place
from ansible_collections.certops.certum.plugins.module_utils._issuance.shared_limits import refuse_unconfirmed_customer
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import read_declarations
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_identity import shared_order_id_for
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import CertumError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation as Call
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import CertificateStatus
from ansible_collections.certops.certum.tests.support.scripted_client import ScriptedClient, refused
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    NEWER,
    NOW,
    OLD,
    OLD_ID,
    OLD_SERIAL,
    OTHER_ID,
    OURS,
    STRANGE,
    entries,
    entry,
    order,
    reissue,
    renewal,
)
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT, make_csr

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.shared_items import Assignment
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

GROUP_ID = shared_order_id_for(name="shop", owner="@web", predecessor="")
NOBODY = SharedLimit("web", outside=("web2", "web3"))
HAVING_OLD = replace(NOBODY, held=OLD_SERIAL.lower())
ENDED = STRANGE.model_copy(update={"certificate_status": CertificateStatus.REVOKED})
LIVE = entry(OLD_ID, certificate=OLD)


def of_group(limit: SharedLimit = NOBODY, **changes: Any) -> Any:
    return order(order_id=GROUP_ID, reissue_live_order=True, shared=limit, **changes)


REFUSED: dict[str, tuple[Any, list[Any], str]] = {
    "nobody here has the certificate": (of_group(), [LIVE], "no host of this batch or an earlier one has its key"),
    "another host has a newer one, in a renewal": (
        renewal(reissue_live_order=True, shared=HAVING_OLD),
        [LIVE, entry(OTHER_ID, certificate=NEWER)],
        f"certificate {NEWER.serial_number}",
    ),
    "another host has a newer one, in a reissued order": (
        renewal(reissue_live_order=True, shared=HAVING_OLD),
        [LIVE, entry(OLD_ID, certificate=NEWER)],
        f"certificate {NEWER.serial_number}",
    ),
    "the order of the group was issued for another key": (
        of_group(),
        [entry(GROUP_ID, certificate=STRANGE)],
        "set certum_replace: [shop]",
    ),
    "an order of another host is pending": (of_group(), [entry(OTHER_ID)], "Run again with all hosts of group web"),
}


@pytest.mark.parametrize(("wanted", "account", "words"), REFUSED.values(), ids=REFUSED)
def test_certificate_of_other_hosts_is_not_replaced(wanted: Any, account: list[Any], words: str) -> None:
    with pytest.raises(CertumError) as error:
        follow_live_order(wanted, account, now=NOW)
    assert words in str(error.value)
    assert "web2, web3" in str(error.value)


def test_certificate_without_a_key_is_reissued_on_request() -> None:
    found = follow_live_order(of_group(replace(NOBODY, replace=True)), [LIVE], now=NOW)
    assert (found.operation, found.order_id) == (Operation.REISSUE, OLD_ID)


def test_certificate_of_this_play_is_followed() -> None:
    wanted = renewal(reissue_live_order=True, shared=HAVING_OLD)
    assert follow_live_order(wanted, [LIVE], now=NOW) == wanted


PLACED: dict[str, tuple[Any, Conversation, tuple[State, ReasonCode, str]]] = {
    "another play has placed the order of the group": (
        of_group(),
        [(Call.QUICK_ORDER, refused(1012)), (Call.GET_ORDER_BY_ORDER_ID, entries(entry(GROUP_ID)))],
        (State.NOT_ORDERED, ReasonCode.NOT_ORDERED, "its key is on another host"),
    ),
    "another play has placed the order of the group, and the CA does not show it": (
        of_group(),
        [(Call.QUICK_ORDER, refused(1012)), (Call.GET_ORDER_BY_ORDER_ID, refused(1168))],
        (State.NOT_ORDERED, ReasonCode.NOT_ORDERED, "its key is on another host"),
    ),
    "the certificates of the group were revoked": (
        of_group(),
        [(Call.QUICK_ORDER, refused(1012)), (Call.GET_ORDER_BY_ORDER_ID, entries(entry(GROUP_ID, certificate=ENDED)))],
        (State.NOT_ORDERED, ReasonCode.NOT_ORDERED, "--limit web -e"),
    ),
    "after a crash, the order is pending": (
        of_group(sent=Sent.PERHAPS),
        [
            (Call.GET_ORDER_BY_ORDER_ID, entries(entry(GROUP_ID))),
            (Call.QUICK_ORDER, refused(1012)),
            (Call.GET_ORDER_BY_ORDER_ID, entries(entry(GROUP_ID))),
        ],
        (State.PENDING, ReasonCode.RESUMED, ""),
    ),
    "after a crash, the order was issued for another key": (
        of_group(sent=Sent.PERHAPS),
        [(Call.GET_ORDER_BY_ORDER_ID, entries(entry(GROUP_ID, certificate=STRANGE)))],
        (State.NOT_ORDERED, ReasonCode.ORDER_OF_ANOTHER_HOST, "with the key of another host"),
    ),
    "after a crash, the order was issued for our key": (
        of_group(sent=Sent.YES),
        [(Call.GET_ORDER_BY_ORDER_ID, entries(entry(GROUP_ID, certificate=OURS)))],
        (State.PENDING, ReasonCode.RESUMED, ""),
    ),
    "another host has reissued the certificate": (
        reissue(shared=HAVING_OLD),
        [(Call.GET_ORDER_BY_ORDER_ID, entries(LIVE, entry(OLD_ID, certificate=NEWER)))],
        (State.NOT_ORDERED, ReasonCode.NOT_ORDERED, "no host of this batch or an earlier one has its key"),
    ),
}


@pytest.mark.parametrize(("wanted", "conversation", "expected"), PLACED.values(), ids=PLACED)
def test_order_of_a_group_is_placed_once(
    wanted: Any, conversation: Conversation, expected: tuple[State, ReasonCode, str]
) -> None:
    client = ScriptedClient(conversation, now=NOW)
    try:
        outcome = place(client, wanted)
        found = (outcome.state, outcome.reason.code, str(outcome.reason.text))
    except CertumError as error:
        found = (State.NOT_ORDERED, ReasonCode.NOT_ORDERED, str(error))
    client.assert_complete()
    assert found[:2] == expected[:2]
    assert expected[2] in found[2]


@pytest.mark.parametrize(
    ("held", "account", "is_confirmed"),
    [(OLD_SERIAL, [LIVE], True), ("0F", [LIVE], False), ("", [LIVE], False), (OLD_SERIAL, [], False)],
)
def test_customer_of_a_host_is_confirmed_by_the_account(held: str, account: list[Any], is_confirmed: bool) -> None:
    wanted = of_group(SharedLimit("web", held=held), own_customer=False)
    if is_confirmed:
        refuse_unconfirmed_customer(wanted, account)
    else:
        with pytest.raises(CertumError, match="it may be compromised"):
            refuse_unconfirmed_customer(wanted, account)
    refuse_unconfirmed_customer(replace(wanted, own_customer=True), [])


SHOP: Any = {"name": "shop", "common_name": "shop.example.com", "share": "web", "contact": CONTACT, "state": "present"}
REQUEST: Any = {
    "name": "shop",
    "operation": "order",
    "order_id": GROUP_ID,
    "sent": "no",
    "csr_content": make_csr("shop.example.com"),
    "product": "601",
    "customer": "@web/shop",
}
ASSIGNED: Assignment = {
    "name": "shop",
    "group": "web",
    "holder": "web1",
    "issue": True,
    "may_send": True,
    "held": "",
    "serial_numbers": [],
    "members": ["web1", "web2"],
    "outside": [],
    "replace": False,
}


def kept(request: dict[str, Any], assigned: Any) -> Any:
    read = {each.name: each for each in read_declarations([SHOP])}
    return within_declaration(
        {**REQUEST, **request}, host="@web", declared={"shop": SHOP}, read=read, assigned=assigned
    )


@pytest.mark.parametrize(
    ("request_", "assigned", "words"),
    [
        ({}, None, "another host orders it"),
        ({}, {**ASSIGNED, "issue": False}, "another host orders it"),
        (
            {"predecessor": "0B", "operation": "reissue"},
            {**ASSIGNED, "held": "0A"},
            "is not the newest one of the group",
        ),
        ({"order_id": shared_order_id_for(name="shop", owner="@db", predecessor="")}, ASSIGNED, "was not placed with"),
        (
            {"order_id": shared_order_id_for(name="shop", owner="@web", predecessor="0B")},
            ASSIGNED,
            "was not placed with",
        ),
    ],
)
def test_request_that_was_not_assigned_is_refused(request_: dict[str, Any], assigned: Any, words: str) -> None:
    with pytest.raises(InvalidOrderError, match=words):
        kept(request_, assigned)


@pytest.mark.parametrize(("may_send", "sent"), [(True, "no"), (False, "look_up_only")])
def test_assigned_host_sends_only_if_the_certificate_is_due(may_send: bool, sent: str) -> None:
    found = kept({}, {**ASSIGNED, "may_send": may_send})
    assert found["sent"] == sent
    assert found.get("reissue_live_order", False) is may_send
