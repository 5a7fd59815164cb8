# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers, booleans and dates of YAML instead of text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._module.declaration_check import check_variables
from ansible_collections.certops.certum.plugins.module_utils._module.nested_options import typed_options
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import (
    certificate_options,
    declaration_options,
    reference_options,
)
from ansible_collections.certops.certum.plugins.module_utils._module.unquoted_values import unquoted

ROLE = Path(__file__).parents[3] / "roles/certum"
OPTIONS: dict[str, Any] = {
    **declaration_options(),
    **reference_options(),
    "secret": {"type": "str", "no_log": True},
    "certum_api_password": {"type": "str"},
}


def found(yaml_text: str, options: dict[str, Any]) -> list[str]:
    return list(unquoted(yaml.safe_load(yaml_text), options))


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("certificates: [{name: 0123}]", "certificates[0].name", "number 83"),
        ("certificates: [{name: shop}, {name: a, customer: 1.5}]", "certificates[a].customer", "number 1.5"),
        ("certificates: [{name: shop, mode: 0640}]", "certificates[shop].mode", "number 416"),
        ("certificates: [{name: shop, subject_alt_name: [a.b, 2026-11-22]}]", "subject_alt_name[1]", "date 2026"),
        ("certificates: [{name: shop, validation: {webroot: 7}}]", "[shop].validation.webroot", "number 7"),
        ("certificates: [{name: shop, deploy: [{service: on}]}]", "[shop].deploy[0].service", "boolean true"),
        ("certificates: [{name: shop, deploy: {service: on}}]", "[shop].deploy[0].service", "boolean true"),
        ("certificates: [{name: shop, organization: {registration_number: 00421}}]", "registration_number", "273"),
        ("certificates: [{name: shop, organization: {postal_code: 01067}}]", "organization.postal_code", "number 567"),
        ("certificates: [{name: shop, organization: {country: NO}}]", "organization.country", "boolean false"),
        ("certificates: [{name: shop, organization: {tax_identification_number: 12:30}}]", "tax_id", "number 750"),
        ("serial_number: 0x1F", "serial_number", "number 31"),
        ("order_id: 2026-11-22", "order_id", "date 2026-11-22"),
        ("certificate_path: 12", "certificate_path", "number 12"),
    ],
)  # fmt: skip
def test_unquoted_value_is_named(text: str, place: str, what: str) -> None:
    (problem,) = found(text, OPTIONS)

    assert place in problem
    assert what in problem
    assert problem.endswith("Put quotation marks around it.")


@pytest.mark.parametrize("secret", ["secret", "certum_api_password"])
def test_unquoted_secret_is_named_and_not_shown(secret: str) -> None:
    (problem,) = found(f"{secret}: 0123456701", OPTIONS)

    assert problem.startswith(f"{secret} must be text, but YAML read it as a number.")


@pytest.mark.parametrize(
    "text",
    [
        'certificates: [{name: "0123", www: yes, remaining_days: 30, key: {size: 256}, customer: null}]',
        "certificates: [{name: shop, state: no, language: 1}]",  # Ansible names the choices
        "certificates: shop",  # Ansible names the type
        "unknown: 7",
        'order_id: "2026-11-22"',
    ],
)
def test_other_values_are_left_alone(text: str) -> None:
    assert found(text, OPTIONS) == []


def test_every_text_of_an_order_is_checked() -> None:
    options = certificate_options()
    texts = [
        name for name, option in options.items() if option["type"] in ("str", "path") and not option.get("choices")
    ]

    assert len(texts) > 15
    assert len(list(unquoted(dict.fromkeys(options, 7), options))) == len(texts) + 1  # and subject_alt_name


def test_unquoted_role_variables_are_refused_together() -> None:
    written = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    options = typed_options(written)
    values = {
        "certum_customer": 4711,
        "certum_organization": {"country": False},
        "certum_api_password": 12345678,
        "certum_preflight": False,
        "certum_mail": {"to": [7], "from": "ops@example.com"},
    }

    problems = check_variables(values, options).problems

    assert [problem.split(" ")[0] for problem in problems] == [
        "certum_customer",
        "certum_organization.country",
        "certum_api_password",
        "certum_mail.to[0]",
    ]
    assert "12345678" not in "\n".join(problems)
    assert check_variables(yaml.safe_load((ROLE / "defaults/main.yml").read_text()), options).problems == []
