# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types the variables of a host like the argument spec."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.raw_declarations import claimed_items

SHOP = {"name": "shop", "common_name": "shop.example.com", "state": "present"}


@pytest.mark.parametrize(
    ("item", "typed"),
    [
        ({"subject_alt_name": "b.example.com,c.example.com"}, {"subject_alt_name": ["b.example.com", "c.example.com"]}),
        ({"www": "yes", "allow_duplicate": "true"}, {"www": True, "allow_duplicate": True}),
        ({"key": "size=3072"}, {"key": {"type": "rsa", "size": 3072}}),
        ({"contact": {"email": "ops@example.com"}, "customer": "ACME"}, {}),
    ],
)
def test_declarations_are_typed_and_may_be_typed_again(item: dict[str, Any], typed: dict[str, Any]) -> None:
    found = claimed_items({"certificates": [{**SHOP, **item}], "key": "type=rsa"})
    assert found == [{**SHOP, "key": {"type": "rsa"}, **typed}]
    assert claimed_items({"certificates": found}) == found


@pytest.mark.parametrize("certificates", [None, "{{ elsewhere }}", ["{{ one }}"], [{"name": "shop", "www": "{{ x }}"}]])
def test_unreadable_declaration_claims_nothing(certificates: Any) -> None:
    assert claimed_items({"certificates": certificates}) == []
