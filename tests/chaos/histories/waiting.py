# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wait of a run for the CA: for its automatic steps, and not for people."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.tests.chaos.histories.authority import OPEN, ROBOTS, STAFF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest
    from ansible_collections.certops.certum.tests.chaos.histories.authority import Ca


class Waiting:
    """A clock that does not wait for people: between two polls it waits for the sandbox's automatic steps."""

    def __init__(self, ca: Ca, host: str, *, longest: float) -> None:
        self.ca, self.host, self.longest = ca, host, longest
        self.moment = 0.0

    def sleep(self, seconds: float) -> None:
        self.moment += seconds
        deadline = time.perf_counter() + self.longest
        while any(map(_robots_work, self.ca.orders(self.host))) and time.perf_counter() < deadline:
            time.sleep(0.02)

    @contextmanager
    def active(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        of = Patience.of
        with monkeypatch.context() as patched:
            patched.setattr(
                Patience, "of", lambda params: replace(of(params), clock=lambda: self.moment, sleep=self.sleep)
            )
            yield


def _robots_work(order: Mapping[str, Any]) -> bool:
    states = order["verifications"]
    if order["state"] not in OPEN or any(states.get(kind) == "FAILED" for kind in ROBOTS):
        return False
    needs_people = any(states.get(kind) == "REQUIRED" for kind in STAFF)
    return not needs_people or any(states.get(kind) == "REQUIRED" for kind in ROBOTS)
