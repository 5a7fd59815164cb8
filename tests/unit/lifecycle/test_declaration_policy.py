# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks declarations against a policy."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import read_declarations
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration_policy import (
    InvalidPolicyError,
    policy_problems,
    read_policy,
)

SHOP = {
    "name": "shop",
    "common_name": "shop.example.com",
    "validation": {"method": "dns_txt_prefix"},
    "contact": {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"},
}
WILD = {**SHOP, "name": "wild", "product": "commercial_wildcard_ssl", "common_name": "*.example.com"}
MANY = {**SHOP, "name": "many", "product": "931", "subject_alt_name": ["a.example.com", "b.example.com"]}


@pytest.mark.parametrize(
    ("policy", "refused"),
    [
        (None, []),
        ({}, []),
        ({"products": ["commercial_ssl", "741", "commercial_multidomain_ssl"], "wildcards": True, "max_names": 3}, []),
        ({"products": ["commercial_ssl"]}, ["wild: ", "many: "]),
        ({"products": []}, ["shop: ", "wild: ", "many: "]),
        ({"wildcards": False}, ["wild: "]),
        ({"max_names": 2}, ["many: "]),
        ({"products": ["601"], "wildcards": False, "max_names": 1}, ["wild: ", "wild: ", "many: ", "many: "]),
    ],
)
def test_declaration_against_the_policy_is_named(policy: Any, refused: list[str]) -> None:
    problems = policy_problems(read_policy(policy), read_declarations([SHOP, WILD, MANY]))
    assert [problem.partition(": ")[0] + ": " for problem in problems] == refused


@pytest.mark.parametrize("policy", [{"products": ["gold_ssl"]}, {"max_names": 0}])
def test_meaningless_policy_is_refused(policy: dict[str, Any]) -> None:
    with pytest.raises(InvalidPolicyError, match="policy: "):
        read_policy(policy)
