# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides when a failed check is final: the failure of an earlier check may remain during the current one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import Reason, ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import State
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import read_orders
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_in_progress import Pursuit
from ansible_collections.certops.certum.plugins.module_utils._issuance.outcome import Outcome
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import (
    OrderState,
    OrderVerificationState,
    OrderVerificationType,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
    OrderProgress,
    OrderVerification,
)
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT, make_csr

YESTERDAY = datetime(2026, 11, 22, tzinfo=timezone.utc)
NOW = YESTERDAY + timedelta(days=1)


def progress(state: str, updated: datetime | None) -> OrderProgress:
    check = OrderVerification(type=OrderVerificationType.DOMAIN, state=OrderVerificationState(state))
    return OrderProgress(verifications=(check,), last_update_date=updated, order_state=OrderState.VERIFICATION)


def looks_until_done(*seen: OrderProgress, asked: OrderProgress | None) -> int | None:
    """Return the number of looks, the last of ``seen`` repeated; None if there are too many."""
    (order,) = read_orders([{"csr_content": make_csr("shop.example.com"), "contact": CONTACT}])
    reason = Reason(ReasonCode.ORDERED, "why")
    pursuit = Pursuit(order, Outcome("shop", order.order_id, State.PENDING, reason, placed=True), when_asked=asked)
    for look in range(50):
        pursuit = pursuit.looked(seen[min(look, len(seen) - 1)])
        if pursuit.done:
            return pursuit.looks
    return None


@pytest.mark.parametrize(
    ("asked", "seen", "looks"),
    [
        pytest.param(("REQUIRED", YESTERDAY), [("REQUIRED", YESTERDAY)], None, id="the CA has not looked"),
        pytest.param(("REQUIRED", YESTERDAY), [("FAILED", NOW)], 3, id="found wrong at once"),
        pytest.param(("FAILED", YESTERDAY), [("FAILED", NOW)], 3, id="found wrong again"),
        pytest.param(("FAILED", YESTERDAY), [("FAILED", YESTERDAY)], 5, id="an old result, or a CA without dates"),
        pytest.param(("FAILED", None), [("FAILED", None)], 5, id="no date at all"),
        pytest.param(
            ("FAILED", YESTERDAY), [("FAILED", YESTERDAY)] * 3 + [("FAILED", NOW)], 4, id="an old result, then ours"
        ),
        pytest.param(
            ("FAILED", YESTERDAY),
            [("FAILED", YESTERDAY)] * 3 + [("VERIFIED", NOW)],
            None,
            id="an old result, then good",
        ),
        pytest.param(None, [("FAILED", NOW)], 3, id="never triggered: the present result counts"),
    ],
)
def test_failure_counts_after_enough_looks(
    asked: tuple[str, datetime | None] | None, seen: list[tuple[str, datetime | None]], looks: int | None
) -> None:
    before = progress(*asked) if asked else None
    assert looks_until_done(*(progress(*each) for each in seen), asked=before) == looks
