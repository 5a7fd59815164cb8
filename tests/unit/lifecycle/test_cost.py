# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.operation_choice import cost_of
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.products import find


@pytest.mark.parametrize(
    ("operation", "cost"),
    [
        (Operation.ORDER, "costs the price of product 601 (Commercial SSL)"),
        (Operation.RENEW, "costs the price of product 606 (Commercial SSL)"),
        (Operation.REISSUE, "is free of charge"),
    ],
)
def test_every_operation_has_its_cost(operation: Operation, cost: str) -> None:
    assert cost_of(operation, find("commercial_ssl")) == cost
