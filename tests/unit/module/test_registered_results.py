# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host gets its own part of a result that Ansible registered on every host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.registered_results import registered

ORDERS: dict[str, Any] = {
    "changed": True,
    "hosts": {"web1": {"certificates": [{"name": "shop"}]}, "web2": {"certificates": []}},
}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"certum__orders": ORDERS}, {"certum__orders": {**ORDERS, "hosts": {"web1": ORDERS["hosts"]["web1"]}}}),
        ({"certum__orders": {"hosts": {"web2": {}}}}, {"certum__orders": {"hosts": {"web1": {}}}}),
        ({"certum__orders": {"hosts": ["web1"]}}, {"certum__orders": {"hosts": ["web1"]}}),
        ({"certum__installed": {"certificates": ["shop"]}}, {"certum__installed": {"certificates": ["shop"]}}),
        ({"certum__worked": "call", "other": 1}, {"certum__worked": "call"}),
    ],
)
def test_host_gets_its_own_part(variables: dict[str, Any], expected: dict[str, Any]) -> None:
    assert registered(variables, ("certum__orders", "certum__installed", "certum__worked"), "web1") == expected
