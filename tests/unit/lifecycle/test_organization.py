# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the organization that a product needs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.organization import (
    LIMITS,
    organization_problems,
    subject_of,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.products import find

OV: dict[str, Any] = {
    "name": "Example S.A.",
    "tax_identification_number": "5250000000",
    "country": "PL",
    "locality": "Szczecin",
}
EV = {
    **OV,
    "jurisdiction_country": "PL",
    "registration_number": "0000421310",
    "business_category": "non_commercial_entity",
}


@pytest.mark.parametrize(
    ("product", "organization", "codes"),
    [
        ("commercial_ssl", {}, []),
        ("commercial_ssl", {"name": "n" * 999}, []),
        ("trusted_ssl", OV, []),
        ("trusted_ssl", {}, [1016, 1020, 1048, 2058]),
        ("trusted_ssl", {**OV, "locality": None, "state": "Pomorze"}, []),
        ("trusted_ssl", {**OV, "locality": None}, [2058]),
        ("premium_ev_ssl", OV, [1093, 1095, 2138]),
        ("premium_ev_ssl", EV, []),
        ("999", {}, []),
        *((("premium_ev_ssl", {**EV, field: "x" * (limit + 1)}, [code])) for field, (limit, code) in LIMITS.items()),
    ],
)
def test_missing_or_long_fields_are_reported_with_their_code(
    product: str, organization: dict[str, Any], codes: list[int]
) -> None:
    problems = list(organization_problems(find(product), organization))
    assert [f"error {code}" in problem for code, problem in zip(codes, problems)] == [True] * len(codes), problems
    assert len(problems) == len(codes)


def test_subject_has_the_fields_of_messages() -> None:
    assert subject_of(find("commercial_ssl"), EV) == {}
    assert subject_of(find("premium_ev_ssl"), EV) == {
        "organization": "Example S.A.",
        "country": "PL",
        "locality": "Szczecin",
        "serial_number": "0000421310",
        "jurisdiction_country": "PL",
        "business_category": "Non-Commercial Entity",
    }
