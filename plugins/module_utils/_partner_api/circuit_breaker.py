# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A gate before all calls of a client. It stops them after a refused password, or while the CA does not answer.

Private to the collection. It is unknown how the CA reacts to many wrong passwords. If the CA accepts connections and
never answers, each call lasts minutes, and many certificates together wait for hours.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from .api_errors import AuthenticationError, NotReceivedError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

SILENT_CALLS = 3
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0


class KnownToRun(Protocol):
    """What other processes of the same run of Ansible know of the account."""

    def going_first(self) -> AbstractContextManager[None]:
        """Let the first call of the run go alone, or raise AuthenticationError."""

    def refused(self, error: AuthenticationError) -> None:
        """Record a refusal."""


class CircuitBreaker:
    """Lets one call go first and holds the others until it returns; closes for good when the CA refuses the account.

    After several calls in a row without an answer the gate closes for a pause. Then one call goes first again. The
    pause doubles each time that this call gets no answer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, run: KnownToRun | None = None) -> None:
        self._clock = clock
        self._run = run
        self._first = Lock()
        self._open = False
        self._refusal: AuthenticationError | None = None
        self._silence: TransportError | None = None
        self._silent_calls = 0
        self._pause = FIRST_PAUSE
        self._closed_until = clock()

    @contextmanager
    def passing(self, where: str, *, changes: bool = False) -> Iterator[None]:
        """Let a call through, or raise the error of an earlier call, in which case nothing is sent.

        With ``changes``, the call changes something at the CA. If its outcome is unknown, the gate does not count it:
        its caller looks for the order, and that call shows whether the CA answers.
        """
        if self._open and self._refusal is None:
            with self._learning(changes=changes, goes_first=False):
                yield
            return
        with self._first:
            if self._refusal is not None:
                raise self._refusal
            if self._silence is not None and not self._open and self._clock() < self._closed_until:
                raise _left_alone(where, self._silence)
            first_of_run = self._run.going_first() if self._run else nullcontext()
            with self._learning(changes=changes, goes_first=True), first_of_run:
                yield

    @contextmanager
    def _learning(self, *, changes: bool, goes_first: bool) -> Iterator[None]:
        try:
            yield
        except AuthenticationError as refusal:
            self._refusal = refusal
            if self._run and not goes_first:
                self._run.refused(refusal)
            raise
        except TransportError as error:
            if not error.worth_retrying:
                self._answered()
            elif not (changes and error.outcome_unknown):
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
        why=f"no request was made, because {SILENT_CALLS} calls in a row got no answer, the last: {silence.why}",
        remedy="Nothing was sent. Run again when the CA answers.",
    )
