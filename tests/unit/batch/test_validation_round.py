# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one round leaves for the next, without a CA."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._batch import validation_round
from ansible_collections.certops.certum.plugins.module_utils._batch.queue import choose
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import State

from .test_queue import pending

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.batches import PendingOrder

FAILURE: Any = {"name": "shop", "state": "pending", "problem": {"text": "shop: not validated"}}
TIMEOUT = 300.0


def entry(order: PendingOrder) -> validation_round.Entry:
    known: Any = SimpleNamespace(order_id=order["host"], validation_code="c0de")
    return validation_round.Entry(order, known, TIMEOUT - order["waited"])


def waiting_for_issuance() -> Any:
    outcome = SimpleNamespace(state=State.PENDING, problem=None, changed=False, validation=None)
    return SimpleNamespace(outcome=outcome, progress=None, done=False, needs_code=False)


def test_an_order_that_is_validated_again_forgets_its_failure() -> None:
    """Else the next round, in which the host writes no file, would take the old failure for the last word."""
    order: PendingOrder = {**pending(0, ["file shared"]), "published": True, "failure": FAILURE}

    later = validation_round._after(entry(order), waiting_for_issuance(), 5.0)

    assert later is not None
    assert later["failure"] is None


def test_all_rounds_share_the_time_to_wait() -> None:
    """Orders for one place that are never validated take no longer together than one of them may."""
    orders = choose([pending(number, ["file shared"]) for number in range(4)])
    total = 0.0
    while orders:
        published = [each for each in orders if each["published"]]
        waiting = [each for each in orders if not each["published"]]
        elapsed = validation_round.Round([entry(each) for each in published], waiting).timeout
        total += elapsed
        stuck = [validation_round._after(entry(each), waiting_for_issuance(), elapsed) for each in published]
        # The holder gives its place up when its share is over.
        held = [{**each, "validated": True} for each in stuck if each and each["waited"] < TIMEOUT]
        passed = [validation_round._passed(each, elapsed) for each in waiting]
        orders = choose([*held, *passed])  # type: ignore[list-item]
        if not passed and not held:
            break

    assert total <= TIMEOUT
