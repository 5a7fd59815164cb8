# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the options of the API before a request is sent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.invisible_edges import invisible_edge
from ansible_collections.certops.certum.plugins.module_utils._module.api_options import open_api
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import SettingsError

GOOD: dict[str, Any] = {
    "api_url": "https://gs.example.net/service/PartnerApi.wsdl",
    "api_environment": None,
    "api_username": "demo",
    "api_password": "correct horse",
    "ca_path": None,
    "validate_certs": True,
    "connect_timeout": 30,
    "request_timeout": 120,
    "soap_action": None,
}


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("", None),
        ("two words", None),
        ("demo\n", "ends with a line break"),
        ("demo\r\n", "ends with a line break"),
        ("demo\r", "ends with a carriage return"),
        ("demo ", "ends with a blank"),
        ("\tdemo", "begins with a tab"),
        ("\ufeffdemo", "begins with a byte order mark"),
        ("demo\u00a0", "ends with an invisible character"),
        ("demo\u200b", "ends with an invisible character"),
        (" ", "begins with a blank"),
    ],
)
def test_edges_of_a_text_are_checked(text: str, edge: str | None) -> None:
    assert invisible_edge(text) == edge


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("api_url", "CERTUM_API_URL"),
        ("api_username", "CERTUM_API_USERNAME"),
        ("api_password", "CERTUM_API_PASSWORD"),
        ("ca_path", "CERTUM_API_CA_PATH"),
    ],
)
def test_value_with_an_odd_edge_is_named_and_not_shown(option: str, variable: str) -> None:
    with pytest.raises(SettingsError) as error:
        open_api({**GOOD, option: f"{GOOD[option] or '/etc/ca.pem'}\n"})

    text = str(error.value)
    assert text.startswith(f"{option}: its value ends with a line break")
    assert variable in text
    assert "Nothing was sent to the CA" in text
    assert str(GOOD[option] or "/etc/ca.pem") not in text


def test_usual_values_open_a_client() -> None:
    open_api(GOOD).close()
