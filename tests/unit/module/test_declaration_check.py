# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations of one host: which can be used, and all problems of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._module.declaration_check import (
    CheckedVariables,
    check_variables,
)
from ansible_collections.certops.certum.plugins.module_utils._module.nested_options import typed_options

SPECS = Path(__file__).parents[3] / "roles/certum/meta/argument_specs.yml"
OPTIONS = typed_options(yaml.safe_load(SPECS.read_text())["argument_specs"]["main"]["options"])
CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}


def item(name: str = "shop", **changes: Any) -> dict[str, Any]:
    return {"name": name, "common_name": f"{name}.example.com", "validation": {"webroot": "/srv"}, **changes}


def checked(*items: Any, **variables: Any) -> CheckedVariables:
    return check_variables({"certum_certificates": list(items), "certum_contact": CONTACT, **variables}, OPTIONS)


def names(items: Any) -> list[Any]:
    return [each["name"] if isinstance(each, dict) else each for each in items]


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ([{"name": "shop", "deploy": {"service": "nginx", "verify": ["a:443"]}, "common_name": "a.example"}], []),
        ([{"name": "shop", "deploy": [{"service": "nginx"}]}, {"name": "mail"}], []),
        (
            [{"name": "shop", "deploy": {"service": "nginx", "verfy": []}}],
            ["shop: deploy.verfy is not an option. The nearest name is deploy.verify."],
        ),
        (
            [{"name": "shop", "deploy": "nginx"}, "mail"],
            [
                "shop: deploy is nginx, and must be a dictionary such as {service: ...}, or a list of them.",
                "certum_deploy_certificates[1]: a declaration must be a dictionary of options, such as {name: shop",
            ],
        ),
        ([{"name": "shop", "deploy": {"verify": []}}], ["shop: deploy.service is missing."]),
        ({"name": "shop"}, ["certum_deploy_certificates is a dictionary, and must be a list of declarations, such as"]),
    ],
    ids=str,
)
def test_deployed_certificates_are_checked_like_declarations(value: object, problems: list[str]) -> None:
    options = {"certum_deploy_certificates": OPTIONS["certum_certificates"]}
    found = check_variables({"certum_deploy_certificates": value}, options)
    assert len(found.problems) == len(problems), found.problems
    for problem, words in zip(found.problems, problems):
        assert problem.startswith(words)
    assert found.values == {"certum_deploy_certificates": value}


ABSENT = {"name": "shop", "state": "absent"}
BAD: dict[str, tuple[list[Any], dict[str, Any], list[Any], list[str]]] = {
    "a misspelt option": ([item(comon_name="x")], {}, ["shop"], ["shop: comon_name is not an option. The nearest"]),
    "options and contents in one run": (
        [item(deploy={"servce": "nginx"}, key={"type": "rsa", "size": 1024})],
        {},
        ["shop"],
        ["shop: deploy.servce is not an option", "shop: key size 1024 is not offered"],
    ),
    "a corrected option has no problem of its own": (
        [{"name": "shop", "comon_name": "shop.example.com", "validation": {"webroot": "/srv"}}],
        {},
        ["shop"],
        ["shop: comon_name is not an option"],
    ),
    "one name twice": ([item(), ABSENT], {}, ["shop", "shop"], ["shop: declared 2 times"]),
    "one name twice, one of them misspelt": (
        [item(), {**ABSENT, "sate": "absent"}],
        {},
        ["shop", "shop"],
        ["shop: sate is not an option", "shop: declared 2 times"],
    ),
    "the same names twice": (
        [item(), item("shop2", common_name="shop.example.com")],
        {},
        ["shop", "shop2"],
        ["shop, shop2: the same names are declared"],
    ),
    "the same names as a bad declaration": (
        [item(), item("shop2", common_name="shop.example.com", sate="present")],
        {},
        ["shop", "shop2"],
        ["shop2: sate is not an option", "shop, shop2: the same names are declared"],
    ),
    "no service": (
        [item("a", deploy={"verify": ["127.0.0.1:443"]}), item("b", deploy=[{}])],
        {},
        ["a", "b"],
        ["a: deploy.service is missing", "b: deploy.service is missing"],
    ),
    "a service twice": ([item(deploy=[{"service": "nginx"}] * 2)], {}, ["shop"], ["shop: deploy names nginx twice"]),
    "a port that is none": ([item(validation={"http_port": -1})], {}, ["shop"], ["shop: validation.http_port is -1"]),
    "no name": ([item(name="")], {}, [""], ["certum_certificates[1]: name is missing."]),
    "a name with a blank": ([item("a b", common_name="x.example.com")], {}, ["a b"], ["a b: name is used for a direc"]),
    "no dictionary": (["shop"], {}, ["shop"], ["certum_certificates[1]: a declaration must be a dictionary"]),
    "against the policy": (
        [item(product="commercial_wildcard_ssl", validation={"method": "dns_txt_prefix"}, common_name="*.example.com")],
        {"certum_policy": {"wildcards": False}},
        ["shop"],
        ["shop: the policy of this host does not allow wildcards"],
    ),
    "no passphrase": ([item(formats=["jks"])], {}, ["shop"], ["shop: jks needs a passphrase"]),
    "changed by YAML": ([item(customer=False)], {}, ["shop"], ["shop: customer must be text, but YAML read it as"]),
    "share changed by YAML": ([item(share=True)], {}, ["shop"], ["shop: share must be text, but YAML read it as"]),
}


@pytest.mark.parametrize(("items", "variables", "refused", "lines"), BAD.values(), ids=BAD)
def test_bad_declaration_is_refused_and_no_other(
    items: list[Any], variables: dict[str, Any], refused: list[Any], lines: list[str]
) -> None:
    found = checked(item("wiki"), *items, **variables)

    assert (found.problems, names(found.declared.usable), names(found.declared.refused)) == ([], ["wiki"], refused)
    assert len(found.declared.lines) == len(lines), found.declared.lines
    for line, words in zip(found.declared.lines, lines):
        assert line.startswith(words)
    (problem,) = found.declared.problems()
    assert "The other declarations of this host are not affected." in problem["remedy"]
    assert names(found.values["certum_certificates"]) == ["wiki"]
    assert names(found.values["certum_refused"]) == refused


def test_good_declarations_are_all_usable() -> None:
    items = [
        item(),
        item("wiki", formats=["jks"], deploy={"service": "nginx", "probe": ["127.0.0.1:443"]}),
        "name=mail",
    ]
    given = {"wiki": "correct horse", "unknown": "short"}
    found = checked(*items[:2], {"name": "mail", "state": "absent"}, certum_passphrases=given)

    assert (found.problems, found.declared.problems()) == ([], [])
    assert names(found.values["certum_certificates"]) == ["shop", "wiki", "mail"]
    assert found.values["certum_passphrases"] == {"wiki": "correct horse"}


GENERAL: dict[str, tuple[dict[str, Any], str]] = {
    "misspelt": ({"certum_contact": {"emial": "x@example.com"}}, "certum_contact.emial is not an option. The nearest"),
    "no dictionary": ({"certum_validation": "file"}, "certum_validation is file, and must be a dictionary."),
    "a limit that is none": (
        {"certum_policy": {"max_names": 0}},
        "certum_policy: max_names is 0; set it to 1",
    ),
    "changed by YAML": ({"certum_customer": 1.5}, "certum_customer must be text, but YAML read it as the number 1.5."),
}


@pytest.mark.parametrize(("variables", "words"), GENERAL.values(), ids=GENERAL)
def test_problem_of_a_general_variable_concerns_the_host(variables: dict[str, Any], words: str) -> None:
    (problem,) = checked(item(), **variables).problems

    assert problem.startswith(words)
