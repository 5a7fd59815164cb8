# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host of a group is quiet only if all hosts that the play reaches have the same, and if no host may be late."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch.shared_comparison import compare

ALL = ["web1", "web2", "db1"]
WEB = {"shop": {"group": "web", "members": ["web1", "web2"]}}
GROUPS = {"web1": WEB, "web2": WEB, "db1": {"db": {"group": "db", "members": ["db1"]}}}


def plan(serial_number: str, *, former: bool = False, name: str = "shop") -> dict[str, Any]:
    former_certificate = {"serial_number": "00"} if former else None
    return {"shared": [{"name": name, "state": f"{name} {serial_number}", "former": former_certificate}]}


@pytest.mark.parametrize(
    ("plans", "play", "has_work"),
    [
        ({"web1": plan("0A"), "web2": plan("0A")}, ALL, []),
        ({"web1": plan("0A"), "web2": plan("0B")}, ALL, ["web1", "web2"]),
        ({"web1": plan("0A"), "web2": plan("0A"), "db1": plan("0B", name="db")}, ALL, []),
        ({"web1": plan("0A"), "web2": plan("0A"), "db1": plan("0B")}, ALL, []),
        ({"web1": plan("0A", former=True), "web2": plan("0A")}, ALL, []),
        ({"web1": plan("0A", former=True)}, ["web1"], ["web1"]),
        ({"web1": plan("0A")}, ["web1"], []),
        ({"web1": plan("0A"), "web2": {"shared": [{"name": 1}, None, "x"]}, "db1": "x"}, ALL, []),
    ],
)
def test_host_has_work_if_another_one_has_something_else(plans: Any, play: list[str], has_work: list[str]) -> None:
    found = compare(plans, GROUPS, batch=list(plans), play=play)
    assert [host for host, each in found["hosts"].items() if each["has_work"]] == has_work
    assert found["reason"]["text"].startswith(f"{len(has_work)} of {len(plans)} hosts")


def test_host_of_an_earlier_batch_is_compared_and_gets_no_result() -> None:
    found = compare({"web1": plan("0A"), "web2": plan("0B")}, GROUPS, batch=["web2"], play=ALL)
    assert found["hosts"] == {"web2": {"has_work": True}}
