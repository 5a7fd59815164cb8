# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks for faults in the pages of the built site: in a browser, and in the links between the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lxml import html

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

MILLISECONDS = 120_000
"""The longest wait for a page, also on a machine with much other work."""

_ERRORS = ".admonition.error, .system-message, .problematic, .contents"
"""What Sphinx, Docutils and Furo show in red."""

_LOOK = f"""() => {{
    const faults = [];
    const beside = document.documentElement.scrollWidth - innerWidth;
    if (beside > 0) faults.push(`${{beside}} pixels are beside the window`);
    for (const block of document.querySelectorAll("{_ERRORS}")) faults.push(`red block: ${{block.textContent.trim()}}`);
    for (const code of document.querySelectorAll("pre"))
        if (code.scrollWidth > code.clientWidth && !["auto", "scroll"].includes(getComputedStyle(code).overflowX))
            faults.push(`code is cut: ${{code.textContent.trim()}}`);
    return faults;
}}"""


def faults_of_pages(browser: Browser, site: Path, *, width: int) -> list[str]:
    """Return the faults that a reader sees or a console shows, and every request that leaves the site."""
    found: list[str] = []
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(MILLISECONDS)
    page.on("console", lambda message: found.append(f"{page.url}: console: {message.text}"))
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: found.append(f"{page.url}: not loaded: {request.url}"))
    page.on("request", lambda request: found.extend(_leaving(page.url, request.url)))
    for path in pages_of(site):
        page.goto(path.as_uri())
        found += [f"{path.relative_to(site)}: {fault[:200]}" for fault in page.evaluate(_LOOK)]
    page.context.close()
    return found


def dead_links(site: Path) -> list[str]:
    """Return each link between pages of the site that leads to no file, or to no place in a file."""
    documents = {path.resolve(): html.parse(str(path)).getroot() for path in pages_of(site)}
    places = {path: set(root.xpath("//@id | //a/@name")) for path, root in documents.items()}
    found = []
    for path, root in documents.items():
        for address in dict.fromkeys(root.xpath("//@href | //@src")):
            target, place = _target(path, address)
            if target is None:
                continue
            if not target.is_file() or (place and place not in places.get(target, {place})):
                found.append(f"{path.relative_to(site.resolve())}: {address}")
    return found


def pages_of(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def _target(page: Path, address: str) -> tuple[Path | None, str]:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None, ""
    return ((page.parent / unquote(parts.path)).resolve() if parts.path else page), unquote(parts.fragment)


def _leaving(page: str, address: str) -> Iterator[str]:
    if urlsplit(address).scheme not in ("file", "data"):
        yield f"{page}: asks the network: {address}"
