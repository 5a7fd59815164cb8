# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changelog has the markup that antsibull-changelog renders: that of modules would be shown as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

if TYPE_CHECKING:
    from pathlib import Path

OF_MODULES = re.compile(r"\b[A-Z]\([^)]*\)")
SOURCES = [COLLECTION / "changelogs/changelog.yaml", *sorted((COLLECTION / "changelogs/fragments").glob("*.yml"))]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_changelog_has_no_markup_of_modules(path: Path) -> None:
    text = path.read_text()
    assert OF_MODULES.findall(text) == [], "write ``name``"
