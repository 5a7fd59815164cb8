# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the Sphinx source of the documentation site: pages of the repository as they are, and generated pages.

Usage: python -m ansible_collections.certops.certum.tools.site DIRECTORY. `tools/make-docs` sets the path for it.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .error_pages import english_page, polish_page
from .picture import flow

if TYPE_CHECKING:
    from collections.abc import Set

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("*.md", "docs/**/*.md", "roles/*/README.md", "sandbox/README.md")
GENERATED = {"docs/errors.md": english_page, "docs/pl/errors.md": polish_page}
START = {"index.md": "en", "docs/pl/index.md": "pl"}
_PUBLISHED = re.compile(
    r"(?P<before>\]\(|\]: )https://(?:certops\.github\.io/certops\.certum|github\.com/certops/certops\.certum/blob/main)/"
    r"(?P<path>[^\s()#]+)"
)
"""A link in the repository to a page that the tarball does not have. On the site the link is relative."""


def build(directory: Path) -> None:
    """Write the source of the site into *directory*."""
    _copy_pages(directory)
    _place_start_page(directory)
    for name, generated in GENERATED.items():
        _write(directory / name, generated())
    for name, language in START.items():
        text = _read(directory / name)
        _write(directory / name, text.replace("<!-- picture of the flow -->", flow(language)))
    pages = {str(path.relative_to(directory)) for path in directory.rglob("*.md")}
    for name in pages:
        _write(directory / name, with_links_inside(_read(directory / name), name, pages))


def _copy_pages(directory: Path) -> None:
    for pattern in PAGES:
        for page in ROOT.glob(pattern):
            _write(directory / page.relative_to(ROOT), _read(page))


def _place_start_page(directory: Path) -> None:
    shutil.rmtree(directory / "docs/site")
    shutil.copytree(ROOT / "docs/site/static", directory / "_static")
    _write(directory / "conf.py", _read(ROOT / "docs/site/conf.py"))
    start = _read(ROOT / "docs/site/index.md")
    if not (directory / "docs/guides").is_dir():  # Sphinx refuses a pattern without pages
        start = re.sub(r"^docs/guides/.*\n", "", start, flags=re.MULTILINE)
    _write(directory / "index.md", start)


def with_links_inside(text: str, page: str, pages: Set[str]) -> str:
    """Return the text of a page with relative links in place of published addresses of *pages*."""

    def relative(found: re.Match[str]) -> str:
        path = re.sub(r"\.html$", ".md", found["path"])
        return f"{found['before']}{'../' * page.count('/')}{path}" if path in pages else found[0]

    return _PUBLISHED.sub(relative, text)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
