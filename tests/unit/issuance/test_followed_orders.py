# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live orders of the account: which certificate is followed instead of a purchase, which is not, and the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import Reason, ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import (
    KeyType,
    Operation,
    PurchasePolicy,
    Sent,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.followed_orders import (
    LOOK_BACK,
    follow_live_order,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.jobs import Job, with_live_orders
from ansible_collections.certops.certum.plugins.module_utils._issuance.purchase_policy import (
    allow_next_term,
    order_of_another_certificate,
    second_purchase,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.products import find
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    AuthenticationError,
    CertumError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation as Call
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import GetOrdersRequest
from ansible_collections.certops.certum.tests.support.scripted_client import (
    ScriptedClient,
    bad_password,
    lost,
    not_received,
    refused,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    CUSTOMER,
    EXPIRED,
    ID,
    NAMES,
    NEW_ID,
    NEWER,
    NOW,
    OLD,
    OLD_ID,
    OLD_KEY,
    OLD_SERIAL,
    OTHER_ID,
    OURS,
    REVOKED,
    RSA_KEY,
    STRANGE,
    STRANGE_KEY,
    certificate,
    entries,
    entry,
    order,
    reissue,
    renewal,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._issuance.ordered_certificate import Order
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
        ListedOrder as Entry,
    )
    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation

ACCOUNT = Call.GET_ORDERS_BY_DATE_RANGE

LOST_KEY = {"reissue_live_order": True}
GIVEN = {"given_customer": CUSTOMER}
OF_PREDECESSOR = {"predecessor": OLD_SERIAL}
MULTI_DOMAIN = {"product": find("931")}
THREE_NAMES = (*NAMES, "a.example.com")

LIVE = entry(OLD_ID, certificate=OLD)
RSA = certificate(RSA_KEY)
NEAR_TERM_END = certificate(OLD_KEY, age=360, lifetime=365)
MID_TERM = certificate(OLD_KEY, age=190, lifetime=199)
OF_THREE = certificate(OLD_KEY, names=THREE_NAMES)
OF_OTHER_CN = certificate(OLD_KEY, names=("www.shop.example.com", "shop.example.com"))
WITHOUT_WWW = certificate(OLD_KEY, names=NAMES[:1])

Followed = tuple[Operation, str, "str | None", Sent]


def reissued(found: Any, order_id: str = OLD_ID) -> Followed:
    return Operation.REISSUE, order_id, found.serial_number, Sent.NO


def new(predecessor: str | None = None, sent: Sent = Sent.NO) -> Followed:
    return Operation.ORDER, ID, predecessor, sent


FOLLOWING: dict[str, tuple[dict[str, Any], list[Entry], Followed]] = {
    "the account has nothing: a new order": (LOST_KEY, [], new()),
    "a live certificate of the customer: reissued": (LOST_KEY, [LIVE], reissued(OLD)),
    "nobody lost a key: a new order": ({}, [LIVE], new()),
    "of another customer: a new order": (LOST_KEY, [entry(OLD_ID, customer="web2/shop", certificate=OLD)], new()),
    "of another product: a new order": (LOST_KEY, [entry(OLD_ID, product="631", certificate=OLD)], new()),
    "of the renewal code of the product: reissued": (
        LOST_KEY,
        [entry(OLD_ID, product="606", certificate=OLD)],
        reissued(OLD),
    ),
    "expired: a new order": (LOST_KEY, [entry(OLD_ID, certificate=EXPIRED)], new()),
    "revoked: a new order": (LOST_KEY, [entry(OLD_ID, certificate=REVOKED)], new()),
    "being revoked: a new order": (
        LOST_KEY,
        [entry(OLD_ID, certificate=certificate(OLD_KEY, status="REVOKING"))],
        new(),
    ),
    "a name more than wanted: a new order, because a reissue takes no name away": (
        LOST_KEY,
        [entry(OLD_ID, certificate=OF_THREE)],
        new(),
    ),
    "another common name: a new order": (LOST_KEY, [entry(OLD_ID, certificate=OF_OTHER_CN)], new()),
    "a name less than wanted, of a product for one site: a new order": (
        LOST_KEY,
        [entry(OLD_ID, certificate=WITHOUT_WWW)],
        new(),
    ),
    "a name less than wanted, of a multi-domain product: reissued": (
        {**LOST_KEY, **MULTI_DOMAIN},
        [entry(OLD_ID, product="931", certificate=WITHOUT_WWW)],
        reissued(WITHOUT_WWW),
    ),
    "due in the middle of its term: reissued": (LOST_KEY, [entry(OLD_ID, certificate=MID_TERM)], reissued(MID_TERM)),
    "due at the end of its term: renewed": (
        LOST_KEY,
        [entry(OLD_ID, certificate=NEAR_TERM_END)],
        (Operation.RENEW, "", NEAR_TERM_END.serial_number, Sent.NO),
    ),
    "our key has a certificate: its order is resumed": (
        LOST_KEY,
        [LIVE, entry(NEW_ID, certificate=OURS)],
        (Operation.ORDER, NEW_ID, None, Sent.YES),
    ),
    "our key has a certificate of a reissued order: the reissue is resumed": (
        LOST_KEY,
        [LIVE, entry(OLD_ID, certificate=OURS)],
        (Operation.REISSUE, OLD_ID, None, Sent.YES),
    ),
    "our order id is pending: our order": (LOST_KEY, [LIVE, entry()], new()),
    "a rejected order of a lost key: a new order": (LOST_KEY, [entry(OTHER_ID, state="REJECTED")], new()),
    "two orders: the one that expires last": (
        LOST_KEY,
        [LIVE, entry(OTHER_ID, certificate=NEWER)],
        reissued(NEWER, OTHER_ID),
    ),
    "two orders, the later one has other names: the other one": (
        LOST_KEY,
        [LIVE, entry(OTHER_ID, certificate=certificate(STRANGE_KEY, names=THREE_NAMES, age=2))],
        reissued(OLD),
    ),
    "a reissued order: its newest certificate, wherever it stands": (
        LOST_KEY,
        [entry(OLD_ID, certificate=NEWER), LIVE],
        reissued(NEWER),
    ),
    "a reissued order whose newest was revoked: a new order": (
        LOST_KEY,
        [LIVE, entry(OLD_ID, certificate=certificate(STRANGE_KEY, age=2, status="REVOKED"))],
        new(),
    ),
    "the declaration gives the customer, same names and type of key: reissued": (GIVEN, [LIVE], reissued(OLD)),
    "the declaration gives the customer, another type of key: a new order": (
        GIVEN,
        [entry(OLD_ID, certificate=RSA)],
        new(),
    ),
    "the declaration gives the customer, other names: a new order": (
        {**GIVEN, **MULTI_DOMAIN},
        [entry(OLD_ID, product="931", certificate=certificate(OLD_KEY, names=("a.example.com",)))],
        new(),
    ),
    "the declaration gives the customer, and each has an order of its own: a new order": (
        {**GIVEN, "allow_duplicate": True},
        [LIVE],
        new(),
    ),
    "the declaration gives the customer, and the names are declared twice: a new order": (
        {**GIVEN, "duplicate_of": "web2/shop"},
        [LIVE],
        new(),
    ),
    "the declaration gives another customer: a new order": ({"given_customer": "Example S.A."}, [LIVE], new()),
    "the order of the predecessor has a newer certificate: reissued": (
        OF_PREDECESSOR,
        [LIVE, entry(OLD_ID, certificate=NEWER)],
        reissued(NEWER),
    ),
    "the predecessor of another customer is live itself: reissued": (
        OF_PREDECESSOR,
        [entry(OLD_ID, customer="web2/shop", certificate=OLD)],
        reissued(OLD),
    ),
    "the predecessor was revoked: a new order": (
        OF_PREDECESSOR,
        [entry(OLD_ID, certificate=REVOKED)],
        new(OLD_SERIAL),
    ),
    "the predecessor is not in the account: a new order": (
        {"predecessor": "ABCDEF"},
        [LIVE],
        new("ABCDEF"),
    ),
    "perhaps sent: a pending reissue may be it": (
        {**LOST_KEY, "sent": Sent.PERHAPS},
        [LIVE, entry(OLD_ID)],
        (Operation.REISSUE, OLD_ID, OLD_SERIAL, Sent.PERHAPS),
    ),
}


@pytest.mark.parametrize(("changes", "account", "expected"), FOLLOWING.values(), ids=FOLLOWING)
def test_live_order(changes: dict[str, Any], account: list[Entry], expected: Followed) -> None:
    found = follow_live_order(order(**changes), account, now=NOW)

    assert (found.operation, found.order_id, found.predecessor, found.sent) == expected


SUCCESSORS: dict[str, tuple[Order, list[Entry], Followed]] = {
    "a reissue of the newest certificate: as it was asked for": (reissue(**LOST_KEY), [LIVE], reissued(OLD)),
    "a renewal of the newest certificate: as it was asked for": (
        renewal(**LOST_KEY),
        [LIVE],
        (Operation.RENEW, "", OLD_SERIAL, Sent.NO),
    ),
    "a renewal, and another order has a newer certificate: that one is reissued": (
        renewal(**LOST_KEY),
        [LIVE, entry(OTHER_ID, certificate=NEWER)],
        reissued(NEWER, OTHER_ID),
    ),
}


@pytest.mark.parametrize(("wanted", "account", "expected"), SUCCESSORS.values(), ids=SUCCESSORS)
def test_live_order_of_a_successor(wanted: Order, account: list[Entry], expected: Followed) -> None:
    found = follow_live_order(wanted, account, now=NOW)

    assert (found.operation, found.order_id, found.predecessor, found.sent) == expected


PENDING_ELSEWHERE: dict[str, tuple[dict[str, Any], list[Entry], str]] = {
    "a pending order whose key is lost": (
        LOST_KEY,
        [entry(OTHER_ID)],
        f"Cancel {OTHER_ID} with certum_cancel, or wait until it is issued and run again: then it is reissued for "
        "the new key",
    ),
    "a pending reissue whose key is lost": (
        LOST_KEY,
        [LIVE, entry(OLD_ID)],
        "the CA does not cancel an order that has a certificate (error 1136)",
    ),
    "a pending order, and ours may have been sent: ours has another id": (
        {**LOST_KEY, "sent": Sent.PERHAPS},
        [entry(OTHER_ID)],
        OTHER_ID,
    ),
    "a pending order whose id begins like ours, of a given customer": (
        GIVEN,
        [entry(f"{ID[:-16]}0123456789abcdef")],
        "its key is not on this host any more",
    ),
}


@pytest.mark.parametrize(("changes", "account", "words"), PENDING_ELSEWHERE.values(), ids=PENDING_ELSEWHERE)
def test_pending_order_for_a_lost_key_is_no_purchase(changes: dict[str, Any], account: list[Entry], words: str) -> None:
    with pytest.raises(CertumError, match="Nothing was ordered") as refused_order:
        follow_live_order(order(**changes), account, now=NOW)

    assert words in str(refused_order.value)


def test_pending_order_of_a_shared_customer_with_another_name_is_left_alone() -> None:
    assert follow_live_order(order(**GIVEN), [entry("mail-0123456789abcdef")], now=NOW) == order(**GIVEN)


NEEDED = Reason(ReasonCode.NOT_ON_DISK, "there is no certificate")


def job(wanted: Order, *, needed: bool = True) -> Job:
    return Job(item={}, order=wanted, reason=NEEDED if needed else None)


NO_READ: dict[str, Job] = {
    "the certificate is current": job(order(**LOST_KEY), needed=False),
    "it is a reissue": job(reissue()),
    "it is a renewal": job(renewal()),
    "nobody lost a key": job(order()),
    "it was placed before": job(order(**LOST_KEY, sent=Sent.YES)),
    "it is only looked up": job(order(**LOST_KEY, sent=Sent.LOOK_UP_ONLY)),
}


@pytest.mark.parametrize("given", NO_READ.values(), ids=NO_READ)
def test_account_is_not_read_without_need(given: Job) -> None:
    with ScriptedClient([], now=NOW) as api:
        assert with_live_orders(api, [given]) == [given]


def test_account_is_read_once_for_all() -> None:
    jobs = [job(order(**LOST_KEY)), job(order()), job(order(**LOST_KEY, name="mail"))]
    with ScriptedClient([(ACCOUNT, entries(LIVE))], now=NOW) as api:
        found = with_live_orders(api, jobs)
    (asked,) = api.requests(ACCOUNT)

    assert [each.order.operation for each in found] == [Operation.REISSUE, Operation.ORDER, Operation.REISSUE]
    assert isinstance(asked, GetOrdersRequest)
    assert (asked.from_date, asked.to_date) == (NOW - LOOK_BACK, NOW + timedelta(days=1))


def test_account_is_read_again_by_the_clock_of_the_ca() -> None:
    """Orders have dates of the CA's clock: a controller that is years late would see none of them."""
    years_late = NOW - timedelta(days=1000)
    conversation: Conversation = [(ACCOUNT, entries()), (ACCOUNT, entries(LIVE))]
    with ScriptedClient(conversation, now=years_late, told=NOW) as api:
        (found,) = with_live_orders(api, [job(order(**LOST_KEY))])
    first, second = api.requests(ACCOUNT)

    assert found.order.operation is Operation.REISSUE
    assert isinstance(first, GetOrdersRequest)
    assert isinstance(second, GetOrdersRequest)
    assert (first.from_date, second.from_date) == (years_late - LOOK_BACK, NOW - LOOK_BACK)


@pytest.mark.parametrize("failure", [not_received, lost, refused(2057)], ids=["not received", "lost", "refused"])
def test_failed_reading_of_the_account_leads_to_no_purchase(failure: Any) -> None:
    unaffected = job(reissue())
    with ScriptedClient([(ACCOUNT, failure)], now=NOW) as api:
        held_back, other = with_live_orders(api, [job(order(**LOST_KEY)), unaffected])

    assert (held_back.reason, held_back.problem is not None) == (None, True)
    assert other == unaffected


def test_refused_account_ends_the_reading() -> None:
    with ScriptedClient([(ACCOUNT, bad_password)], now=NOW) as api, pytest.raises(AuthenticationError):
        with_live_orders(api, [job(order(**LOST_KEY))])


def test_order_that_cannot_be_followed_holds_back_only_its_own_certificate() -> None:
    blocked, free = order(**LOST_KEY), order(**LOST_KEY, customer="web1/mail")
    with ScriptedClient([(ACCOUNT, entries(entry(OTHER_ID)))], now=NOW) as api:
        first, second = with_live_orders(api, [job(blocked), job(free)])

    assert (first.reason, first.problem is not None) == (None, True)
    assert (second.reason, second.order) == (NEEDED, free)


def test_customer_that_only_the_host_has_needs_its_names() -> None:
    wanted = order(**LOST_KEY, declared=frozenset({"bank.example.com"}), own_customer=False)
    with ScriptedClient([(ACCOUNT, entries(LIVE))], now=NOW) as api:
        (found,) = with_live_orders(api, [job(wanted)])

    assert found.reason is None
    assert found.problem is not None
    assert "not declared for shop" in found.problem.text


RENEW_ONLY = {"purchase": PurchasePolicy.RENEW_ONLY}
NEXT_TERM: dict[str, tuple[dict[str, Any], list[Entry], PurchasePolicy]] = {
    "in its second half: the next term": (RENEW_ONLY, [entry(OLD_ID, certificate=MID_TERM)], PurchasePolicy.ALLOW),
    "expired: the next term": (RENEW_ONLY, [entry(OLD_ID, certificate=EXPIRED)], PurchasePolicy.ALLOW),
    "in its first half: no next term": (RENEW_ONLY, [LIVE], PurchasePolicy.RENEW_ONLY),
    "no certificate: no next term": (RENEW_ONLY, [entry(OLD_ID)], PurchasePolicy.RENEW_ONLY),
    "of another customer: no next term": (
        RENEW_ONLY,
        [entry(OLD_ID, customer="web2/shop", certificate=EXPIRED)],
        PurchasePolicy.RENEW_ONLY,
    ),
    "of another product: no next term": (
        RENEW_ONLY,
        [entry(OLD_ID, product="631", certificate=EXPIRED)],
        PurchasePolicy.RENEW_ONLY,
    ),
    "of other names: no next term": (
        RENEW_ONLY,
        [entry(OLD_ID, certificate=certificate(OLD_KEY, names=THREE_NAMES, age=200))],
        PurchasePolicy.RENEW_ONLY,
    ),
    "purchase is never: no next term": (
        {"purchase": PurchasePolicy.NEVER},
        [entry(OLD_ID, certificate=EXPIRED)],
        PurchasePolicy.NEVER,
    ),
}


@pytest.mark.parametrize(("changes", "account", "policy"), NEXT_TERM.values(), ids=NEXT_TERM)
def test_order_as_the_next_term(changes: dict[str, Any], account: list[Entry], policy: PurchasePolicy) -> None:
    assert allow_next_term(order(**changes), account, now=NOW).purchase is policy


ELSEWHERE = entry(OTHER_ID, customer="web2/shop", certificate=STRANGE)
WARNINGS: dict[str, tuple[Order, list[Entry], str]] = {
    "the account has a valid certificate for the same names": (
        order(),
        [ELSEWHERE],
        f"the account has certificate {STRANGE.serial_number} for the same names",
    ),
    "what to declare to follow it": (order(), [ELSEWHERE], "set customer: web2/shop in the declaration"),
    "what to declare for another type of key": (
        order(),
        [entry(OTHER_ID, customer="web2/shop", certificate=RSA)],
        "key: {type: rsa}",
    ),
    "each declaration has an order of its own": (
        order(allow_duplicate=True),
        [ELSEWHERE],
        "With allow_duplicate: true each declaration has its own order",
    ),
}


@pytest.mark.parametrize(("wanted", "account", "words"), WARNINGS.values(), ids=WARNINGS)
def test_second_purchase_is_warned_of(wanted: Order, account: list[Entry], words: str) -> None:
    assert words in second_purchase(wanted, account, now=NOW)


QUIET: dict[str, tuple[Order, list[Entry]]] = {
    "nothing in the account": (order(), []),
    "expired": (order(), [entry(OTHER_ID, certificate=EXPIRED)]),
    "revoked": (order(), [entry(OTHER_ID, certificate=REVOKED)]),
    "other names": (order(), [entry(OTHER_ID, certificate=OF_THREE)]),
    "pending": (order(), [entry(OTHER_ID)]),
    "a reissue costs nothing": (reissue(), [ELSEWHERE]),
    "a renewal is the next term": (renewal(), [ELSEWHERE]),
    "it was placed before": (order(sent=Sent.YES), [ELSEWHERE]),
    "it is not placed, because the names are declared twice": (order(duplicate_of="web2/shop"), [ELSEWHERE]),
    "it is the predecessor, which the plan does not follow": (order(predecessor=STRANGE.serial_number), [ELSEWHERE]),
    "it is of the same host and declaration, which the plan does not follow": (order(**LOST_KEY), [LIVE]),
}


@pytest.mark.parametrize(("wanted", "account"), QUIET.values(), ids=QUIET)
def test_no_second_purchase_no_warning(wanted: Order, account: list[Entry]) -> None:
    assert second_purchase(wanted, account, now=NOW) == ""


FROM_ELSEWHERE: dict[str, tuple[dict[str, Any], str]] = {
    "followed because the declaration gives its customer": (GIVEN, "If another host still uses it, replace it there"),
    "followed because its key is lost": ({**GIVEN, **LOST_KEY}, ""),
}


@pytest.mark.parametrize(("changes", "words"), FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_certificate_of_another_host_is_warned_of(changes: dict[str, Any], words: str) -> None:
    asked = order(**changes)
    warning = order_of_another_certificate(asked, follow_live_order(asked, [LIVE], now=NOW))

    assert words in warning
    assert bool(warning) is bool(words)


def test_live_order_keeps_the_wanted_key() -> None:
    wanted = order(**LOST_KEY)
    found = follow_live_order(wanted, [LIVE], now=NOW)

    assert found.request == wanted.request
    assert found.request.key_spec is not None
    assert found.request.key_spec.type is KeyType.EC
    assert found.term_end == OLD.start_date.replace(year=OLD.start_date.year + 1)
    assert replace(found, operation=wanted.operation, order_id=ID, predecessor=None, term_end=None) == wanted
