# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records for the operator's own tasks name all values that a name has to have afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch import record_tasks as tasks
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import DnsProvider
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_routing import Route

HOST: Any = None
OURS = DnsProvider("tasks", options={"file": "/dns.yml"})
OTHER = DnsProvider("powerdns")


def route(value: str, *, name: str = "_certum.example.com", kind: str = "TXT", provider: DnsProvider = OURS) -> Route:
    return Route(wanted=name, name=name, type=kind, value=value, zone="example.com", provider=provider)


@pytest.mark.parametrize(
    ("there", "present", "absent", "expected"),
    [
        (set(), ["a"], [], {"present": {"a": ["a"]}}),
        ({"old"}, ["a", "b"], [], {"present": {"a": ["a", "b", "old"], "b": ["a", "b", "old"]}}),
        ({"old", "a"}, [], ["a"], {"absent": {"a": ["old"]}}),
        ({"a"}, [], ["a"], {"absent": {"a": []}}),
        ({"old", "a"}, ["b"], ["a"], {"present": {"b": ["b", "old"]}, "absent": {"a": ["old"]}}),
    ],
)
def test_all_values_of_a_name_are_given(
    monkeypatch: pytest.MonkeyPatch,
    there: set[str],
    present: list[str],
    absent: list[str],
    expected: dict[str, dict[str, list[str]]],
) -> None:
    monkeypatch.setattr(tasks, "_values", lambda *_details: there)
    found = tasks.record_tasks(
        HOST,
        present=[(HOST, route(value)) for value in present],
        absent=[(HOST, route(value)) for value in absent],
    )
    for state in ("present", "absent"):
        records = [record for file in found[state] for record in file["records"]]  # type: ignore[literal-required]
        assert {record["value"]: record["all_values"] for record in records} == expected.get(state, {})


def test_records_are_grouped_by_file_and_others_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_values", lambda *_details: set())
    second = DnsProvider("tasks", zones=("example.net",), options={"file": "/other.yml"}, ttl=300)
    routes = [route("a"), route("a", provider=second), route("a", provider=OTHER), route("c.certum.pl", kind="CNAME")]
    (first, other) = tasks.record_tasks(HOST, present=[(HOST, each) for each in routes], absent=[])["present"]
    assert (first["file"], [each["type"] for each in first["records"]]) == ("/dns.yml", ["TXT", "CNAME"])
    assert (other["file"], [each["ttl"] for each in other["records"]]) == ("/other.yml", [300])
