# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares the table of error codes with its reference."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api import error_codes
from ansible_collections.certops.certum.plugins.module_utils._partner_api.error_codes import (
    ErrorClass,
    describe,
    remedy,
)

with (Path(__file__).parent / "data" / "errors.csv").open(encoding="utf-8") as file:
    REFERENCE = {int(row["code"]): row for row in csv.DictReader(file)}

SPECIFIC = [
    1012,
    1032,
    1075,
    1107,
    1045,
    1115,
    *range(1166, 1171),
    2094,
    2126,
    2130,
    2188,
    1136,
    1139,
    1141,
    2104,
    2186,
    2171,
    1185,
    *range(2189, 2194),
    2204,
    2205,
]


def test_error_table_equals_the_reference() -> None:
    assert len(REFERENCE) == 299
    for code, row in REFERENCE.items():
        known = describe(code)
        assert (known.element, known.meaning, known.error_class.value) == (row["element"], row["meaning"], row["class"])
    assert set(error_codes._TABLE) == set(REFERENCE)


def test_every_error_code_has_a_remedy() -> None:
    assert {describe(code).error_class for code in REFERENCE} == set(ErrorClass)
    for code in [*REFERENCE, 9999]:
        assert remedy(code).endswith(".")
        assert remedy(code)[0].isupper()


@pytest.mark.parametrize("code", SPECIFIC)
def test_code_has_its_own_remedy(code: int) -> None:
    assert remedy(code) not in error_codes._CLASS_REMEDIES.values()
    assert [other for other in REFERENCE if remedy(other) == remedy(code)] == [code]


def test_remedies_belong_to_codes_that_exist() -> None:
    assert set(error_codes._REMEDIES) <= set(REFERENCE)
