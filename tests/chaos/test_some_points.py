# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Breaks some points of each operation; `make chaos` tries all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.chaos.attempt import attempt, survey
from ansible_collections.certops.certum.tests.chaos.operations import OPERATIONS

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.chaos.operations import Operation

SOME = 6


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.title.replace(" ", "-"))
def test_broken_run_orders_once_and_keeps_the_site_up(
    operation: Operation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if operation.missing:
        pytest.skip(operation.missing)
    path = tmp_path_factory.mktemp("c")
    found = survey(operation, path)
    assert found.faults == []
    some = [found.points[number * len(found.points) // SOME] for number in range(SOME)]
    tally = attempt(operation, path, some)
    assert tally.faults == []
    assert tally.converged == tally.points == SOME - tally.not_reached
    assert tally.handshakes > 0 or not operation.verified
