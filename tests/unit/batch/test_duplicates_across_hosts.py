# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds hosts of an inventory that declare the same names, by their variables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch import duplicates_across_hosts
from ansible_collections.certops.certum.plugins.module_utils._module.raw_declarations import claimed

SHOP = {"name": "shop", "common_name": "shop.example.com"}
BOTH = {"web1": {"shop": "shop of web2"}, "web2": {"shop": "shop of web1"}}


def duplicates(given: dict[str, dict[str, Any]]) -> dict[str, dict[str, str]]:
    return duplicates_across_hosts.duplicates({host: claimed(values) for host, values in given.items()})


def variables(*items: Any, **more: Any) -> dict[str, Any]:
    return {"certificates": list(items), **more}


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (variables(SHOP), BOTH),
        (variables({**SHOP, "www": True}), BOTH),
        (variables(SHOP, key={"type": "ec"}, api_environment="test"), BOTH),
        (variables(SHOP, api_url="{{ somewhere }}"), BOTH),
        (variables({**SHOP, "subject_alt_name": "shop.example.com"}), BOTH),
        (variables({**SHOP, "www": "yes", "subject_alt_name": "www.shop.example.com,shop.example.com"}), BOTH),
        (variables('{"name": "shop", "common_name": "shop.example.com"}'), BOTH),
        (variables("name=shop common_name=shop.example.com"), BOTH),
        (variables(SHOP, key="type=rsa"), {}),
        (variables(SHOP, key={"type": "rsa"}), {}),
        (variables(SHOP, api_url="https://test.example/"), {}),
        (variables({**SHOP, "state": "absent"}), {}),
        (variables({**SHOP, "common_name": "{{ inventory_hostname }}"}), {}),
        (variables({**SHOP, "common_name": "mail.example.com"}), {}),
        (variables({**SHOP, "common_name": 7}, {**SHOP, "common_name": "-"}, "shop", None), {}),
        ({"certificates": "{{ declared_elsewhere }}"}, {}),
        ({}, {}),
    ],
)
def test_hosts_with_the_same_names_are_found(other: dict[str, Any], found: dict[str, dict[str, str]]) -> None:
    assert duplicates({"web1": variables(SHOP, api_url="https://ca.example/"), "web2": other}) == found


def test_declarations_that_allow_each_other_are_no_duplicates() -> None:
    allowed = {**SHOP, "allow_duplicate": True}
    assert duplicates({"web1": variables(allowed), "web2": variables(allowed)}) == {}
    assert duplicates({"web1": variables(allowed), "web2": variables({**SHOP, "allow_duplicate": "yes"})}) == {}
    assert duplicates({"web1": variables(allowed), "web2": variables(SHOP)}) == BOTH


SHARED = {**SHOP, "share": "web"}


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (SHARED, {}),
        ({**SHARED, "share": "{{ the_group }}"}, {}),
        (
            {**SHARED, "share": "mail"},
            {"web1": {"shop": "shop of web2 with share: mail"}, "web2": {"shop": "shop of web1 with share: web"}},
        ),
        (SHOP, {"web1": {"shop": "shop of web2"}, "web2": {"shop": "shop of web1 with share: web"}}),
        (
            {**SHARED, "name": "store"},
            {"web1": {"shop": "store of web2 with share: web"}, "web2": {"store": "shop of web1 with share: web"}},
        ),
    ],
)
def test_shared_certificate_is_no_duplicate_in_its_group(other: dict[str, Any], found: dict[str, Any]) -> None:
    assert duplicates({"web1": variables(SHARED), "web2": variables(other)}) == found


def test_many_hosts_are_abbreviated() -> None:
    found = duplicates({f"web{number}": variables(SHOP) for number in range(9)})
    assert found["web0"]["shop"] == "shop of web1, shop of web2, shop of web3, shop of web4, shop of web5 and 3 more"
