# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release is not built while the places that name its version disagree."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

REPOSITORY = Path(__file__).resolve().parents[3]


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release_tool", REPOSITORY / "tools/release.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


RELEASE = _tool()
GOOD = {
    "galaxy.yml": "version: 1.2.0\n",
    "changelogs/changelog.yaml": "releases:\n  1.2.0: {}\n",
    "changelogs/fragments/.keep": "",
    "CHANGELOG.md": "# Notes\n\n## v1\\.2\\.0\n",
    "sandbox/pyproject.toml": '[project]\nname = "certum-sandbox"\nversion = "2.0.0"\n',
    "sandbox/src/certum_sandbox/__init__.py": '__version__ = "2.0.0"\n',
}


def problems(path: Path, wanted: str | None = None, **changed: str) -> list[str]:
    for name, text in {**GOOD, **changed}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return list(RELEASE.Source(path).problems(wanted))


def test_prepared_release_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, "1.2.0") == []


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("galaxy.yml", "version: 1.3.0\n", "galaxy.yml: the version is 1.3.0, not 1.2.0"),
        ("changelogs/fragments/late.yml", "bugfixes: [x]\n", "changelogs/fragments: late.yml are in no release yet"),
        ("changelogs/changelog.yaml", "releases: {}\n", "changelogs/changelog.yaml: 1.2.0 is missing"),
        ("CHANGELOG.md", "# Notes\n\n## v1\\.2\\.0\\-beta\n", "CHANGELOG.md: 1.2.0 is missing"),
        ("sandbox/src/certum_sandbox/__init__.py", '__version__ = "1.9"\n', "__version__ is not 2.0.0"),
    ],
)
def test_each_disagreement_is_named_with_its_remedy(tmp_path: Path, file: str, text: str, words: str) -> None:
    found = problems(tmp_path, "1.2.0", **{file: text})
    assert words in found[0]
    assert found[0].endswith(("Set it.", "Set it, then run make release-prepare.", RELEASE.PREPARE))


def test_sandbox_names_one_version() -> None:
    source = RELEASE.Source(REPOSITORY)
    assert [each for each in source.problems() if "sandbox" in each] == []
