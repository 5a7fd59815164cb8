# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One wrong password is one login, and a right one keeps calls parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    AuthenticationError,
    NotReceivedError,
    OutcomeUnknownError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.circuit_breaker import (
    LONGEST_PAUSE,
    SILENT_CALLS,
    CircuitBreaker,
)

THREADS = 8


def test_eight_threads_with_a_wrong_password_log_in_once() -> None:
    gate, logins = CircuitBreaker(), []

    def call() -> None:
        with gate.passing("quickOrder"):
            logins.append(1)
            raise AuthenticationError(where="quickOrder", why="refused", remedy="Check the password.")

    with ThreadPoolExecutor(THREADS) as pool:
        calls = [pool.submit(call) for dummy in range(THREADS)]
    assert all(isinstance(call.exception(), AuthenticationError) for call in calls)
    assert len(logins) == 1


def test_calls_after_the_first_run_in_parallel() -> None:
    gate, together = CircuitBreaker(), Barrier(THREADS, timeout=10)
    with pytest.raises(OSError, match="unreachable"), gate.passing("quickOrder"):
        raise OSError("unreachable")

    def call() -> None:
        with gate.passing("quickOrder"):
            together.wait()

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(call) for dummy in range(THREADS)]:
            done.result()


class Clock:
    now = 0.0


def silence(gate: CircuitBreaker, *, changes: bool = False) -> bool:
    """Return a call that gets no answer; ``sent`` is whether it was sent at all."""
    with pytest.raises((OutcomeUnknownError, NotReceivedError)) as told, gate.passing("getOrderState", changes=changes):
        raise OutcomeUnknownError(where="getOrderState", why="no complete answer within 120 s", remedy="Look.")
    return isinstance(told.value, OutcomeUnknownError)


def test_unreachable_ca_is_asked_by_one_with_growing_pauses() -> None:
    clock = Clock()
    gate = CircuitBreaker(lambda: clock.now)
    assert [silence(gate) for dummy in range(SILENT_CALLS + 1)] == [True] * SILENT_CALLS + [False]
    moments = []
    while clock.now < 600:
        clock.now += 0.5
        sent = [silence(gate) for dummy in range(10)]
        assert not any(sent[1:])
        if sent[0]:
            moments.append(clock.now)
    pauses = [later - former for former, later in zip(moments, moments[1:])]
    assert pauses[:5] == [4, 8, 16, 32, LONGEST_PAUSE]
    assert set(pauses[5:]) == {LONGEST_PAUSE}

    clock.now += LONGEST_PAUSE
    with gate.passing("getOrderState"):
        pass
    assert silence(gate), "all continue"
    assert silence(gate)


def test_call_that_is_not_sent_names_the_last_cause() -> None:
    gate = CircuitBreaker(lambda: 0.0)
    for dummy in range(SILENT_CALLS):
        silence(gate)
    with pytest.raises(NotReceivedError, match=r"no request was made, .* no complete answer within 120 s") as told:
        gate.passing("quickOrder at ca.example").__enter__()
    assert told.value.where == "quickOrder at ca.example"
    assert not told.value.outcome_unknown


def test_lost_answers_to_purchases_do_not_close_the_gate() -> None:
    gate = CircuitBreaker(lambda: 0.0)
    assert all(silence(gate, changes=True) for dummy in range(10))
