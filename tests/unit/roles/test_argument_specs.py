# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a declaration are described twice, for the modules and for the role. Both have the same words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.certops.certum.plugins.doc_fragments import _api, _declaration, _store, _wait
from ansible_collections.certops.certum.plugins.module_utils._module.nested_options import check_options, typed_options
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import (
    declaration_options,
    defaults_options,
)
from ansible_collections.certops.certum.plugins.modules import certum_install, certum_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = Path(__file__).parents[3] / "roles"
TYPED = ("type", "elements", "required", "choices", "default")


def options_of(role: str) -> dict[str, Any]:
    return typed_options(written_options(role))


def written_options(role: str) -> dict[str, Any]:
    specs = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())
    options: dict[str, Any] = specs["argument_specs"]["main"]["options"]
    return options


@pytest.mark.parametrize("role", ["certum", "certum_deploy"])
def test_ansible_does_not_check_options_inside_variables(role: str) -> None:
    """With each problem that it finds, Ansible prints the whole argument spec. certum_freeze reports one sentence."""
    nested = {name: option for name, option in written_options(role).items() if "options" in option}
    bad = [{"mispelt": 1}, {"name": {}}]
    values = {name: bad if option["type"] == "list" else bad[0] for name, option in nested.items()}

    assert ArgumentSpecValidator(nested).validate(values).error_messages == []
    for name, option in nested.items():
        problems = check_options({name: values[name]}, typed_options({name: option})).problems
        assert any("mispelt is not an option" in problem for problem in problems), name


def shape(options: dict[str, Any]) -> dict[str, Any]:
    """Return types and limits without the words."""
    return {
        name: {key: option[key] for key in TYPED if key in option} | {"options": shape(option.get("options", {}))}
        for name, option in options.items()
    }


def test_declaration_is_equal_for_role_and_modules() -> None:
    module = shape(declaration_options()["certificates"]["options"])
    deploy = module["deploy"]
    deploy["options"]["probe"] = deploy["options"]["verify"]  # an alias; the argument spec of a role has none
    deploy["type"] = "raw"  # one dictionary or a list; the modules make a list of it before Ansible checks the options
    del deploy["elements"]
    assert shape(options_of("certum")["certum_certificates"]["options"]) == module


def documented(text: str) -> dict[str, Any]:
    """Return the options that a fragment describes."""
    options: dict[str, Any] = yaml.safe_load(text)["options"]
    return options


def sentences(option: dict[str, Any]) -> list[str]:
    """Return the description as a list, with the links of a module as those of the role."""
    description = option["description"]
    each = [description] if isinstance(description, str) else description
    return [
        str(text).replace("O(certificates[]", "O(certum_certificates[]").replace(".deploy[].", ".deploy.")
        for text in each
    ]


def words(options: dict[str, Any], where: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the path and the description of every option, those within others too."""
    for name, option in options.items():
        yield f"{where}{name}", sentences(option)
        yield from words(option.get("suboptions") or option.get("options") or {}, f"{where}{name}.")


def test_a_declaration_has_the_same_words_for_role_and_modules() -> None:
    fragment = documented(_declaration.ModuleDocFragment.DOCUMENTATION)["certificates"]["suboptions"]
    of_role_words = dict(words(options_of("certum")["certum_certificates"]["options"]))
    assert of_role_words.pop("deploy.probe") == ["Another name of O(certum_certificates[].deploy.verify)."]
    assert of_role_words == dict(words(fragment))
    for name in ("key", "validation", "contact", "organization"):
        of_role = options_of("certum")[f"certum_{name}"]["options"]
        assert dict(words(of_role)) == dict(words(fragment[name]["suboptions"])), name


FRAGMENTS = (
    documented(_api.ModuleDocFragment.DOCUMENTATION),
    documented(_store.ModuleDocFragment.DOCUMENTATION),
    documented(_wait.ModuleDocFragment.DOCUMENTATION),
    documented(_declaration.ModuleDocFragment.PASSPHRASES),
    documented(certum_install.DOCUMENTATION),
)


@pytest.mark.parametrize(
    ("variable", "option"),
    [
        pytest.param(variable, option, id=variable)
        for fragment in FRAGMENTS
        for name, option in fragment.items()
        for variable in (f"certum_{name}", f"certum_api_{name}")
        if variable in options_of("certum")
    ],
)
def test_a_variable_of_the_role_starts_with_the_words_of_its_option(variable: str, option: dict[str, Any]) -> None:
    """The role adds the controller and the hosts, so only the first sentence is compared."""
    first = sentences(option)[0].split(". ")[0].rstrip(".")
    assert sentences(options_of("certum")[variable])[0].split(". ")[0].rstrip(".") == first


def test_a_policy_has_the_same_words_for_role_and_module() -> None:
    policy = documented(certum_plan.DOCUMENTATION)["policy"]["suboptions"]
    assert dict(words(options_of("certum")["certum_policy"]["options"])) == dict(words(policy))


def test_every_default_for_declarations_has_its_variable() -> None:
    defaults = defaults_options()["defaults"]["options"]
    role = options_of("certum")
    for name, option in shape(defaults).items():
        variable = shape(role)[f"certum_{name}"]
        assert {**variable, "default": None} == {**option, "default": None}


@pytest.mark.parametrize("role", ["certum", "certum_awx", "certum_deploy", "certum_report"])
def test_defaults_equal_the_argument_spec(role: str) -> None:
    defaults = yaml.safe_load((ROLES / role / "defaults/main.yml").read_text())
    options = {name: option for name, option in options_of(role).items() if not option.get("required")}
    assert set(defaults) == set(options)
    assert {name: options[name].get("default") for name in options} == defaults
