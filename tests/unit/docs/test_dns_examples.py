# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings in docs/dns.md can be used. tests/integration/test_dns_in_role.py runs its task files."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import (
    OWN_PROVIDERS,
    read_providers,
)
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

PAGE = (COLLECTION / "docs/dns.md").read_text()
BLOCKS = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
SETTINGS = [block["certum_dns"] for block in BLOCKS if isinstance(block, dict)]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_documented_settings_can_be_used(settings: Any) -> None:
    text = yaml.safe_dump(settings).replace("{{ playbook_dir }}", "/srv")
    assert read_providers(yaml.safe_load(text))


@pytest.mark.parametrize("name", OWN_PROVIDERS)
def test_provider_is_documented_everywhere(name: str) -> None:
    wanted = {
        "docs/dns.md": [f"| `{name}` |", f"provider: {name}"],
        "roles/certum/README.md": [f"`{{provider: {name}"],
        "roles/certum/meta/argument_specs.yml": [f"V({name})"],
    }
    missing = {
        path: [text for text in texts if text not in (COLLECTION / path).read_text()] for path, texts in wanted.items()
    }
    assert {path: texts for path, texts in missing.items() if texts} == {}, "Add these texts to the pages"
