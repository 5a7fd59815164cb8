# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects the declared names of several calls and several hosts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.declared_names import (
    Played,
    declared_before,
    declared_here,
    names_not_declared,
    names_of_play,
    problems_with_names,
)

SKIPPED = {"skipped": True}


def values(*declared: str, **more: Any) -> dict[str, Any]:
    return {"path": "/etc/certum", "certificates": [{"name": name} for name in declared], **more}


def frozen(*declared: str) -> dict[str, Any]:
    return {"elsewhere": [], "declared": {"/etc/certum": list(declared)}}


def test_earlier_declarations_are_known_for_the_same_path() -> None:
    before = declared_before({"declared": {"/etc/certum": ["shop"], "/srv": ["mail"]}})
    known = declared_here(before, values("api", declared_elsewhere=["vpn"]))
    assert known == {"/etc/certum": ["api", "shop", "vpn"]}


@pytest.mark.parametrize("odd", [None, SKIPPED, "x", {"declared": "x"}, {"declared": {"/etc/certum": "shop"}}])
def test_no_earlier_call_means_no_declarations(odd: object) -> None:
    assert declared_before(odd) == {}


@pytest.mark.parametrize(
    ("played", "known", "declared"),
    [
        pytest.param(("a", "ab", "ab", "ab"), {"a": frozen("shop"), "b": frozen("mail")}, {"shop", "mail"}, id="first"),
        pytest.param(
            ("b", "ab", "ab", "ab"), {"a": frozen("shop"), "b": frozen("mail")}, None, id="the first host decides"
        ),
        pytest.param(("b", "ab", "ab", "ab"), {"b": frozen("mail")}, {"mail"}, id="the first host is excluded"),
        pytest.param(("a", "a", "ab", "ab"), {"a": frozen("shop")}, None, id="serial: a later batch may declare it"),
        pytest.param(("a", "a", "a", "ab"), {"a": frozen("shop")}, {"shop"}, id="serial: the later host has failed"),
        pytest.param(("b", "b", "ab", "ab"), {"a": frozen("shop"), "b": SKIPPED}, {"shop"}, id="the last batch"),
    ],
)
def test_lockstep_play_knows_names_of_all_hosts(
    played: tuple[str, str, str, str], known: dict[str, Any], declared: set[str] | None
) -> None:
    host, batch, active, everyone = played
    assert names_of_play(Played(host, True, batch, active, everyone), known.get) == declared


def test_play_without_lockstep_does_not_judge_unknown_names() -> None:
    played = Played("b", False, "ab", "ab", "ab")
    assert names_of_play(played, {"b": frozen("mail")}.get) is None
    assert names_of_play(played, {"a": frozen("shop"), "b": frozen("mail")}.get) == {"shop", "mail"}


def test_undeclared_name_is_a_problem_with_the_nearest() -> None:
    missing = names_not_declared(values(replace=["shp", "mail"], order_again=["api"]), {"shop", "mail"})
    assert missing == {"replace": ["shp"], "order_again": ["api"]}
    shp, api = problems_with_names(missing, {"shop", "mail"})
    assert "certum_replace names shp" in shp.text
    assert "Declared are: mail, shop. The nearest name is shop." in shp.text
    assert "certum_order_again names api" in api.text
    (alone,) = problems_with_names({"replace": ["shop"]}, ())
    assert "Declared are: none. Nothing was done" in alone.text
