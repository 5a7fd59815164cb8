# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules against the service's error table: no code that is not in it, no rule that no test breaks."""

from __future__ import annotations

import csv
from importlib.resources import files

from certum_sandbox.operations.registry import OPERATIONS
from certum_sandbox.rules.header import HEADER_RULES

from .test_placing_rules import CASES

# Broken one by one in test_order_rules.py, or at the end of test_placing_rules.py.
BROKEN_ELSEWHERE = {
    1012, 1013, 1032, 1033, 1046, 1136, 1137, 1139, 1151, 1159, 1160, 1161, 1162, 1163, 1173, 1176, 1182, 1183, 1184,
    1186, 2053, 2055, 2091, 2096, 2127, 2128, 2129,
}  # fmt: skip
# Nothing but TLS products, whose orders all have names to prove, can be ordered yet.
UNREACHABLE = {2163}


def implemented() -> set[int]:
    rules = [*HEADER_RULES, *(rule for operation in OPERATIONS.values() for rule in operation.rules)]
    return {rule.code for rule in rules}


def test_every_code_is_in_the_table():
    table = (files("certum_sandbox") / "data" / "errors.csv").read_text("utf-8")
    codes = {int(row["code"]) for row in csv.DictReader(table.splitlines())}
    print(f"\nrules for {len(implemented())} of {len(codes)} codes")
    assert implemented() <= codes


def test_every_rule_is_broken_by_a_test():
    assert implemented() - {code for code, dummy in CASES} - BROKEN_ELSEWHERE == UNREACHABLE
    assert not BROKEN_ELSEWHERE - implemented(), "a test for a rule that is gone"
