# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retries: which calls, when, and how often. Only pauses move the time."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api import api_errors
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import PURCHASES, READS, ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry, RetryPolicy
from ansible_collections.certops.certum.tests.unit.partner_api.api_calls import CALLS
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import (
    NO_PAUSE,
    Script,
    answer,
    fault,
    http_answer,
    refusal,
)

LOST = api_errors.OutcomeUnknownError(where="w", why="lost", remedy="look")
NOT_SENT = api_errors.NotReceivedError(where="w", why="refused", remedy="check")
UNTRUSTED = api_errors.NotReceivedError(where="w", why="not trusted", remedy="check", worth_retrying=False)
FOREIGN = api_errors.UnparsableAnswerError(where="w", why="HTML", remedy="check")
OUR_FAULT = api_errors.SoapFaultError(where="w", code="Client", text="bad", remedy_if_unknown="look")
THEIR_FAULT = api_errors.SoapFaultError(where="w", code="Server", text="down", remedy_if_unknown="look")
DENIED = api_errors.AuthenticationError(where="w", why="2", remedy="check")
REFUSED = api_errors.ApiError(where="w", success_code=1, errors=())


class Clock:
    """Counts seconds; every call of the work below takes ``each``."""

    def __init__(self, each: float = 0.0) -> None:
        self.now = 1000.0
        self.each = each
        self.calls: list[float] = []
        self.outcomes: list[Exception] = []

    def retry(self, policy: RetryPolicy, *, jitter: float = 1.0) -> Retry:
        return Retry(
            policy, clock=lambda: self.now, sleep=self.sleep, draw=lambda low, high: low + (high - low) * jitter
        )

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def work(self) -> str:
        self.calls.append(self.now)
        self.now += self.each
        if self.outcomes:
            raise self.outcomes.pop(0)
        return "done"


@pytest.mark.parametrize(
    ("jitter", "begins"), [(1.0, [0, 1, 3, 7, 11]), (0.0, [0, 0.5, 1.5, 3.5, 5.5])], ids=["longest", "shortest"]
)
def test_pauses_double_up_to_a_bound_with_jitter(jitter: float, begins: list[float]) -> None:
    clock = Clock()
    clock.outcomes = [LOST, NOT_SENT, THEIR_FAULT, LOST]
    policy = RetryPolicy(attempts=5, first_pause=1, max_pause=4)
    assert clock.retry(policy, jitter=jitter).call(clock.work) == "done"
    assert [at - 1000 for at in clock.calls] == begins


def test_last_error_is_raised_after_all_attempts() -> None:
    clock = Clock()
    clock.outcomes = [LOST, LOST, NOT_SENT, LOST]
    with pytest.raises(api_errors.NotReceivedError):
        clock.retry(RetryPolicy(attempts=3)).call(clock.work)
    assert len(clock.calls) == 3


def test_no_attempt_starts_after_the_deadline() -> None:
    clock = Clock(each=49.5)
    clock.outcomes = [LOST] * 10
    with pytest.raises(api_errors.OutcomeUnknownError):
        clock.retry(RetryPolicy(attempts=10, first_pause=1, max_pause=1, total=100.5)).call(clock.work)
    assert [at - 1000 for at in clock.calls] == [0, 50.5]


@pytest.mark.parametrize("error", [UNTRUSTED, FOREIGN, OUR_FAULT, DENIED, REFUSED, KeyError("bug")], ids=repr)
def test_permanent_error_is_raised_at_once(error: Exception) -> None:
    clock = Clock()
    clock.outcomes = [error]
    with pytest.raises(type(error)):
        clock.retry(RetryPolicy()).call(clock.work)
    assert len(clock.calls) == 1


PASSING = {
    "HTTP 500": http_answer(b"", status=500),
    "HTTP 503": http_answer(b"<html>", status=503, content_type="text/html"),
    "a fault of the server": http_answer(fault("Server", "down"), status=500),
    "garbage": b"\x00\x01",
    "a truncated answer": b"<Envelope><Body>",
}


@pytest.mark.parametrize("prepared", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("operation", ApiOperation, ids=str)
def test_only_reads_are_repeated(operation: ApiOperation, prepared: bytes) -> None:
    is_read = operation.startswith("get") or operation is ApiOperation.VALIDATE_ORDER_PARAMETERS
    attempts = NO_PAUSE.policy.attempts if is_read else 1
    script = Script(*[prepared] * 10)
    with pytest.raises(api_errors.CertumError):
        CALLS[operation](script.api())
    assert len(script.posted) == attempts, "READS in enums.py has the operations that change nothing, and no other one"
    assert len(set(script.posted)) == 1


@pytest.mark.parametrize("operation", ApiOperation, ids=str)
def test_refusal_is_never_retried(operation: ApiOperation) -> None:
    for header in (refusal(success_code=2), refusal(success_code=3), refusal((1139, ""))):
        script = Script(answer(operation, header=header))
        with pytest.raises((api_errors.AuthenticationError, api_errors.ApiError)):
            CALLS[operation](script.api())
        assert len(script.posted) == 1


def test_no_purchase_counts_as_a_read() -> None:
    assert not PURCHASES & READS
