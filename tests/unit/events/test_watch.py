# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source delivers, records, backs off and stops. The queue and the account are under the control of the test."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._events.event_file import EventFile
from ansible_collections.certops.certum.plugins.module_utils._events.source_options import source_options
from ansible_collections.certops.certum.plugins.module_utils._events.watch import (
    LONGEST_PAUSE,
    Availability,
    in_thread,
    watch_account,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_events import EventRecord
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import AuthenticationError
from ansible_collections.certops.certum.tests.support.scripted_client import StandInClient, bad_password, not_received
from ansible_collections.certops.certum.tests.unit.events.test_account_reading import (
    EXPIRING,
    MODIFIED,
    ORDER,
    PLACED,
    QUIET,
)
from ansible_collections.certops.certum.tests.unit.issuance.ca_answers import NOW, entries, entry

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation

ORDERS = ("shop-1", "wiki-1", "mail-1")
ACCESS = {"api_environment": "test", "api_username": "x", "api_password": "x"}
OPTIONS = replace(source_options(ACCESS), delay=0)


class Killed(BaseException):
    """The process dies."""


class MortalQueue:
    """Takes events until the process dies: at the next put, or after this one has reached the queue."""

    def __init__(self, *, takes: int) -> None:
        self.taken: list[str] = []
        self._takes = takes

    async def put(self, data: dict[str, Any], /) -> None:
        if len(self.taken) == self._takes:
            raise Killed
        self.taken.append(data["certum"]["order_id"])


class DyingFile(EventFile):
    """Dies before it records the event that the queue has just taken."""

    def write(self, record: EventRecord) -> None:
        if len(record.orders) == 2:
            raise Killed
        super().write(record)


class Account(StandInClient):
    """An account with three new orders, in which nothing else happens. The process dies at the second reading."""

    def __init__(self) -> None:
        super().__init__(self._answer, now=NOW)
        self._lists = {EXPIRING: QUIET[EXPIRING], MODIFIED: entries(*map(entry, ORDERS)), PLACED: QUIET[PLACED]}

    def _answer(self, operation: ApiOperation) -> Any:
        if operation is ORDER:
            return entries(entry(self.calls[-1][1].order_id))  # type: ignore[attr-defined]
        if operation in (EXPIRING, MODIFIED, PLACED) and operation not in self._lists:
            raise Killed
        return self._lists.pop(operation, QUIET.get(operation))


def deliver(file: EventFile, *, takes: int) -> list[str]:
    """Return the orders of the events that a source delivers before it dies."""
    queue = MortalQueue(takes=takes)
    with file.locked(), pytest.raises(Killed):
        asyncio.run(watch_account(queue, Account(), file, OPTIONS))
    return queue.taken


@pytest.fixture
def path(tmp_path: Path) -> Path:
    EventFile(tmp_path / "events.json", "x").write(EventRecord(read_until=NOW - timedelta(minutes=5)))
    return tmp_path / "events.json"


@pytest.mark.parametrize("takes", range(4))
def test_killed_source_loses_no_event(path: Path, takes: int) -> None:
    file = EventFile(path, "x")
    assert deliver(file, takes=takes) == list(ORDERS[:takes])
    assert deliver(file, takes=9) == list(ORDERS[takes:])
    assert deliver(file, takes=9) == []


def test_source_killed_between_queue_and_record_repeats_one_event(path: Path) -> None:
    assert deliver(DyingFile(path, "x"), takes=9) == list(ORDERS[:2])
    assert deliver(EventFile(path, "x"), takes=9) == list(ORDERS[1:])


def test_refused_password_is_sent_once() -> None:
    api = StandInClient(lambda _operation: bad_password, now=NOW)
    with pytest.raises(AuthenticationError):
        asyncio.run(watch_account(MortalQueue(takes=0), api, EventFile(None, "x"), OPTIONS))
    assert len(api.operations) == 1


@pytest.mark.parametrize(
    ("delay", "pauses"),
    [(300, [300, 600, 1200, 2400, 3600, 3600]), (7200, [7200] * 6), (1, [1, 2, 4, 8, 16, 32])],
)
def test_pauses_grow_up_to_a_limit_and_each_change_is_one_line(
    delay: int, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    availability = Availability(delay)
    found = []
    for _attempt in pauses:
        found.append(availability.pause)
        availability.failed(not_received("getModifiedOrders at gs.certum.pl"))
    for _attempt in range(1000):
        availability.failed(not_received("x"))
    assert availability.pause == max(delay, LONGEST_PAUSE)
    availability.succeeded()
    availability.succeeded()
    assert (found, availability.pause) == (pauses, delay)
    away, back = caplog.messages
    assert away.startswith("getModifiedOrders at gs.certum.pl: no connection. There are no events")
    assert back == "The account can be read again."


def test_cancelled_source_does_not_wait_for_the_ca() -> None:
    begun, answered = threading.Event(), threading.Event()

    def silent() -> None:
        begun.set()
        answered.wait(60)

    async def cancelled() -> None:
        task = asyncio.ensure_future(in_thread(silent))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert not answered.is_set()
    answered.set()
