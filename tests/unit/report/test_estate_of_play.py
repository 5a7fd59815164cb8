# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate has every host of a play, whatever its tasks returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.estate import Estate
from ansible_collections.certops.certum.plugins.module_utils._handover.problems import Problem
from ansible_collections.certops.certum.plugins.module_utils._report.estate_of_play import HostResults, estate_of
from ansible_collections.certops.certum.plugins.module_utils._report.reported_certificate import MOST_CERTIFICATES
from ansible_collections.certops.certum.tests.support.shapes import differences
from ansible_collections.certops.certum.tests.unit.report.reported import NOW, day, host, info, pending
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

PROBLEM = Problem("certum_key is wrong", "").shown()
EVIL = "\x1b[2J<b>\u202e{{ 1 }}"


def built(*hosts: HostResults, **options: Any) -> Estate:
    found = estate_of(hosts, now=NOW, **options)
    assert list(differences(found, Estate)) == []
    return found


@pytest.mark.parametrize(
    ("results", "state", "words"),
    [
        (HostResults("web1", None, None), "failed", "took no part"),
        (HostResults("web1", {"unreachable": True, "msg": EVIL}, None), "unreachable", "\\x1b[2J<b>\\u202e{{ 1 }}"),
        (HostResults("web1", {"msg": "it is missing.", "failed": False}, {}), "failed", "it is missing"),
        (HostResults("web1", {"skipped": True}, {"problems": [PROBLEM]}), "failed", "certum_key is wrong"),
        (HostResults("web1", {"certificates": {"a": 1}}, {}), "failed", "sent no report"),
        (HostResults("web1", [1], {}), "failed", "took no part"),
        (host("web1", refused=[PROBLEM]), "reported", "certum_key is wrong"),
        (host("web1", {"name": EVIL}), "reported", "certificate 1 of its report: "),
    ],
)  # fmt: skip
def test_every_host_is_in_the_report(results: HostResults, state: str, words: str) -> None:
    (found,) = built(results)["hosts"]
    assert (found["name"], found["state"]) == ("web1", state)
    assert words in found["problems"][0]["text"]
    assert found["problems"][0]["text"].isprintable()


def test_host_without_the_role_is_left_out() -> None:
    assert built(HostResults("web1", {"skipped": True}, None))["hosts"] == []


WRONG: list[dict[str, Any]] = [
    {"name": "../x"},
    {"name": 7},
    {"state": "fine"},
    {"declared": "yes"},
    {"names": "shop"},
    {"names": ["x"] * 500},
    {"reason": None},
    {"reason": {"code": "made_up", "text": ""}},
    {"not_after": "soon"},
    {"not_after": "9999-12-31T00:00:00Z"},
    {"remaining_days": -1},
    {"remaining_days": 10**30},
    {"remaining_percentage": float("nan")},
    {"order": {"order_id": "x"}},
    {"former": []},
    {"operation": "buy"},
    {"services": [{"service": 1, "addresses": []}]},
]


@pytest.mark.parametrize("change", WRONG, ids=lambda change: str(change)[:40])
def test_value_of_the_wrong_kind_is_refused_and_the_others_are_kept(change: dict[str, Any]) -> None:
    found = built(host("evil", {**info(), **change}, info("mail")), host("web1", info()))
    assert [(each["host"], each["name"]) for each in found["certificates"]] == [("evil", "mail"), ("web1", "shop")]
    (problem,) = found["hosts"][0]["problems"]
    (key,) = change
    assert f"certificate 1 of its report: {key}" in problem["text"]
    assert problem["remedy"].startswith("Find out who changed the host")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.sampled_from([*info(), "code", "text"]), each, max_size=4)
    ),
    max_leaves=10,
)


@given(change=st.dictionaries(st.sampled_from([*info()]), JUNK, max_size=3))
def test_any_value_leads_to_an_estate_of_the_declared_shape(change: dict[str, Any]) -> None:
    found = built(host("evil", {**info(), **change}, change))
    texts = [each["common_name"] or "" for each in found["certificates"]]
    assert all(text.isprintable() for text in texts)


def test_many_and_double_certificates_are_limited() -> None:
    found = built(host("evil", *[{}] * MOST_CERTIFICATES, info()), host("web1", info(), info()))
    assert f"{MOST_CERTIFICATES} are read" in found["hosts"][0]["problems"][-1]["text"]
    assert [each["host"] for each in found["certificates"]] == ["web1"]
    assert "shop is reported twice" in found["hosts"][1]["problems"][0]["text"]


def formers(certificates: Sequence[Any]) -> dict[str, str | None]:
    return {each["host"]: each["former"] and each["former"]["valid_until"] for each in certificates}


def test_host_of_a_group_without_the_reissue_has_the_former_certificate() -> None:
    """It cannot know of the reissue. A certificate from the future, or of another group, says nothing."""
    shared = {"share": "web", "order_id": "shop-1"}
    old, new = info(**shared), info(**shared, serial_number="CD34", not_before=day(-3), not_after=day(196))
    found = built(host("web1", new), host("web2", old), host("web3", info()))
    assert formers(found["certificates"]) == {"web1": None, "web2": day(11), "web3": None}
    liar = {**new, "not_before": day(50)}
    assert formers(built(host("web1", liar), host("web2", old))["certificates"]) == {"web1": None, "web2": None}


def totals(*hosts: HostResults) -> list[tuple[int, int]]:
    """Return the purchases and reissues of each forecast."""
    found = built(*hosts)["forecasts"]
    return [tuple(sum(month[key] for month in each["months"]) for key in ("purchases", "reissues")) for each in found]  # type: ignore[literal-required,misc]


def test_forecast_is_about_certificates_that_runs_renew() -> None:
    assert totals(host("web1", info(declared=False), info("old", state="absent"))) == [(0, 0)] * 3
    one = totals(host("web1", info()))
    assert [purchases for purchases, dummy in one] == [1, 1, 1]
    assert [reissues for dummy, reissues in one] == sorted(reissues for dummy, reissues in one)
    assert totals(host("web1", info()), host("web2", info())) == [(2 * each, 2 * free) for each, free in one]
    shared = [host(name, info(share="web")) for name in ("web1", "web2")]
    assert totals(*shared) == one, "a group orders once"
    missing = dict.fromkeys(("serial_number", "not_before", "not_after", "due_at", "term_end"))
    ordered = totals(host("web1", info(**missing, operation="order")))
    placed = totals(host("web1", info(**missing, operation=None, order=pending())))
    assert [each[0] - other[0] for each, other in zip(ordered, placed, strict=True)] == [1, 1, 1]
    refused = totals(host("web1", info(**missing, operation=None, order=pending(waits_for="operator"))))
    assert refused == ordered


def test_limited_report_says_so() -> None:
    found = built(host("web1", info()), limit="web1\x1b")
    assert found["limit"] == "web1\\x1b"
    assert found["problems"][0]["text"].endswith("Run the playbook without --limit for a report of all hosts.")
