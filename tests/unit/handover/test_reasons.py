# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reasons have codes that are documented, used, and equal in all modules."""

from __future__ import annotations

import re

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import (
    Reason,
    ReasonCode,
    ShownReason,
    summary,
)
from ansible_collections.certops.certum.tests.unit.docs.documentation import (
    COLLECTION,
    MODULES,
    results_of,
    with_nested,
)

CURRENT, ISSUED = Reason(ReasonCode.CURRENT, "it is current"), Reason(ReasonCode.ISSUED, "it was issued")


def test_documented_codes_are_those_of_the_enumeration() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", (COLLECTION / "docs/reasons.md").read_text(), flags=re.MULTILINE)
    assert listed == ReasonCode.values()


def test_every_code_is_used() -> None:
    sources = (COLLECTION / "plugins").rglob("*.py")
    used = {name for path in sources for name in re.findall(r"ReasonCode\.([A-Z_]+)", path.read_text())}
    assert used == {code.name for code in ReasonCode}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_documents_its_reasons_alike(module: str) -> None:
    results = list(with_nested(module, results_of(module)))
    reasons = [result for _path, name, result in results if name in ("reason", "operation_reason")]
    assert reasons
    for reason in reasons:
        assert list(reason["contains"]) == list(ShownReason.__annotations__)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ([], {"code": "nothing_to_do", "text": "nothing was asked for"}),
        ([("a", CURRENT)], {"code": "current", "text": "a: it is current"}),
        ([("a", CURRENT), ("b", CURRENT)], {"code": "current", "text": "a: it is current; b: it is current"}),
        ([("a", CURRENT), ("", ISSUED)], {"code": "several", "text": "a: it is current; it was issued"}),
    ],
)
def test_summary_has_the_code_that_all_share(reasons: list[tuple[str, Reason]], expected: dict[str, str]) -> None:
    assert summary(reasons, otherwise="nothing was asked for").shown() == expected
