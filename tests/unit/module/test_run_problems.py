# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of one host in a run."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.run_problems import (
    NO_MESSAGE,
    OWN_RESULTS,
    RESULTS,
    RESULTS_FOR_HOSTS,
    run_problems,
)
from hypothesis import given
from hypothesis import strategies as st

HOST = "web1"


def listed(*texts: str) -> dict[str, Any]:
    return {"problems": [{"code": "refused", "text": text} for text in texts]}


def texts(results: dict[str, Any], host: str) -> list[str]:
    return [problem["text"] for problem in run_problems(results, host)]


SENT = {
    "certum__sealed": {
        "results": [listed("web2 has no key"), {"msg": "web3 has no python"}, {"sealed": [], **listed()}]
    }
}
UNREACHED = {"unreachable": True, "item": {"host": "web0"}, "msg": "Failed to connect"}
RETURNED = {**listed(), "item": {"host": "web4"}}
CRASHED = {"msg": "web5 has no python", "item": {"host": "web5"}}
EARLIER = {"certum__returned_earlier": {"results": [UNREACHED, RETURNED, listed("web3 keeps it"), CRASHED]}}


@pytest.mark.parametrize("name", OWN_RESULTS)
def test_each_task_of_the_host_reports_its_problems(name: str) -> None:
    assert texts({name: listed("a", "b")}, HOST) == ["a", "b"]


@pytest.mark.parametrize("name", RESULTS_FOR_HOSTS)
def test_a_task_for_a_batch_reports_the_problems_of_this_host(name: str) -> None:
    assert texts({name: {"hosts": {HOST: listed("mine"), "web2": listed("other")}}}, HOST) == ["mine"]


@pytest.mark.parametrize(
    ("results", "problems"),
    [
        pytest.param({}, [], id="nothing registered"),
        pytest.param({"certum__staged": {"skipped": True}}, [], id="skipped"),
        pytest.param({"certum__staged": {"msg": "no python"}}, ["no python"], id="could not work at all"),
        pytest.param({"certum__staged": {"msg": "", **listed()}}, [], id="an empty message is no problem"),
        pytest.param({"certum__staged": {"failed_when_result": False}}, [NO_MESSAGE], id="failed without a message"),
        pytest.param(
            {"certum__staged": listed("same"), "certum__installed": listed("same")}, ["same"], id="each text once"
        ),
        pytest.param(SENT, [], id="a key that another host waits for"),
        pytest.param(
            {**SENT, "certum__supply": {"hosts": {HOST: {"transfers": [{"name": "shop"}]}}}},
            ["web2 has no key", "web3 has no python"],
            id="a key that this host waits for",
        ),
        pytest.param(EARLIER, [], id="this host did not roll back"),
        pytest.param(
            {**EARLIER, "certum_deploy__deployed": {"rolled_back": ["shop"], **listed("handshake failed")}},
            [
                "handshake failed",
                "These hosts did not answer, so they keep the new certificate: web0. Remove the cause of the "
                "failure, then run again with these hosts.",
                "These hosts of earlier batches rolled back to the previous certificate too: web4",
                "web3 keeps it",
                "web5 has no python",
            ],
            id="this host rolled back",
        ),
    ],
)
def test_problems_are_found(results: dict[str, Any], problems: list[str]) -> None:
    assert texts(results, HOST) == problems


def anything() -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["problems", "hosts", "results", "msg", "text", "transfers", "item", "unreachable", HOST])
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(keys, part, max_size=4),
        max_leaves=12,
    )


@given(st.dictionaries(st.sampled_from(RESULTS), anything(), max_size=6))
def test_a_result_of_any_shape_is_read(results: dict[str, Any]) -> None:
    assert all(isinstance(text, str) for text in texts(results, HOST))
