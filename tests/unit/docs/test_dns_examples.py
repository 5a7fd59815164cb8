# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings in docs/dns.md can be used. tests/integration/test_dns_in_role.py runs its task files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import read_providers

PAGE = (Path(__file__).parents[3] / "docs/dns.md").read_text()
BLOCKS = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
SETTINGS = [block["certum_dns"] for block in BLOCKS if isinstance(block, dict)]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_documented_settings_can_be_used(settings: Any) -> None:
    text = yaml.safe_dump(settings).replace("{{ playbook_dir }}", "/srv")
    assert read_providers(yaml.safe_load(text))


def test_every_kind_of_provider_is_documented() -> None:
    named = {
        each["provider"] for settings in SETTINGS for each in (settings if isinstance(settings, list) else [settings])
    }
    assert named >= {"powerdns", "rfc2136", "tasks"}
    assert "{provider: manual}" in PAGE
