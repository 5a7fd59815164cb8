# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chooses the validation method of declarations that leave it open, if certum_dns is set."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import read_declarations
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.dns_methods import (
    WAYS,
    why_nobody_publishes,
    with_default_method,
)

from .test_declaration import SHOP


@pytest.mark.parametrize(
    ("own", "defaults", "method"),
    [
        ({}, {}, "dns_txt_prefix"),
        ({"validation": {}}, {}, "dns_txt_prefix"),
        ({"validation": None}, {"method": None}, "dns_txt_prefix"),
        ({"validation": {"admin_prefix": "admin"}}, {}, "dns_txt_prefix"),
        ({"validation": {"webroot": "/var/www"}}, {}, None),
        ({"validation": {"method": "file"}}, {}, "file"),
        ({"validation": {"method": "dns_cname"}}, {}, "dns_cname"),
        ({}, {"webroot": "/var/www"}, None),
        ({}, {"method": "admin"}, None),
    ],
)
def test_open_method_becomes_dns_txt_prefix(own: dict[str, Any], defaults: dict[str, Any], method: str | None) -> None:
    found = with_default_method({"name": "shop", **own}, defaults)
    assert (found.get("validation") or {}).get("method") == method
    assert {**found, "validation": None} == {"name": "shop", **own, "validation": None}


def test_wrong_types_are_left_to_the_argument_spec() -> None:
    assert with_default_method({"validation": "dns"}, {}) == {"validation": "dns"}


@pytest.mark.parametrize(
    ("method", "needs_provider"),
    [("file", False), ("admin", False), ("dns_txt", True), ("dns_txt_prefix", True), ("dns_cname", True)],
)
def test_only_records_need_a_provider(method: str, needs_provider: bool) -> None:
    validation = {"method": method, "webroot": "/var/www", "admin_prefix": "admin"}
    (declaration,) = read_declarations([{**SHOP, "validation": validation}])
    assert bool(why_nobody_publishes(declaration)) is needs_provider
    assert all(way in WAYS for way in ("(1)", "(2)", "(3)", "manual"))
