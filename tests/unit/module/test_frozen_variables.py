# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of variables and facts, and values as built-in types."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.frozen_variables import (
    FreezeError,
    misspelt_names,
    plain,
    refuse_facts,
    works_in_lockstep,
)
from ansible_collections.certops.certum.plugins.module_utils._module.misspelt_variables import (
    unknown_variables,
    warnings_about,
)

KNOWN = ("certum_certificates", "certum_contact", "certum_wait_timeout", "certum_api_password", "certum_path")


@pytest.mark.parametrize(
    ("name", "nearest", "is_misspelt"),
    [
        ("certum_certificate", "certum_certificates", True),
        ("certum_contacts", "certum_contact", True),
        ("certum_wait_timout", "certum_wait_timeout", True),
        ("certum_api_passwd", "certum_api_password", True),
        ("certum_Path", "certum_path", True),
        ("certum_certs", "certum_certificates", False),
        ("certum_domain_of_our_shop", None, False),
        ("certum_x", None, False),
    ],
)
def test_unknown_variable_has_a_near_name_or_none(name: str, nearest: str | None, is_misspelt: bool) -> None:
    (found,) = unknown_variables([name, *KNOWN, "other"], KNOWN)

    assert found.is_misspelt is is_misspelt
    assert found.nearest == nearest
    (words,) = (misspelt_names if is_misspelt else warnings_about)([found])
    assert words.startswith(f"{name} is not a variable of this collection.")
    assert (f"The nearest name is {nearest}." in words) is (nearest is not None)


def test_known_and_internal_names_are_not_unknown() -> None:
    assert unknown_variables([*KNOWN, "certum__frozen", "certum_deploy__deployed", "my_certum_x"], KNOWN) == []


@pytest.mark.parametrize("name", ["certum_api_url", "certum__frozen", "inventory_hostname", "groups"])
def test_fact_that_replaces_a_variable_is_refused(name: str) -> None:
    with pytest.raises(FreezeError, match=f"host web1 set {name}.*do not trust this host"):
        refuse_facts(["os_family", name], host="web1")


def test_usual_facts_are_accepted() -> None:
    refuse_facts(["os_family", "distribution", "services", "local"], host="web1")


@pytest.mark.parametrize(
    ("strategy", "is_in_lockstep"),
    [
        ("linear", True),
        ("ansible.builtin.linear", True),
        ("debug", True),
        ("free", False),
        ("ansible.builtin.free", False),
        ("host_pinned", False),
        ("somebody.elses.strategy", False),
        ("", False),
    ],
)
def test_only_known_strategies_have_one_task_for_all(strategy: str, is_in_lockstep: bool) -> None:
    assert works_in_lockstep(strategy) is is_in_lockstep


class Tagged(str):
    """A value that Ansible marks as coming from a host."""


def test_values_become_built_in_types() -> None:
    value: dict[Any, Any] = {Tagged("a"): [Tagged("b"), 1, 1.5, True, None, (Tagged("c"),)], 2: {"d": Tagged("")}}

    found = plain(value)

    assert found == {"a": ["b", 1, 1.5, True, None, ["c"]], "2": {"d": ""}}
    assert {type(key) for key in found} == {str}
    assert [type(each) for each in found["a"]] == [str, int, float, bool, type(None), list]
    assert [type(each) for each in found["2"].values()] == [str]
