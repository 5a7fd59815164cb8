# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.role_names import role_sentence
from ansible_collections.certops.certum.plugins.module_utils._module.sentences import map_sentences


def test_sentences_are_changed_wherever_they_are_and_data_stay() -> None:
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Check api_url.", "Check certum_api_url."),
        ("name the CA certificates in ca_path", "name the CA certificates in certum_api_ca_path"),
        ("Set the option resolvers to", "Set certum_preflight_resolvers to"),
        ("Set the option resolve to", "Set certum_preflight_resolve to"),
        ("certum_api_url, <api_password> and /api_url-old", "certum_api_url, <api_password> and /api_url-old"),
    ],
)
def test_an_operator_of_the_role_reads_its_own_variables(text: str, expected: str) -> None:
    assert role_sentence(text) == expected
