# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any text in any element of a request gets a regular answer: never an internal error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from certum_sandbox.soap.declarations import schema_document
from certum_sandbox.soap.namespaces import XSD
from certum_sandbox.soap.schema import operations
from hypothesis import given, settings
from hypothesis import strategies as st

from .error_examples import VALID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .error_examples_account import Account

XS = f"{{{XSD}}}"
TYPES = {element.get("name"): element for element in schema_document().iterfind(f"{XS}complexType")}
ROOTS = {element.get("name"): element.get("type") for element in schema_document().iterfind(f"{XS}element")}
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="$\ufffe\uffff"), max_size=80)
TELLING = st.sampled_from(
    ["", " ", "0", "-1", "1" * 400, "2026-02-30", "0001-01-01", "9999-12-31", "2026-01-01T00:00:00+14:00", "true",
     "$serial", "$pem", "$used_csr", "$foreign_pem", "$bundle", "dv", "waiting", "601", "606", "X01", "FILE", "ADMIN",
     "::1", "*.", "*.*", "a..b", "xn--", ".", "é", "KEYCOMPROMISE", "AAAA", "AA:BB", "%s{}"]
)  # fmt: skip


def leaves(type_name: str, prefix: str = "") -> Iterator[str]:
    """Return the paths of all texts in a request."""
    for element in TYPES[type_name].iter(f"{XS}element"):
        path, kind = prefix + element.get("name", ""), element.get("type", "").removeprefix("tns:")
        yield from leaves(kind, f"{path}/") if kind in TYPES else [path]


PATHS = {name: list(leaves(ROOTS[name].removeprefix("tns:"))) for name in operations()}


@pytest.mark.filterwarnings("ignore:Attribute's length")
@pytest.mark.parametrize("operation", operations())
def test_no_text_breaks_an_operation(account: Account, operation: str):
    @settings(max_examples=60, deadline=None, database=None)
    @given(st.dictionaries(st.sampled_from(PATHS[operation]), TEXT | TELLING, min_size=1, max_size=4))
    def check(changes: dict[str, str]) -> None:
        answer = account.lab.send(account.request(operation, changes))
        assert "internal error" not in (answer.findtext("faultstring") or ""), changes
        assert answer.tag in {"Fault", f"{operation}Response"}

    assert set(VALID[operation]) - {"cancelParameters"} <= set(PATHS[operation])
    check()
