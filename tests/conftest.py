# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For all tests: settings, the share that runs, and the measurements that tests gave to ``record_property``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tools.share import Share
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

# How long an example takes depends on what else runs on the machine.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", default=str(Share()), help="such as 1/4, which runs every fourth test")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the share. Tests next to each other cost about the same, so that shares do too."""
    try:
        kept = Share.parse(config.getoption("share")).take(items)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reports = [report for group in terminalreporter.stats.values() for report in group]
    measured = [pair for report in reports if getattr(report, "when", "") == "call" for pair in report.user_properties]
    if measured:
        terminalreporter.section("measured")
        for name, value in measured:
            terminalreporter.line(f"{name}: {value}")
