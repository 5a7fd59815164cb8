# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts every call of a run that changes the disk, so that each of them can fail."""

from __future__ import annotations

import os
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

CHANGING = ("open", "write", "fsync", "rename", "symlink", "mkdir", "unlink", "rmdir", "fchmod", "fchown", "ftruncate")


class Killed(BaseException):
    """The process is dead: none of its handlers can act any more."""


class Effect(Enum):
    """The effect on the chosen call."""

    FAIL = "fail"
    KILL_BEFORE = "kill before"
    KILL_AFTER = "kill after"


class Faults:
    """Counts the changing calls; applies *effect* at number *at*; calls *watch* after each that succeeded."""

    def __init__(self, *, at: int = -1, effect: Effect = Effect.FAIL, number: int = 0) -> None:
        self.at, self.effect, self.number = at, effect, number
        self.count = 0
        self.dead = False
        self.watch: Callable[[], None] = lambda: None

    def wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **options: Any) -> Any:
            if name == "open" and not given[1] & os.O_CREAT:
                return real(*given, **options)
            if self.dead:
                raise Killed
            here = self.count == self.at
            self.count += 1
            if here and self.effect is Effect.FAIL:
                raise OSError(self.number, os.strerror(self.number))
            if here and self.effect is Effect.KILL_BEFORE:
                self.dead = True
                raise Killed
            # A killed process loses nothing that the kernel has, so waiting for the disk would only cost time.
            result = None if name == "fsync" else real(*given, **options)
            if here:
                self.dead = True
                raise Killed
            self.watch()
            return result

        return call

    @contextmanager
    def active(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
        """Put the calls of the os module under control."""
        with monkeypatch.context() as patched:
            for name in CHANGING:
                patched.setattr(os, name, self.wrap(name, getattr(os, name)))
            yield self
