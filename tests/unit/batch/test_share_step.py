# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller decides about shared certificates from the reports of hosts, which may be anything."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch.batch_host import (
    Account,
    BatchHost,
    Settings,
    SharingGroup,
)
from ansible_collections.certops.certum.plugins.module_utils._batch.share_step import Play, share
from ansible_collections.certops.certum.plugins.module_utils._batch.shared_results import with_members
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import PurchasePolicy
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import read_declarations
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
SETTINGS = Settings(1, 1, "no", (), (), PurchasePolicy.ALLOW)
WEB = SharingGroup("web", ("web1", "web2", "web3"))
NOTHING = {"serial_number": "", "not_before": "", "not_after": "", "order_id": "", "due": True}
HAS_IT = {
    "serial_number": "0A",
    "not_before": "2026-11-01T00:00:00Z",
    "not_after": "2027-06-01T00:00:00Z",
    "order_id": "shop-1",
    "due": False,
}


def host(name: str, report: Any, *, password: str = "secret", in_batch: bool = True, **changes: Any) -> BatchHost:
    item: Any = {"name": "shop", "common_name": "shop.example.com", "share": "web", "contact": CONTACT, **changes}
    reported = {"name": "shop", "pending": None, "former": None, **report} if isinstance(report, dict) else report
    return BatchHost(
        name=name,
        account=Account(None, "test", "user", password, None, True),
        settings=SETTINGS,
        items={"shop": item},
        declarations={each.name: each for each in read_declarations([{"state": "present", **item}])},
        planned_removal={},
        reports={"certum__planned": {"shared": [reported]}},
        shared={"shop": WEB},
        in_batch=in_batch,
    )


def former(days: int) -> dict[str, Any]:
    reissued = NOW - timedelta(days=days)
    until = reissued + timedelta(days=14)
    return {
        **HAS_IT,
        "former": {"serial_number": "09", "reissued": f"{reissued:%FT%TZ}", "valid_until": f"{until:%FT%TZ}"},
    }


@pytest.mark.parametrize(("days", "is_warning"), [(0, False), (9, False), (10, True), (13, True)])
def test_late_host_is_reported_and_warned_about_from_day_ten(days: int, is_warning: bool) -> None:
    silent = Play(WEB.members, unreached=["web3", "db1"])
    found = share([host("web1", former(days)), host("web2", HAS_IT)], now=NOW, play=silent)

    (words,) = found["late"]
    until = NOW + timedelta(days=14 - days)
    assert words.startswith("shop: web3 did not answer. Unless an earlier run has supplied it,")
    assert f"the former certificate 09 is in use there, and it is valid until {until:%Y-%m-%d}" in words
    assert found["warnings"] == (found["late"] if is_warning else [])


def test_host_outside_the_play_is_reported_too() -> None:
    limited = Play(["web1", "web2"], unreached=["web2"])
    (words,) = share([host("web1", former(3))], now=NOW, play=limited)["late"]
    assert words.startswith("shop: web2 did not answer, and web3 is not in this play. Unless an earlier run")
    assert words.endswith("Run again with them before that date, or remove them from the group.")


def test_the_first_end_of_a_former_certificate_counts() -> None:
    hosts = [host("web1", former(3)), host("web2", former(5))]
    (words,) = share(hosts, now=NOW, play=Play(["web1", "web2"]))["late"]
    assert f"valid until {NOW + timedelta(days=9):%Y-%m-%d}" in words


@pytest.mark.parametrize(
    ("report", "unreached"), [(HAS_IT, ["web3"]), (former(3), ["db1"]), (former(3), [])], ids=["new", "other", "all"]
)
def test_nobody_is_late_without_a_reissue_or_a_missing_host(report: Any, unreached: list[str]) -> None:
    assert share([host("web1", report)], now=NOW, play=Play(WEB.members, unreached))["late"] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"common_name": "mail.example.com"}, "different names"),
        ({"subject_alt_name": ["a.example.com"], "product": "931"}, "different names, products"),
        ({"key": {"type": "rsa"}}, "different keys"),
        ({"customer": "Example S.A."}, "different customers"),
        ({"password": "another"}, "different accounts of the CA"),
    ],
    ids=str,
)
def test_different_declarations_order_and_send_nothing(change: dict[str, Any], words: str) -> None:
    found = share([host("web1", HAS_IT), host("web2", NOTHING, **change)], now=NOW, play=Play(WEB.members))

    assert found["assignments"] == []
    assert {name: (each["issue"], each["receive"]) for name, each in found["hosts"].items()} == {
        "web1": ([], []),
        "web2": ([], []),
    }
    for each in found["hosts"].values():
        assert words in each["problems"][0]["text"]
    assert "secret" not in str(found)


def test_files_and_services_may_differ() -> None:
    other = host("web2", NOTHING, owner="www", deploy=[{"service": "nginx"}], validation={"webroot": "/srv"})
    found = share([host("web1", HAS_IT), other], now=NOW, play=Play(WEB.members))
    assert found["hosts"]["web2"] == {"issue": [], "receive": ["shop"], "problems": []}


@pytest.mark.parametrize(
    "report",
    [
        {},
        {**HAS_IT, "serial_number": 7},
        {**HAS_IT, "not_before": "yesterday"},
        {**HAS_IT, "not_after": None},
        {**HAS_IT, "not_after": "2027-01-01T00:00:00"},
        {**NOTHING, "pending": "all"},
        {**NOTHING, "pending": {"created": "x"}},
        {**NOTHING, "former": [1]},
    ],
    ids=str,
)
def test_report_that_cannot_be_read_counts_as_nothing(report: dict[str, Any]) -> None:
    found = share([host("web1", HAS_IT), host("web2", report)], now=NOW, play=Play(WEB.members))
    assert found["hosts"]["web2"]["receive"] == ["shop"]
    assert found["hosts"]["web1"]["issue"] == []


def test_host_without_a_plan_takes_no_part() -> None:
    found = share([host("web1", HAS_IT), host("web2", "no dictionary")], now=NOW, play=Play(WEB.members))
    (assignment,) = found["assignments"]
    assert (assignment["members"], assignment["outside"]) == (["web1"], ["web2", "web3"])


def test_certificates_of_two_groups_are_two() -> None:
    db = SharingGroup("db", ("db1",))
    other = host("db1", NOTHING, share="db")
    found = share(
        [host("web1", HAS_IT), BatchHost(**{**vars(other), "shared": {"shop": db}})], now=NOW, play=Play(WEB.members)
    )
    assert {each["group"]: (each["holder"], each["issue"]) for each in found["assignments"]} == {
        "web": ("web1", False),
        "db": ("db1", True),
    }


def test_members_get_the_result_without_certificate_and_problem() -> None:
    found = share([host("web1", NOTHING), host("web2", NOTHING)], now=NOW, play=Play(WEB.members))
    result: Any = {"name": "shop", "certificate": "PEM", "chain": ["PEM"], "root": None, "problem": {"text": "x"}}
    holder: Any = {"certificates": [result], "publish": [result], "problems": [{"text": "x"}]}

    hosts = with_members({"web1": holder}, found["assignments"])

    assert hosts["web1"] == holder
    (copy,) = hosts["web2"]["publish"]
    assert copy["certificate"] is copy["chain"] is copy["problem"] is None
    assert hosts["web2"]["problems"] == []
