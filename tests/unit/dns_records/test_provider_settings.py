# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads certum_dns, and finds what is secret in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import (
    InvalidDnsError,
    read_providers,
    secrets_of,
    without_secrets,
)
from hypothesis import given
from hypothesis import strategies as st

SECRET = "canary-s3cret"


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_nothing_set_is_no_provider(value: Any) -> None:
    assert read_providers(value) == ()


def test_one_provider_and_a_list_are_read_alike() -> None:
    one: dict[str, Any] = {"provider": "powerdns", "zones": ["Bücher.example"], "options": {"port": 8081}, "ttl": "30"}
    (found,) = read_providers(one)
    assert read_providers([one]) == (found,)
    assert (found.zones, found.options, found.ttl) == (("xn--bcher-kva.example",), {"port": "8081"}, 30)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("powerdns", "a provider is a dictionary"),
        ([{"provider": "powerdns", "option": {}}], "certum_dns[0]: unknown key option"),
        ({"options": {}}, "provider is missing"),
        ({"provider": "../x"}, "provider is missing or has a wrong form"),
        ({"provider": "powerdns", "options": SECRET}, "options is not a dictionary"),
        ({"provider": "powerdns", "options": {"auth_token": [SECRET]}}, "auth_token must be text"),
        ({"provider": "powerdns", "options": {"auth_token": 567}}, "YAML read auth_token as a number"),
        ({"provider": "powerdns", "zones": "example.com"}, "zones is not a list"),
        ({"provider": "powerdns", "zones": ["exa mple"]}, "zones: 'exa mple'"),
        ({"provider": "powerdns", "ttl": 0}, "ttl is not a number"),
        ({"provider": "tasks"}, "needs options.file"),
        ({"provider": "tasks", "options": {"file": "dns.yml"}}, "needs options.file, the absolute path"),
        ({"provider": "rfc2136"}, "needs options.server"),
        ({"provider": "rfc2136", "options": {"server": "ns", "key_secret": SECRET}}, "key_secret together"),
        ({"provider": "rfc2136", "options": {"server": "ns", "secret": SECRET}}, "options: unknown secret"),
        ({"provider": "rfc2136", "options": {"server": "ns", "port": "dns"}}, "options.port is not a number"),
        ({"provider": "rfc2136", "options": {"server": "ns", "port": 65536}}, "options.port is not a number"),
        ({"provider": "rfc2136", "options": {"server": "ns", "port": "0"}}, "options.port is not a number"),
        ([{"provider": "manual", "zones": ["example.com"]}, {"provider": "ovh"}], "manual cannot be combined"),
        ([{"provider": "ovh"}, {"provider": "powerdns"}], "more than one provider has no zones"),
        (
            [{"provider": name, "zones": ["example.com"]} for name in ("ovh", "powerdns")],
            "zone example.com is declared",
        ),
    ],
)
def test_wrong_setting_is_named_without_its_secrets(value: Any, words: str) -> None:
    with pytest.raises(InvalidDnsError) as caught:
        read_providers(value)
    assert words in str(caught.value)
    assert str(caught.value).endswith("Correct certum_dns, then run again.")
    assert SECRET not in str(caught.value)


LETTERS = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="*")


@given(
    secret=st.text(alphabet=LETTERS, min_size=4, max_size=40),
    name=st.sampled_from(["auth_token", "auth_username", "key_secret", "consumer_key", "something"]),
)
def test_no_secret_is_left_in_any_text(secret: str, name: str) -> None:
    secrets = secrets_of(read_providers({"provider": "ovh", "options": {name: secret}}), {})
    for text in (secret, quote(secret), quote_plus(secret)):
        assert without_secrets(f"401: {text}", secrets).removeprefix("401: ") == "********"


def test_secrets_are_found_by_name_and_in_addresses() -> None:
    providers = read_providers(
        {
            "provider": "powerdns",
            "options": {"auth_token": "t/ken 1", "pdns_server": "http://user:hidden@dns.example:8081", "pin": "123"},
        }
    )
    found = secrets_of(
        providers, {"LEXICON_OVH_AUTH_SECRET": "fr0m-env", "LEXICON_OVH_ENDPOINT": "ovh-eu", "HOME": "/root"}
    )
    assert found == {"t/ken 1", "t%2Fken%201", "t/ken%201", "t%2Fken+1", "user", "hidden", "fr0m-env"}
    assert "hidden" not in repr(providers)
