# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the requests that an edit of a declaration makes against the table in the role's README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.conformance.issuance.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

README = Path(__file__).parents[3] / "roles/certum/README.md"
NOTHING, REISSUE, ORDER = "nothing", "a reissue", "an order"
COST = {NOTHING: "none", REISSUE: "none", ORDER: "paid"}
MULTI_DOMAIN = {"product": "commercial_multidomain_ssl"}
OTHER_CONTACT = {"first_name": "Eva", "last_name": "Nowak", "email": "eva@example.com"}
SIMPLE = {
    "validation": {"validation": {"method": "dns_txt_prefix"}},
    "contact": {"contact": OTHER_CONTACT},
    "customer": {"customer": "ACME"},
    "formats": {"formats": ["der"]},
    "deploy": {"deploy": [{"service": "nginx", "verify": ["shop.example.com:443"]}]},
    "owner": {"owner": "root"},
    "mode": {"mode": "0640"},
    "key": {"key": {"type": "rsa", "size": 2048}},
    "product": MULTI_DOMAIN,
    "name": {"name": "store"},
}


def rows() -> dict[str, tuple[str, str]]:
    """Return the table: the request and its cost, by the words of the edit."""
    table = README.read_text(encoding="utf-8").partition("| edit of a declaration |")[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {edit: (request, cost) for edit, request, cost in cells}


def edits() -> dict[str, str]:
    """Return the edits of the table, and the request of each."""
    found: dict[str, str] = {}
    for words, (request, dummy) in rows().items():
        options = [option for option in re.findall(r"`(\w+)`", words) if option in SIMPLE]
        found.update(dict.fromkeys(options or [words], request.partition(",")[0]))
    return found


def more_names(item: dict[str, Any]) -> list[str]:
    return [f"more.{item['common_name']}"]


def edit(fleet: Fleet, item: dict[str, Any], words: str) -> None:
    if words in SIMPLE:
        item.update(SIMPLE[words])
    elif "common_name" in words:
        item["common_name"] = f"new.{item['common_name']}"
    elif words.startswith("one more name"):
        item["subject_alt_name"] = more_names(item)
    elif words.startswith("the same names"):
        (other,) = fleet.add("web2").variables["certificates"]
        other["common_name"] = item["common_name"]
    elif words.startswith("moved to another host"):
        (moved,) = fleet.add("web2").variables["certificates"]
        moved.update(item)
        if "with the customer" in words:
            moved["customer"] = "web1/shop"
        del fleet.hosts["web1"]
    elif words.startswith("one name less"):
        del item["subject_alt_name"]
    else:
        raise AssertionError(f"unknown edit: {words}")


def test_table_names_the_cost_of_each_request() -> None:
    assert {cost == COST[request.partition(",")[0]] for request, cost in rows().values()} == {True}
    assert len(edits()) > 12


@pytest.mark.parametrize(("words", "request_of_ca"), edits().items(), ids=list(edits()))
def test_edit_makes_the_request_of_the_table(
    start_world: Callable[..., World], tmp_path: Path, words: str, request_of_ca: str
) -> None:
    fleet = Fleet(start_world(), tmp_path)
    host = fleet.add("web1")
    (item,) = host.variables["certificates"]
    if words.startswith("one "):
        item.update(MULTI_DOMAIN)
    if words.startswith("one name less"):
        item["subject_alt_name"] = more_names(item)
    for name in item.get("subject_alt_name", ()):
        fleet.verified[name] = fleet.verified[item["common_name"]]
    fleet.run()
    assert host.serial_number()
    fleet.world.sandbox.clear_calls()

    edit(fleet, item, words)
    fleet.look()
    fleet.step("order")

    requests = {"quickOrder": ORDER, "renewCertificate": ORDER, "reissueCertificate": REISSUE}
    assert [requests[each] for each in fleet.operations() if each in requests] == [request_of_ca] * (
        request_of_ca != NOTHING
    )
