# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show while a task runs what it waits for: early, and then every few seconds.

Private to the collection. Ansible shows the result of a task only at its end.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from .._handover.waits import Wait, progress_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from .._handover.waits import WaitsFor

FIRST = 5.0
AGAIN = 12.0
"""Seconds from the begin of a wait to its first line, and between two lines: at least one in 15 seconds."""
TICK = 0.5


class WaitBoard:
    """What the threads of a task wait for now. Each has a key of its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waits: dict[Hashable, Sequence[Wait]] = {}

    def put(self, key: Hashable, waits: Sequence[Wait]) -> None:
        """Replace what a thread waits for."""
        with self._lock:
            self._waits[key] = waits

    @contextmanager
    def during(self, key: Hashable, waits: Sequence[Wait]) -> Iterator[None]:
        """Wait for something in this block."""
        self.put(key, waits)
        try:
            yield
        finally:
            self.put(key, ())

    @property
    def waits(self) -> list[Wait]:
        with self._lock:
            return [wait for waits in self._waits.values() for wait in waits]


def waits_without_limit(subjects: Iterable[str], what: WaitsFor) -> list[Wait]:
    """Return what begins to wait now, without a limit but those of the single calls."""
    return [Wait(subject, what, since=time.monotonic(), until=None) for subject in subjects]


def next_line_at(due: float | None, *, waits: bool, moment: float) -> float | None:
    """Return the moment of the next lines, None while nothing waits. ``due`` is the former value."""
    if not waits:
        return None
    if due is None:
        return moment + FIRST
    return moment + AGAIN if moment >= due else due


@contextmanager
def shown_while_it_waits(board: WaitBoard, show: Callable[[str], None] | None) -> Iterator[None]:
    """Call ``show`` with lines about the board as long as the block runs. A failure of ``show`` fails nothing."""
    if show is None:
        yield
        return
    ended = Event()
    thread = Thread(target=_watch, args=(board, show, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _watch(board: WaitBoard, show: Callable[[str], None], ended: Event) -> None:
    due: float | None = None
    while not ended.wait(TICK):
        moment, waits = time.monotonic(), board.waits
        if due is not None and moment >= due:
            try:
                for line in progress_lines(waits, moment=moment, now=datetime.now().astimezone()):
                    show(line)
            except Exception:  # the certificates are more important than the lines
                return
        due = next_line_at(due, waits=bool(waits), moment=moment)
