# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recap of a batch, and the problems that fail a host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.open_items import KINDS, OpenItem, fails
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import FailOn
from ansible_collections.certops.certum.plugins.module_utils._module.run_problems import RESULTS, pending_orders
from ansible_collections.certops.certum.plugins.module_utils._module.run_recap import (
    LEFT,
    HostAtEnd,
    host_at_end,
    recap,
)
from hypothesis import given

from .test_run_problems import anything, listed, st

DECLARED = [{"name": "shop"}, {"name": "mail"}, {"name": "old", "state": "absent"}]
FROZEN = {"call": "this", "problems": [], "refused": [], "variables": {"certificates": DECLARED}}
PLANNED: dict[str, Any] = {"problems": []}
SILENT = {"unreachable": True, "msg": "Failed to connect to the host via ssh: "}


def at_end(results: dict[str, Any], *, left: bool = False, pending: tuple[OpenItem, ...] = ()) -> HostAtEnd | None:
    return host_at_end("web1", results, pending=pending, call="this", left=left)


def item(text: str, code: str = "failed", name: str | None = "shop", remedy: str = "") -> OpenItem:
    return {"name": name, "code": code, "text": text, "remedy": remedy}


@pytest.mark.parametrize(
    ("results", "left", "codes"),
    [
        pytest.param({"certum__frozen": FROZEN, "certum__planned": PLANNED}, False, [], id="as declared"),
        pytest.param({}, False, None, id="another host of the inventory"),
        pytest.param({"certum__frozen": {**FROZEN, "call": "other"}}, False, None, id="another call of the role"),
        pytest.param({"certum__ended": {"failed": True}}, True, None, id="failed in an earlier batch"),
        pytest.param({}, True, ["unreachable"], id="left before the role"),
        pytest.param(
            {"certum__frozen": FROZEN, "certum__planned": SILENT}, True, ["unreachable"], id="silent at the plan"
        ),
        pytest.param({"certum__frozen": FROZEN, "certum__installed": SILENT}, True, ["unreachable"], id="silent later"),
        pytest.param(
            {"certum__frozen": FROZEN, "certum__planned": SILENT}, False, ["unreachable"], id="silence ignored"
        ),
        pytest.param(
            {"certum__frozen": {**FROZEN, "problems": [{"text": "no", "code": "variables_refused"}]}},
            False,
            ["variables_refused"],
            id="variables refused",
        ),
        pytest.param(
            {"certum__frozen": FROZEN, "certum__planned": {"msg": "no python", "failed_when_result": False}},
            False,
            ["failed"],
            id="no plan",
        ),
        pytest.param(
            {
                "certum__frozen": FROZEN,
                "certum__planned": PLANNED,
                "certum_deploy__deployed": {
                    "problems": [{"name": "nginx", "text": "nginx: Reload: failed", "code": "failed"}],
                    "services": [{"name": "nginx", "reason": {"code": "rolled_back", "text": ""}}],
                },
            },
            False,
            ["rolled_back"],
            id="a service has the more exact code",
        ),
    ],
)
def test_host_has_its_open_items(results: dict[str, Any], left: bool, codes: list[str] | None) -> None:
    found = at_end(results, left=left)
    assert (None if found is None else [each["code"] for each in found.open_items]) == codes


def test_message_of_ansible_stays_and_ends_with_the_remedy() -> None:
    remedy = "Make the host answer to Ansible, then run again."
    for results, words in (({"certum__frozen": FROZEN, "certum__planned": SILENT}, SILENT["msg"]), ({}, LEFT)):
        found = at_end(results, left=True)
        assert found is not None
        assert found.open_items[0]["text"] == f"{str(words).rstrip(': ')}. {remedy}"


def test_recap_names_each_problem_once_with_all_its_hosts_and_counts_the_others() -> None:
    remedy = "Check the password."
    hosts = [
        HostAtEnd("web1", 3, [item("shop: refused \x1b[1m it", "refused"), item("mail: waits", "waiting", "mail")]),
        *(
            HostAtEnd(name, 2, [item(f"no. {remedy}", "credentials_refused", None, remedy)])
            for name in ("web2", "web3")
        ),
        HostAtEnd("web4", 5, []),
    ]

    done = recap(hosts)

    assert done.lines == [
        "Not as declared: 4. As declared: 6 certificates.",
        "web1: shop: refused: refused \\x1b[1m it",
        "web1: mail: waiting: waits",
        f"web2, web3: credentials_refused: no. {remedy}",
    ]
    assert recap([HostAtEnd("web4", 5, [])]).lines == []


def test_long_reason_is_cut_and_the_remedy_stays() -> None:
    (_first, line) = recap([HostAtEnd("web1", 1, [item(f"shop: {'x' * 5000}. Call Ada.", remedy="Call Ada.")])]).lines
    assert line.endswith("... Call Ada.")
    assert len(line) < 400


@pytest.mark.parametrize("code", ReasonCode)
def test_problem_fails_its_host_unless_its_kind_is_left_out(code: ReasonCode) -> None:
    kind = KINDS.get(code)
    default = [FailOn.REFUSED, FailOn.UNREACHABLE, FailOn.EXPIRED]
    problem = item("no", code.value)
    assert fails(problem, []) is (kind is None)
    assert fails(problem, FailOn.values())
    assert fails(problem, default) is (kind is not FailOn.PENDING), (
        "what failed before the variable existed still fails"
    )


def test_pending_order_has_no_problem() -> None:
    reason = {"code": "waiting", "text": "order 1 waits; run again to continue"}
    certificates = [
        {"name": "shop", "state": "pending", "reason": reason, "problem": None},
        {"name": "ev", "state": "pending", "reason": {"code": "waiting_for_people", "text": "Ada decides"}},
        {"name": "mail", "state": "pending", "problem": listed("no")["problems"][0]},
        {"name": "wiki", "state": "issued"},
    ]
    found = pending_orders({"certum__orders": {"hosts": {"web1": {"certificates": certificates}}}}, "web1")
    assert [(each["name"], each["code"]) for each in found] == [("shop", "waiting"), ("ev", "waiting_for_people")]
    assert all("run again to continue" in each["text"] for each in found)


NAMES = ("certum__frozen", "certum__planned", "certum__ended", *RESULTS)


@given(st.dictionaries(st.sampled_from(NAMES), anything(), max_size=6), st.booleans())
def test_results_of_any_shape_are_read(results: dict[str, Any], left: bool) -> None:
    found = at_end({**results, "certum__frozen": FROZEN}, left=left)
    assert found is None or all(isinstance(line, str) for line in recap([found]).lines)
    assert pending_orders(results, "web1") is not None
