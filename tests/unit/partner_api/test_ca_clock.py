# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of the CA counts, as soon as an answer has it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ansible_collections.certops.certum.plugins.module_utils._partner_api.ca_clock import CaClock

THEN = datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc)


def test_clock_continues_from_the_last_answer() -> None:
    seconds = [10.0]
    clock = CaClock(lambda: seconds[-1])
    clock.hear(THEN)
    seconds.append(100.0)
    assert clock.now() == THEN + timedelta(seconds=90)
    clock.hear(THEN + timedelta(days=1))
    assert clock.now() == THEN + timedelta(days=1)


def test_without_a_time_of_the_ca_the_local_clock_counts() -> None:
    clock = CaClock()
    clock.hear(None)
    assert abs(clock.now() - datetime.now(timezone.utc)) < timedelta(minutes=1)
