# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scripted client fails a test whose calls are not those of its script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import ApiError, NotReceivedError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import PURCHASES, READS, ApiOperation
from ansible_collections.certops.certum.tests.support.scripted_client import (
    ScriptedClient,
    StandInClient,
    UnscriptedCallError,
    not_received,
    refused,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import (
    ACCEPTED,
    DONE,
    ID,
    NEW_ID,
    NOW,
    ORDER,
    entries,
    entry,
    placed,
    renewed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.support.scripted_client import Conversation, Reply

STATE, BUY = ApiOperation.GET_ORDER_STATE, ApiOperation.QUICK_ORDER


def test_calls_are_answered_in_turn_and_recorded() -> None:
    with ScriptedClient([(STATE, ACCEPTED), (BUY, placed()), (STATE, refused(1033))], now=NOW) as api:
        assert api.get_order_state(order_id=ID) is ACCEPTED
        assert api.quick_order(ORDER.message()).order_id == ID
        with pytest.raises(ApiError) as refusal:
            api.get_order_state(order_id=ID)

    assert refusal.value.error_codes == (1033,)
    assert (api.operations, api.purchases, api.count(STATE)) == ([STATE, BUY, STATE], 1, 2)
    assert api.requests(BUY) == [ORDER.message()]


@pytest.mark.parametrize("script", [[], [(BUY, placed())]], ids=["no call is left", "another call is next"])
def test_unscripted_call_fails_the_test(script: Conversation) -> None:
    with pytest.raises(UnscriptedCallError), ScriptedClient(script, now=NOW) as api:
        api.get_order_state(order_id=ID)


def test_unscripted_call_fails_the_test_even_if_it_is_caught() -> None:
    api = ScriptedClient([], now=NOW)
    with pytest.raises(UnscriptedCallError):
        api.get_order_state(order_id=ID)

    with pytest.raises(AssertionError, match="calls that the script does not have"):
        api.assert_complete()


def test_unused_answer_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="were not made"), ScriptedClient([(STATE, ACCEPTED)], now=NOW):
        pass


def test_unused_answer_fails_the_test_that_expects_an_error() -> None:
    script: Conversation = [(STATE, not_received), (STATE, ACCEPTED)]
    with pytest.raises(AssertionError, match="were not made"), ScriptedClient(script, now=NOW) as api:
        api.get_order_state(order_id=ID)


def test_answer_of_another_operation_fails_the_test() -> None:
    with pytest.raises(UnscriptedCallError), ScriptedClient([(STATE, DONE)], now=NOW) as api:
        api.get_order_state(order_id=ID)


def test_answers_have_the_types_of_the_real_client() -> None:
    script: Conversation = [
        (ApiOperation.RENEW_CERTIFICATE, renewed()),
        (ApiOperation.GET_ORDERS_BY_DATE_RANGE, entries(entry())),
        (ApiOperation.GET_MODIFIED_ORDERS, entries(entry())),
        (STATE, not_received),
    ]
    with ScriptedClient(script, now=NOW) as api:
        assert api.renew_certificate(ORDER.message()).order_id == NEW_ID  # type: ignore[arg-type]
        assert list(api.get_orders_by_date_range(from_date=NOW, to_date=NOW)) == [entry()]
        assert list(api.get_modified_orders(from_date=NOW, to_date=NOW)) == [entry()]
        assert api.now() == NOW
        with pytest.raises(NotReceivedError):
            api.asking_once().get_order_state(order_id=ID)

    assert api.count(STATE) == 1


def test_all_operations_go_through_the_stand_in() -> None:
    """None of them reaches the network."""
    asked: list[ApiOperation] = []

    def reply(operation: ApiOperation) -> Reply:
        asked.append(operation)
        return refused(1033)

    api = StandInClient(reply, now=NOW)
    calls: tuple[Callable[[], object], ...] = (
        lambda: api.cancel_order(order_id=ID),
        lambda: api.revoke_certificate(serial_number="01"),
        api.get_product_list,
        lambda: list(api.get_expiring_certificates(validity_days_left=30)),
        lambda: api.get_email_verification(order_id=ID),
    )
    for call in calls:
        with pytest.raises(ApiError):
            call()

    assert asked == api.operations
    assert len(asked) == 5
    assert not PURCHASES & READS
