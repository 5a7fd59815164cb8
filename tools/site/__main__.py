# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the Sphinx source of the documentation site: pages of the repository as they are, and generated pages.

Usage: python -m tools.site DIRECTORY, in the root of the repository.
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
    for pattern in PAGES:
        for page in ROOT.glob(pattern):
            _write(directory / page.relative_to(ROOT), page.read_text(encoding="utf-8"))
    site = directory / "docs/site"
    shutil.rmtree(site)
    for name in ("conf.py", "index.md"):
        _write(directory / name, (ROOT / "docs/site" / name).read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "docs/site/static", directory / "_static")
    if not (directory / "docs/guides").is_dir():  # Sphinx refuses a pattern without pages
        index = directory / "index.md"
        _write(index, re.sub(r"^docs/guides/.*\n", "", index.read_text(encoding="utf-8"), flags=re.MULTILINE))
    for path, page in GENERATED.items():
        _write(directory / path, page())
    for path, language in START.items():
        start = directory / path
        _write(start, start.read_text(encoding="utf-8").replace("<!-- picture of the flow -->", flow(language)))
    pages = {str(path.relative_to(directory)) for path in directory.rglob("*.md")}
    for page in pages:
        _write(directory / page, with_links_inside((directory / page).read_text(encoding="utf-8"), page, pages))


def with_links_inside(text: str, page: str, pages: Set[str]) -> str:
    """Return the text of a page with relative links in place of published addresses of *pages*."""

    def relative(found: re.Match[str]) -> str:
        path = re.sub(r"\.html$", ".md", found["path"])
        return f"{found['before']}{'../' * page.count('/')}{path}" if path in pages else found[0]

    return _PUBLISHED.sub(relative, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
