# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the state that one round leaves for the next, without a CA."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._batch import validation_round
from ansible_collections.certops.certum.plugins.module_utils._batch.validation_queue import (
    choose,
    must_give_way,
    passed_over,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import State
from ansible_collections.certops.certum.plugins.module_utils._issuance.domain_validation import CodeState

from .test_validation_queue import pending

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.batches import PendingOrder

FAILURE: Any = {"name": "shop", "state": "pending", "problem": {"text": "shop: not validated"}}
TIMEOUT = 300.0


def entry(order: PendingOrder) -> validation_round.Entry:
    known: Any = SimpleNamespace(order_id=order["host"], validation_code="c0de")
    return validation_round.Entry(order, known, TIMEOUT - order["waited"])


def waiting_for_issuance() -> Any:
    outcome = SimpleNamespace(state=State.PENDING, problem=None, changed=False, validation=None)
    return SimpleNamespace(outcome=outcome, progress=None, done=False, needs_code=False, code_state=CodeState.WORKS)


def test_order_validated_again_forgets_its_failure() -> None:
    """Otherwise the next round, in which the host writes no file, would report the old failure."""
    order: PendingOrder = {**pending(0, ["file shared"]), "published": True, "failure": FAILURE}

    later = validation_round._after(entry(order), waiting_for_issuance(), 5.0)

    assert later is not None
    assert later["failure"] is None


def test_stuck_order_releases_its_place_in_time() -> None:
    """Four orders for one place, none of which is ever validated: each has its turn, all within the time of one."""
    orders = choose([pending(number, ["file shared"]) for number in range(4)])
    total, had_their_turn = 0.0, []
    while orders:
        published = [each for each in orders if each["published"]]
        waiting = [each for each in orders if not each["published"]]
        elapsed = validation_round.Round([entry(each) for each in published], waiting).timeout
        total += elapsed
        had_their_turn += [each["host"] for each in published]
        assert all(must_give_way(each, waiting) for each in published if waiting)
        orders = choose([passed_over(each, seconds=elapsed) for each in waiting])

    assert had_their_turn == ["web0", "web1", "web2", "web3"]
    assert total == TIMEOUT


def test_order_during_validation_keeps_its_place() -> None:
    waiting = [pending(1, ["file shared"])]

    assert not must_give_way({**pending(0, ["file shared"]), "validated": True}, waiting)
    assert not must_give_way(pending(0, ["file other"]), waiting)


def test_order_checked_too_often_is_not_checked_again() -> None:
    refused = waiting_for_issuance()
    refused.code_state = CodeState.TOO_MANY_CHECKS

    later = validation_round._after(entry(pending(0, [])), refused, 5.0)
    assert later is not None
    much_later = validation_round._after(entry(later), waiting_for_issuance(), 5.0)

    assert much_later is not None
    assert (later["too_many_checks"], much_later["too_many_checks"]) == (True, True)
