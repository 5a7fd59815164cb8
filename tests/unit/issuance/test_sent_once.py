# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A purchase with an order id of the CA is sent once, and looked for before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

import pytest
from ansible_collections.certops.certum.plugins.module_utils._issuance.sent_once import Purchase, purchase_once
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    ApiError,
    AuthenticationError,
    CertumError,
    NotReceivedError,
    OutcomeUnknownError,
    SoapFaultError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import PlacedOrder
from ansible_collections.certops.certum.tests.support.scripted_client import (
    bad_password,
    client_fault,
    lost,
    not_received,
    refused,
    server_fault,
    unreadable,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import placed

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.support.scripted_client import Failure

    Sent = Union[PlacedOrder, Failure]
    Seen = Union[str, Failure, None]

PLACED = placed()
WHERE = "renewal of certificate 01"
UNSURE = "the orders CA-1 and CA-2 are pending"


def unsure(where: str) -> CertumError:
    return CertumError(where=where, why=UNSURE, remedy="Look.")


@dataclass
class Desk:
    """Sends with one result, and looks with another; records what was done."""

    sent: Sent
    seen: Seen
    done: list[str] = field(default_factory=list)

    def send(self) -> PlacedOrder:
        self.done.append("send")
        if isinstance(self.sent, PlacedOrder):
            return self.sent
        raise self.sent(WHERE)

    def look(self, what: str) -> str | None:
        self.done.append(what)
        if callable(self.seen):
            raise self.seen(WHERE)
        return self.seen

    def buy(self, *, look_if_lost: bool = True) -> Purchase:
        return purchase_once(
            self.send,
            lambda: self.look("look"),
            look_if_lost=(lambda: self.look("look if lost")) if look_if_lost else None,
            where=WHERE,
        )


NEW, EARLIER = Purchase("CA-77", is_new=True), Purchase("CA-77", is_new=False)
BOUGHT: dict[str, tuple[Sent, Seen, list[str], Purchase]] = {
    "accepted: no look": (PLACED, None, ["send"], Purchase(PLACED.order_id, is_new=True, placed=PLACED)),
    "the key was used (1032): the earlier purchase is found": (refused(1032), "CA-77", ["send", "look"], EARLIER),
    "outcome unknown, then found: it is new": (lost, "CA-77", ["send", "look if lost"], NEW),
    "an unreadable answer, then found: it is new": (unreadable, "CA-77", ["send", "look if lost"], NEW),
    "the service failed inside, then found: it is new": (server_fault, "CA-77", ["send", "look if lost"], NEW),
}


@pytest.mark.parametrize(("sent", "seen", "done", "purchase"), BOUGHT.values(), ids=BOUGHT)
def test_purchase_is_found(sent: Sent, seen: Seen, done: list[str], purchase: Purchase) -> None:
    desk = Desk(sent, seen)

    assert desk.buy() == purchase
    assert desk.done == done


NOT_FOUND: dict[str, tuple[Sent, Seen, list[str], type[CertumError], str]] = {
    "the key was used (1032) and nothing is found: refused": (
        refused(1032),
        None,
        ["send", "look"],
        ApiError,
        "error 1032",
    ),
    "the key was used (1032) and the look fails: outcome unknown": (
        refused(1032),
        not_received,
        ["send", "look"],
        OutcomeUnknownError,
        "it is unknown for which order: no connection",
    ),
    "the key was used (1032) and two orders may be it: outcome unknown": (
        refused(1032),
        unsure,
        ["send", "look"],
        OutcomeUnknownError,
        UNSURE,
    ),
    "refused for a certain cause: no look": (refused(1168), "CA-77", ["send"], ApiError, "error 1168"),
    "refused without a reason: no look": (refused(), "CA-77", ["send"], ApiError, "without a reason"),
    "not received: no look": (not_received, "CA-77", ["send"], NotReceivedError, "no connection"),
    "the account is refused: no look": (bad_password, "CA-77", ["send"], AuthenticationError, "password"),
    "the service does not take the message: no look": (client_fault, "CA-77", ["send"], SoapFaultError, "SOAP fault"),
    "outcome unknown, then nothing: outcome unknown": (
        lost,
        None,
        ["send", "look if lost"],
        OutcomeUnknownError,
        "the CA shows no such order so far. Run again with the same CSR",
    ),
    "outcome unknown, then the look fails: outcome unknown": (
        lost,
        lost,
        ["send", "look if lost"],
        OutcomeUnknownError,
        "the search for its order failed: the connection broke",
    ),
    "outcome unknown, then two orders may be it: outcome unknown": (
        lost,
        unsure,
        ["send", "look if lost"],
        OutcomeUnknownError,
        UNSURE,
    ),
}


@pytest.mark.parametrize(("sent", "seen", "done", "error", "words"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_purchase_is_not_found(sent: Sent, seen: Seen, done: list[str], error: type[CertumError], words: str) -> None:
    desk = Desk(sent, seen)

    with pytest.raises(error) as caught:
        desk.buy()

    assert caught.type is error
    assert words in str(caught.value)
    assert desk.done == done


def test_one_look_serves_both_if_only_one_is_given() -> None:
    desk = Desk(lost, "CA-77")

    assert desk.buy(look_if_lost=False) == NEW
    assert desk.done == ["send", "look"]
