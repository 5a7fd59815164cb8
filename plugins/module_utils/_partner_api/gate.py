# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one call learns, all calls of a client know: of a wrong password, and of a CA that is away.

Private to the collection. What the CA does after many wrong passwords is unknown. Where it takes a connection and never
answers, each call lasts minutes, and many certificates would wait for hours.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from .api_errors import AuthenticationError, NotReceivedError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SILENT_CALLS = 3
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0


class Gate:
    """Lets one call go first and holds the others until it is back; closes for good when the account is refused.

    After calls in a row without an answer it closes for a while, and then lets one go first again: the while doubles
    each time that it comes back without an answer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first = Lock()
        self._open = False
        self._refusal: AuthenticationError | None = None
        self._silence: TransportError | None = None
        self._silent_calls = 0
        self._pause = FIRST_PAUSE
        self._closed_until = clock()

    @contextmanager
    def passing(self, where: str, *, buys: bool = False) -> Iterator[None]:
        """Go through, or raise what an earlier call has learned without sending anything.

        A call that ``buys`` and gets no answer is looked for by its caller, which shows whether the CA is there.
        """
        if self._open and self._refusal is None:
            with self._learning(buys=buys, goes_first=False):
                yield
            return
        with self._first:
            if self._refusal is not None:
                raise self._refusal
            if self._silence is not None and not self._open and self._clock() < self._closed_until:
                raise _left_alone(where, self._silence)
            with self._learning(buys=buys, goes_first=True):
                yield

    @contextmanager
    def _learning(self, *, buys: bool, goes_first: bool) -> Iterator[None]:
        try:
            yield
        except AuthenticationError as refusal:
            self._refusal = refusal
            raise
        except TransportError as error:
            if not error.worth_retrying:
                self._answered()
            elif not (buys and error.outcome_unknown):
                self._silent(error, goes_first=goes_first)
            raise
        except BaseException:
            self._answered()
            raise
        self._answered()

    def _answered(self) -> None:
        self._silence, self._silent_calls, self._pause, self._open = None, 0, FIRST_PAUSE, True

    def _silent(self, error: TransportError, *, goes_first: bool) -> None:
        self._silence = error
        self._silent_calls += 1
        if self._silent_calls < SILENT_CALLS:
            self._open = True
        elif self._open or goes_first:
            self._pause = FIRST_PAUSE if self._open else min(self._pause * 2, LONGEST_PAUSE)
            self._closed_until = self._clock() + self._pause
            self._open = False


def _left_alone(where: str, silence: TransportError) -> NotReceivedError:
    return NotReceivedError(
        where=where,
        why=f"the CA was not asked, because {SILENT_CALLS} calls in a row got no answer, the last: {silence.why}",
        remedy="Nothing was sent. Run again when it answers.",
    )
