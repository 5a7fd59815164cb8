# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's error table: each code answers its example and nothing else, or it cannot occur."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from certum_sandbox.error_table import error_elements
from certum_sandbox.operations.registry import OPERATIONS
from certum_sandbox.products import Sale
from certum_sandbox.rules.header_rules import HEADER_RULES
from support.soap import error_codes

from .error_examples import EXAMPLES, EXCUSED, PROVOKED, VALID, Example
from .error_examples_account import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory


pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length")

MOST_EXCUSED = 30
README = Path(__file__).parents[3] / "sandbox" / "README.md"
CODES = set(error_elements())
COVERED = {example.code for example in EXAMPLES}


def number_of_rows(lab: Laboratory) -> list[int]:
    tables = ("orders", "entry", "mail", "note", "document")
    return [lab.backend.database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.code}-{example.operation}")
def test_erroneous_example_gets_its_code_and_changes_nothing(
    account: Account, make_lab: Callable[..., Laboratory], example: Example
) -> None:
    if example.dialect or example.given:
        account = Account(make_lab(dialect=dict(example.dialect), products=Sale.ALL))
        if example.given:
            example.given(account.lab)
    before = number_of_rows(account.lab)
    operations = ["validateOrderParameters", "quickOrder"] if example.operation == "quickOrder" else [example.operation]
    for operation in operations:
        answer = account.lab.send(account.request(operation, example.changes))
        assert answer.tag == f"{operation}Response", answer.findtext("faultstring")
        assert error_codes(answer) == [example.code], operation
        assert answer.findtext("responseHeader/successCode") == "1"
        assert number_of_rows(account.lab) == before


def test_every_operation_has_a_valid_request() -> None:
    assert set(VALID) == set(OPERATIONS), "VALID in error_examples.py and operations/registry.py differ"


@pytest.mark.parametrize("operation", VALID)
def test_request_that_examples_change_is_accepted(make_lab: Callable[..., Laboratory], operation: str) -> None:
    account = Account(make_lab(products=Sale.ALL))
    if operation == "addEmailVerification":
        account.lab.backend.clock.advance(account.lab.backend.validation_reuse)
    assert error_codes(account.lab.send(account.request(operation, {}))) == []


def test_every_code_has_an_example_or_an_excuse(record_property: Callable[[str, object], None]) -> None:
    record_property("error codes", f"{len(COVERED)} covered, {len(EXCUSED)} excused, {len(CODES)} in all")
    assert COVERED | PROVOKED | set(EXCUSED) == CODES
    assert len(COVERED) + len(PROVOKED) + len(EXCUSED) == len(CODES) == 299
    assert len(EXCUSED) <= MOST_EXCUSED
    met = len(COVERED | PROVOKED)
    assert f"{len(CODES)} codes\nthat Certum documents, {met} can be met" in README.read_text("utf-8")


def test_every_rule_is_broken_by_an_example() -> None:
    rules = [*HEADER_RULES, *(rule for operation in OPERATIONS.values() for rule in operation.rules)]
    assert {rule.code for rule in rules} == COVERED, "EXAMPLES in error_examples.py differ from the rules"
