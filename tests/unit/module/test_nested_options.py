# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options inside a variable: one sentence for each problem, and the values as the operator meant them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.nested_options import check_options, typed_options

SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "common_name": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "days": {"type": "int"},
    "www": {"type": "bool", "default": False},
    "formats": {"type": "list", "elements": "str", "choices": ["der", "jks"]},
    "validation": {"type": "dict", "options": {"webroot": {"type": "path"}}},
    "deploy": {"type": "dict", "options": {"service": {"type": "str", "required": True}, "days": {"type": "int"}}},
    "parts": {"type": "list", "elements": "dict", "options": {"size": {"type": "int"}}},
    "uses": {"type": "raw", "options": {"service": {"type": "str", "required": True}, "days": {"type": "int"}}},
}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "all is well": ({"name": "a", "www": "yes", "days": "7"}, {"name": "a", "www": True, "days": 7}, []),
    "a text is a list of one": ({"name": "a", "formats": "der"}, {"name": "a", "formats": ["der"]}, []),
    "an empty optional value is none": ({"name": "a", "days": None}, {"name": "a"}, []),
    "a misspelt name": (
        {"name": "a", "comon_name": "b"},
        {"name": "a", "common_name": "b"},
        ["comon_name is not an option. The nearest name is common_name."],
    ),
    "a misspelt name beside the right one": (
        {"name": "a", "common_name": "b", "comon_name": "c"},
        {"name": "a", "common_name": "b"},
        ["comon_name is not an option. The nearest name is common_name."],
    ),
    "a misspelt name inside": (
        {"name": "a", "deploy": {"Servce": "nginx"}},
        {"name": "a", "deploy": {"service": "nginx"}},
        ["deploy.Servce is not an option. The nearest name is deploy.service."],
    ),
    "a name of another place": (
        {"name": "a", "webroot": "/srv"},
        {"name": "a"},
        ["webroot is not an option. Write it as validation.webroot."],
    ),
    "a name that is far from all": (
        {"name": "a", "validation": {"zzz": 1}},
        {"name": "a", "validation": {}},
        ["validation.zzz is not an option. The options are: webroot."],
    ),
    "a name that is no text": (
        {"name": "a", "validation": {1: 1}},
        {"name": "a", "validation": {}},
        ["validation.1 is not an option. The options are: webroot."],
    ),
    "a missing option": ({"deploy": {}}, {"deploy": {}}, ["name is missing.", "deploy.service is missing."]),
    "an empty value in place of a default": (
        {"name": "a", "state": None},
        {"name": "a"},
        ["state has no value. Give it a value, or remove it."],
    ),
    "a misspelt choice": (
        {"name": "a", "state": "abscent"},
        {"name": "a", "state": "absent"},
        ["state is abscent, and must be one of: present, absent. The nearest value is absent."],
    ),
    "an unknown choice in a list": (
        {"name": "a", "formats": ["der", "zip"]},
        {"name": "a"},
        ["formats is zip, and must be one of: der, jks."],
    ),
    "wrong types": (
        {"name": "a", "days": "soon", "www": "perhaps", "validation": 7, "deploy": ["x"], "formats": {"der": 1}},
        {"name": "a"},
        [
            "days is soon, and must be a whole number.",
            "www is perhaps, and must be true or false.",
            "formats is a dictionary, and must be a list.",
            "validation is 7, and must be a dictionary.",
            "deploy is a list, and must be a dictionary such as {service: ...}.",
        ],
    ),
    "a list or a dictionary in place of text": (
        {"name": "a", "common_name": ["b"], "validation": {"webroot": {"c": "d"}}},
        {"name": "a", "validation": {}},
        ["common_name is a list, and must be text.", "validation.webroot is a dictionary, and must be text."],
    ),
    "one of them or a list": ({"name": "a", "uses": {"service": "b"}}, {"name": "a", "uses": {"service": "b"}}, []),
    "a list of them": ({"name": "a", "uses": [{"service": "b"}]}, {"name": "a", "uses": [{"service": "b"}]}, []),
    "a text in their place": (
        {"name": "a", "uses": "nginx"},
        {"name": "a"},
        ["uses is nginx, and must be a dictionary such as {service: ...}, or a list of them."],
    ),
    "a text in their list": (
        {"name": "a", "uses": [{"service": "b"}, "nginx"]},
        {"name": "a"},
        ["uses is nginx, and must be a dictionary such as {service: ...}."],
    ),
    "a list in their list": (
        {"name": "a", "uses": [[{"service": "b"}]]},
        {"name": "a"},
        ["uses is a list, and must be a dictionary such as {service: ...}."],
    ),
    "a list of dictionaries": (
        {"name": "a", "parts": [{"size": "1"}, {"sise": 2}]},
        {"name": "a", "parts": [{"size": 1}, {"size": 2}]},
        ["parts.sise is not an option. The nearest name is parts.size."],
    ),
}


@pytest.mark.parametrize(("values", "meant", "problems"), CASES.values(), ids=CASES)
def test_each_problem_is_one_sentence(values: dict[str, Any], meant: dict[str, Any], problems: list[str]) -> None:
    checked = check_options(values, SPEC)

    assert checked.problems == problems
    assert checked.values == meant


def test_unchecked_variables_have_the_types_of_their_options() -> None:
    inner = {"size": {"type": "int"}}
    written: dict[str, Any] = {
        "one": {"type": "raw", "options": inner},
        "many": {"type": "list", "elements": "raw", "options": inner},
        "anything": {"type": "raw"},
    }

    typed = typed_options(written)

    assert [typed["one"]["type"], typed["many"]["type"], typed["many"]["elements"]] == ["dict", "list", "dict"]
    assert typed["anything"] == written["anything"]
