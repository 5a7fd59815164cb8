# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs many small jobs in a few threads within one deadline.

Private to the collection.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_R = TypeVar("_R")


def in_time(jobs: Mapping[str, Callable[[], _R]], *, seconds: float, workers: int) -> dict[str, _R]:
    """Return the results of the jobs that finished in time. Jobs must not raise.

    Other jobs are abandoned: their threads end with the process, even while they wait, such as for a name server.
    """
    waiting, results = deque(jobs.items()), {}

    def work() -> None:
        while waiting:
            try:
                name, job = waiting.popleft()
            except IndexError:  # another thread was quicker
                return
            results[name] = job()

    threads = [threading.Thread(target=work, daemon=True) for dummy in range(min(workers, len(jobs)))]
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    waiting.clear()
    return dict(results)
