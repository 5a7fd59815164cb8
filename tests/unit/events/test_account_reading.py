# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One reading makes few calls, finds replaced certificates, and is not stopped by one order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._events.account_reading import AccountReader
from ansible_collections.certops.certum.plugins.module_utils._events.failed_checks import failed_checks
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_events import (
    MOST_ORDERS,
    EventRecord,
    SeenOrder,
    new_events,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_view import OrderView
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import AuthenticationError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import (
    ExpiringCertificate,
    GetExpiringCertificatesAnswer,
)
from ansible_collections.certops.certum.tests.support.scripted_client import (
    ScriptedClient,
    StandInClient,
    bad_password,
    not_received,
    refused,
    unreadable,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    NOW,
    RENEWAL,
    certificate,
    entries,
    entry,
    names_are,
    progress,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import (
        CertificateDetails,
    )
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
        GetSanVerificationStateAnswer,
    )
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import OrderProgress
    from ansible_collections.certops.certum.tests.support.scripted_client import Failure, Reply

EXPIRING, MODIFIED, PLACED = (
    ApiOperation.GET_EXPIRING_CERTIFICATES,
    ApiOperation.GET_MODIFIED_ORDERS,
    ApiOperation.GET_ORDERS_BY_DATE_RANGE,
)
STATE, ORDER, NAMES = (
    ApiOperation.GET_ORDER_STATE,
    ApiOperation.GET_ORDER_BY_ORDER_ID,
    ApiOperation.GET_SAN_VERIFICATION_STATE,
)
NONE = entries()
QUIET: dict[ApiOperation, Reply] = {
    EXPIRING: GetExpiringCertificatesAnswer(),
    MODIFIED: NONE,
    PLACED: NONE,
    STATE: progress(DOMAIN="REQUIRED"),
    NAMES: names_are("REQUIRED"),
}
STARTED = EventRecord(read_until=NOW - timedelta(minutes=5))
OLD = certificate(age=193)
SOON = GetExpiringCertificatesAnswer(
    certificates=(
        ExpiringCertificate(
            order_id="shop-1", serial_number=OLD.serial_number, expiring_date=OLD.end_date, validity_days_left=6
        ),
    )
)


def client(**replies: Reply) -> StandInClient:
    """Return a client of an account without events, except for these answers by the name of the operation."""
    answers = {**QUIET, **{ApiOperation[name]: reply for name, reply in replies.items()}}
    pages = [answers.pop(EXPIRING), QUIET[EXPIRING]]
    return StandInClient(lambda operation: pages.pop(0) if operation is EXPIRING else answers[operation], now=NOW)


def watched(*names: str) -> EventRecord:
    orders = {each: SeenOrder(OrderView(each, "", "601", "VERIFICATION"), NOW) for each in names}
    return replace(STARTED, orders=orders)


def codes(api: StandInClient, record: EventRecord = STARTED) -> list[str]:
    """Return the codes of the new events of a reading."""
    steps, _record = new_events(*AccountReader(api, 7).read(record))
    return [step.event.reason.code.value for step in steps]


def test_reading_of_a_quiet_account_is_three_lists() -> None:
    api = client()
    assert codes(api) == []
    assert api.operations == [EXPIRING, MODIFIED, PLACED]


def test_calls_of_a_reading_are_bounded() -> None:
    api = client(
        GET_ORDER_STATE=progress("ACCEPTED", DOMAIN="FAILED"),
        GET_SAN_VERIFICATION_STATE=names_are("FAILED"),
        GET_ORDER_BY_ORDER_ID=entries(entry()),
    )
    AccountReader(api, 7).read(watched(*(f"shop-{number}" for number in range(3 * MOST_ORDERS))))
    assert len(api.operations) == 3 + 3 * MOST_ORDERS


@pytest.mark.parametrize(
    ("of_order", "recent", "expected"),
    [
        pytest.param([OLD], [], ["expires_soon"], id="in use"),
        pytest.param([OLD, certificate(age=9)], [], [], id="reissued"),
        pytest.param([OLD, None], [], ["expires_soon"], id="reissue is pending"),
        pytest.param([OLD], [("shop-2", RENEWAL, certificate(age=9))], [], id="renewed"),
        pytest.param([OLD], [("shop-2", RENEWAL, None)], ["expires_soon"], id="renewal is pending"),
        pytest.param([certificate(age=193, status="REVOKED")], [], [], id="revoked"),
        pytest.param([certificate(age=9)], [], ["expires_soon"], id="its order does not list it"),
    ],
)
def test_certificate_that_is_replaced_is_no_event(
    of_order: list[CertificateDetails | None],
    recent: list[tuple[str, str, CertificateDetails | None]],
    expected: list[str],
) -> None:
    orders = entries(*(entry("shop-1", certificate=each) for each in of_order))
    others = entries(*(entry(name, product=product, certificate=each) for name, product, each in recent))
    script = [
        (EXPIRING, SOON),
        (EXPIRING, QUIET[EXPIRING]),
        (MODIFIED, NONE),
        (PLACED, NONE),
        (PLACED, others),
        (ORDER, orders),
    ]
    with ScriptedClient(script, now=NOW) as api:
        steps, record = new_events(*AccountReader(api, 7).read(STARTED))
    assert [step.event.reason.code.value for step in steps] == expected
    assert list(record.expiring.values()) == [OLD.end_date]


def test_expiring_certificate_is_read_once() -> None:
    known = replace(STARTED, expiring={OLD.serial_number: OLD.end_date})
    api = client(GET_EXPIRING_CERTIFICATES=SOON)
    assert codes(api, known) == []
    assert api.operations == [EXPIRING, EXPIRING, MODIFIED, PLACED]  # two pages


@pytest.mark.parametrize(
    ("error", "skipped"), [(refused(1033), []), (refused(1000), ["shop-1"]), (unreadable, ["shop-1"])]
)
def test_order_that_cannot_be_read_does_not_stop_the_others(error: Failure, skipped: list[str]) -> None:
    listed = entries(entry("shop-1"), entry("shop-2"))
    replies: list[tuple[ApiOperation, Reply]] = [
        (EXPIRING, QUIET[EXPIRING]),
        (MODIFIED, listed),
        (PLACED, NONE),
        (ORDER, error),
        (ORDER, entries(entry("shop-2"))),
        (STATE, QUIET[STATE]),
        (NAMES, QUIET[NAMES]),
    ]
    with ScriptedClient(replies, now=NOW) as api:
        reader = AccountReader(api, 7)
        steps, record = new_events(*reader.read(STARTED))
    assert [step.event.order.order_id for step in steps] == ["shop-2"]
    assert list(record.orders) == ["shop-2"]
    assert list(reader.skipped) == skipped


@pytest.mark.parametrize("failure", [bad_password, not_received])
def test_ca_that_does_not_answer_ends_the_reading(failure: Failure) -> None:
    expected = type(failure(""))
    api = client(GET_ORDER_STATE=failure)
    with pytest.raises(expected):
        AccountReader(api, 7).read(watched("shop-1", "shop-2"))
    assert api.count(STATE) == 1
    assert issubclass(AuthenticationError, expected) is (failure is bad_password)


def test_order_in_a_part_of_a_list_is_read_whole() -> None:
    """An older certificate of an order was revoked: the order itself did not change."""
    newest, older = entry("shop-1", certificate=certificate(age=20)), entry("shop-1", certificate=OLD)
    seen = OrderView("shop-1", "", "601", "ENROLLED", certificate(age=20).serial_number, "VALID")
    record = replace(STARTED, orders={"shop-1": SeenOrder(seen, NOW)})
    api = client(GET_MODIFIED_ORDERS=entries(older), GET_ORDER_BY_ORDER_ID=entries(older, newest))
    assert codes(api, record) == []


def one(state: str, *failing: str, info: str = "") -> GetSanVerificationStateAnswer:
    return names_are(state, *failing, info=info, fqdns=("a.example.com",))


@pytest.mark.parametrize(
    ("state", "names", "expected"),
    [
        (progress(DOMAIN="REQUIRED"), one("REQUIRED"), []),
        (progress(DOMAIN="VERIFIED", INTERNAL="REQUIRED"), one("VERIFIED", "CAA"), ["SYSTEM|a.example.com|CAA"]),
        (progress(DOMAIN="FAILED"), one("FAILED", info="404"), ["DOMAIN|a.example.com|"]),
        (progress(DOMAIN="FAILED"), one("REQUIRED"), ["DOMAIN||"]),
        (progress(SYSTEM="FAILED"), one("VERIFIED"), ["SYSTEM||"]),
        (progress(SYSTEM="FAILED"), one("VERIFIED", "CAA"), ["SYSTEM|a.example.com|CAA"]),
        (progress(ORGANIZATION="FAILED", EMAIL="FAILED"), one("VERIFIED"), ["ORGANIZATION||", "EMAIL||"]),
        (progress(NEW_WORD="FAILED"), one("VERIFIED"), ["NEW_WORD||"]),
    ],
)
def test_each_failed_check_is_found_once(
    state: OrderProgress, names: GetSanVerificationStateAnswer, expected: list[str]
) -> None:
    found = failed_checks(state, names.names)
    assert [failure.key for failure in found] == expected
