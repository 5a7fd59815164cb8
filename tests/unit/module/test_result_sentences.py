# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._handover.remedy_commands import (
    for_host,
    order_again_command,
)
from ansible_collections.certops.certum.plugins.module_utils._module.api_options import api_options
from ansible_collections.certops.certum.plugins.module_utils._module.result_sentences import map_sentences
from ansible_collections.certops.certum.plugins.module_utils._module.role_sentences import role_sentence

ROLES = Path(__file__).resolve().parents[3] / "roles"
NEVER_NAMED = {"soap_action"}


def test_sentences_are_changed_at_any_depth_and_data_kept() -> None:
    result = {
        "msg": "a",
        "warnings": ["a"],
        "hosts": {"a": {"problems": [{"text": "a", "element": "a"}], "certificates": [{"name": "a"}]}},
        "diff": [{"before": {"a": ["a", 1, None]}}],
    }
    assert map_sentences(result, str.upper) == {
        "msg": "A",
        "warnings": ["A"],
        "hosts": {"a": {"problems": [{"text": "A", "element": "a"}], "certificates": [{"name": "a"}]}},
        "diff": [{"before": {"a": ["A", 1, None]}}],
    }


def test_every_option_in_messages_is_a_role_variable() -> None:
    """Options of the API, and of waiting. Messages name no option for which the role has no variable."""
    specs = yaml.safe_load((ROLES / "certum/meta/argument_specs.yml").read_text())
    variables = specs["argument_specs"]["main"]["options"]
    options = {*api_options(), "wait_timeout", "wait_sleep"} - NEVER_NAMED
    for option in options:
        named = role_sentence(f"30 s ({option})")
        assert named == "30 s" or named.removeprefix("30 s (").removesuffix(")") in variables, option


@pytest.mark.parametrize("host", ["web1", "web 1"])
def test_commands_in_messages_name_the_host(host: str) -> None:
    text = for_host(f"With the role: {order_again_command('shop')}", host)
    _with, _the, _role, *words = shlex.split(text)
    assert words == ["ansible-playbook", "PLAYBOOK", "--limit", host, "-e", '{"certum_order_again": ["shop"]}']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Check api_url.", "Check certum_api_url."),
        ("name the CA certificates in ca_path", "name the CA certificates in certum_api_ca_path"),
        ("Set the option resolvers to", "Set certum_preflight_resolvers to"),
        ("Set the option resolve to", "Set certum_preflight_resolve to"),
        ("no connection within 30 s (connect_timeout)", "no connection within 30 s"),
        ("no complete answer within 120 s (request_timeout)", "no complete answer within 120 s"),
        ("certum_api_url, <api_password> and /api_url-old", "certum_api_url, <api_password> and /api_url-old"),
    ],
)
def test_messages_of_the_role_name_role_variables(text: str, expected: str) -> None:
    assert role_sentence(text) == expected
