# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source itself: read the account, deliver each new event, record it, pause, and so on.

Private to the collection. An event is recorded after the queue has it. If the process dies in between, the next one
delivers this event again, and no other.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._lifecycle.account_events import new_events
from .._module.api_options import open_api
from .._partner_api.api_errors import AuthenticationError, CertumError, SettingsError
from .account_reading import AccountReader
from .event_file import EventFile
from .shown_event import shown_event
from .source_options import source_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._partner_api.client import PartnerApi
    from .source_options import SourceOptions

_T = TypeVar("_T")
NAME = "certops.certum.certum"
LONGEST_PAUSE = 3600.0
_logger = logging.getLogger(NAME)


class Queue(Protocol):
    """What the source needs of the queue of ansible-rulebook."""

    async def put(self, data: dict[str, Any], /) -> None:
        """Wait until there is room, and put the event."""


class SourceStoppedError(Exception):
    """The source ends, and with it ansible-rulebook, because an operator has to act first."""

    # ansible-rulebook prints the frames of an exception. They help nobody to correct a password.
    __traceback__ = None


@dataclass
class Availability:
    """Whether the account can be read. It reports each change once, and makes the pauses longer meanwhile."""

    delay: float
    failures: int = 0

    @property
    def pause(self) -> float:
        """How long to wait for the next reading, in seconds."""
        return min(self.delay * 2.0**self.failures, max(self.delay, LONGEST_PAUSE))

    def failed(self, error: CertumError) -> None:
        """Note that a reading failed."""
        if self.failures == 0:
            _logger.warning(
                "%s: %s. There are no events until the account can be read again. The source tries again by itself, "
                "after pauses of at most an hour. If this lasts, check the network and the CA.",
                error.where,
                error.why,
            )
        self.failures = min(self.failures + 1, 32)

    def succeeded(self) -> None:
        """Note that the account was read."""
        if self.failures:
            _logger.warning("The account can be read again.")
        self.failures = 0


async def run_source(queue: Queue, args: Mapping[str, Any]) -> None:
    """Deliver the events of an account until the task is cancelled. Raises SourceStoppedError."""
    try:
        await _run(queue, args)
    except KnownError as error:
        raise SourceStoppedError(str(error)) from None


async def _run(queue: Queue, args: Mapping[str, Any]) -> None:
    options = source_options(args)
    if options.state_file is None:
        _logger.warning("There is no state_file, so a restart reports certificates that expire soon once more.")
    with open_api(options.api) as api:
        file = EventFile(options.state_file, f"{quote(options.api['api_username'])} at {api.host}")
        with file.locked():
            await watch_account(queue, api, file, options)


async def watch_account(queue: Queue, api: PartnerApi, file: EventFile, options: SourceOptions) -> None:
    """Deliver the events of the account that ``api`` reads. Raises KnownError if an operator has to act first."""
    record = file.read()
    reader = AccountReader(api, options.remaining_days)
    availability = Availability(options.delay)
    reported: dict[str, str] = {}
    while True:
        try:
            former, reading = await in_thread(partial(reader.read, record))
        except (AuthenticationError, SettingsError):
            raise
        except CertumError as error:
            availability.failed(error)
        else:
            availability.succeeded()
            reported = _report_skipped(reader, reported)
            steps, record = new_events(former, reading)
            for event, after in steps:
                await queue.put({"certum": shown_event(event, environment=api.environment)})
                file.write(after)
            file.write(record)
        await asyncio.sleep(availability.pause)


def _report_skipped(reader: AccountReader, reported: Mapping[str, str]) -> dict[str, str]:
    """Report each order that could not be read, once for as long as this lasts."""
    skipped = {order_id: str(error) for order_id, error in reader.skipped.items()}
    for order_id in skipped.keys() - reported.keys():
        _logger.warning("Order %s has no events for now. %s", order_id, skipped[order_id])
    return skipped


async def in_thread(function: Callable[[], _T]) -> _T:
    """Return the function's value, without waiting for the function once the task is cancelled.

    The threads of asyncio would delay the end of the process for as long as the CA does not answer.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[_T] = loop.create_future()

    def settle(error: BaseException | None, value: _T | None) -> None:
        if result.cancelled():
            return
        if error is None:
            result.set_result(value)  # type: ignore[arg-type]
        else:
            result.set_exception(error)

    def work() -> None:
        error, value = None, None
        try:
            value = function()
        except BaseException as caught:  # it is raised where the value is awaited
            error = caught
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, error, value)

    threading.Thread(target=work, name=NAME, daemon=True).start()
    return await result
