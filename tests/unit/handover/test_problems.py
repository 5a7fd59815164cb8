# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of a problem that a playbook can act on."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.problems import (
    Ended,
    Failure,
    Problem,
    ShownProblem,
    ended,
    joined,
    problem_of,
    with_remedy_last,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    ApiError,
    OutcomeUnknownError,
    ReportedError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.error_codes import ErrorClass
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.tests.unit.docs.documentation import MODULES, results_of, with_nested

KEY_USED = ReportedError(1032, "CSR", "the key was used", next(iter(ErrorClass)), "Make a new key.", "")
NAME = ReportedError(1045, "SANEntry", "no such name", next(iter(ErrorClass)), "Correct the name.", "")
REFUSED = ApiError(where="quickOrder", success_code=1, errors=(KEY_USED, NAME))
FULL = StoreError("Not written", path="/etc/certum", why="no space", remedy="Make room.")


def test_text_begins_with_the_name_once() -> None:
    problem = Problem("no record", "Add it.").about("wild")
    assert problem.about("wild").text == problem.text == "wild: no record"
    assert problem.about("web1").text == "web1: wild: no record"


def test_refusal_of_the_ca_is_returned_as_data() -> None:
    assert problem_of(REFUSED).about("shop").shown() == {
        "name": "shop",
        "code": "refused",
        "text": f"shop: {REFUSED}",
        "error_codes": [1032, 1045],
        "element": "CSR",
        "remedy": "Make a new key. Correct the name.",
        "outcome_unknown": False,
    }


def test_error_keeps_the_codes_of_its_cause() -> None:
    error = OutcomeUnknownError(where="quickOrder", why="nobody knows", remedy="Run again.")
    error.__cause__ = REFUSED
    problem = problem_of(error)
    assert (problem.error_codes, problem.element, problem.outcome_unknown) == ((1032, 1045), "CSR", True)
    assert problem.remedy == "Run again."


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("It failed. Do it.", "It failed. Do it."),
        ("It failed", "It failed. Do it."),
        ("It failed. Do it. It is valid until May.", "It failed. It is valid until May. Do it."),
        ("a: It failed\nb: It failed", "a: It failed\nb: It failed\nDo it."),
        ("a: It failed. Do it.\nb: It failed", "a: It failed. Do it.\nb: It failed"),
    ],
)
def test_a_problem_ends_with_its_remedy(text: str, complete: str) -> None:
    assert with_remedy_last(text, "Do it.") == complete
    assert with_remedy_last(complete, "Do it.") == complete
    assert Problem(text, "Do it.").shown()["text"] == complete
    assert with_remedy_last(text, "") == text


def test_several_problems_are_one_failure_without_repetition() -> None:
    both = joined([problem_of(FULL), problem_of(REFUSED).about("shop"), problem_of(FULL)])
    assert both == Problem(
        text=f"{FULL}\nshop: {REFUSED}",
        remedy="Make room. Make a new key. Correct the name.",
        error_codes=(1032, 1045),
        element="CSR",
        code=ReasonCode.SEVERAL,
    )


def test_only_a_failure_has_the_facts_of_one() -> None:
    assert ended([]) == {"failed": False, "msg": ""}
    assert ended([problem_of(FULL)]).keys() == Ended.__annotations__.keys() == {"failed", *Failure.__annotations__}


@pytest.mark.parametrize("module", MODULES)
def test_documented_problems_have_the_facts_that_problems_have(module: str) -> None:
    for _path, name, result in with_nested(module, results_of(module)):
        if name in ("problem", "problems") and module != "certum_declarations":
            assert list(result["contains"]) == list(ShownProblem.__annotations__)
