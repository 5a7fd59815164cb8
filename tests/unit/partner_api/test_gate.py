# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One wrong password is one login, and a right one costs no parallelism."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.errors import AuthenticationError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.gate import Gate

THREADS = 8


def test_eight_threads_with_a_wrong_password_log_in_once() -> None:
    gate, logins = Gate(), []

    def call() -> None:
        with gate.passing():
            logins.append(1)
            raise AuthenticationError(where="quickOrder", why="refused", remedy="Check the password.")

    with ThreadPoolExecutor(THREADS) as pool:
        calls = [pool.submit(call) for dummy in range(THREADS)]
    assert all(isinstance(call.exception(), AuthenticationError) for call in calls)
    assert len(logins) == 1


def test_after_the_first_call_they_go_side_by_side() -> None:
    gate, together = Gate(), Barrier(THREADS, timeout=10)
    with pytest.raises(OSError, match="unreachable"), gate.passing():
        raise OSError("unreachable")

    def call() -> None:
        with gate.passing():
            together.wait()

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(call) for dummy in range(THREADS)]:
            done.result()
