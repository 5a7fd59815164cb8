# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines about a wait: short, however many certificates wait."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.waits import Wait, WaitsFor, progress_lines

MOMENT, NOW = 1000.0, datetime(2026, 11, 29, 7, 30, 0, tzinfo=timezone.utc)


def wait(subject: str, what: WaitsFor = WaitsFor.VALIDATION, since: float = -60, until: float | None = 240) -> Wait:
    return Wait(subject, what, MOMENT + since, None if until is None else MOMENT + until)


def lines(*waits: Wait) -> list[str]:
    return list(progress_lines(waits, moment=MOMENT, now=NOW))


@pytest.mark.parametrize(
    ("waits", "expected"),
    [
        ([], []),
        (
            [wait("web1: shop")],
            [
                "1 certificate waits for the CA to validate the domains since 07:29:00, until 07:34:00 at the latest: "
                "web1: shop"
            ],
        ),
        (
            [wait("a", until=10), wait("b", since=-90), wait("c"), wait("d"), wait("d")],
            [
                "4 certificates wait for the CA to validate the domains since 07:28:30, until 07:34:00 at the latest: "
                "a, b, c and 1 more"
            ],
        ),
        (
            [wait("a", WaitsFor.ISSUANCE), wait("b", WaitsFor.ORDER, until=None)],
            [
                "1 certificate waits for the CA to accept the order since 07:29:00, and each call to the CA has its "
                "own limit: b",
                "1 certificate waits for the CA to issue since 07:29:00, until 07:34:00 at the latest: a",
            ],
        ),
        (
            [wait("", WaitsFor.ANSWER, until=None)],
            [
                "the task waits for an answer of the CA since 07:29:00, and each call to the CA has its own limit",
            ],
        ),
        (
            [wait("web\x1b[1m: shop")],
            [
                "1 certificate waits for the CA to validate the domains since 07:29:00, until 07:34:00 at the latest: "
                "web\\x1b[1m: shop"
            ],
        ),
    ],
)
def test_line_names_what_waits_since_when_and_until_when(waits: list[Wait], expected: list[str]) -> None:
    assert lines(*waits) == expected


def test_line_stays_short_for_a_thousand_certificates() -> None:
    (line,) = lines(*(wait(f"web{number}.{'x' * 300}: shop") for number in range(1000)))
    assert line.endswith("and 997 more")
    assert len(line) < 400
