# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation site, built without a network and read in a real browser."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.error_codes import all_codes
from ansible_collections.certops.certum.tests.site.site_faults import (
    MILLISECONDS,
    dead_links,
    faults_of_pages,
    pages_of,
)
from ansible_collections.certops.certum.tests.support.chromium import CHROMIUM, browser
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

REPOSITORY = Path(__file__).resolve().parents[2]
NO_NETWORK = ("unshare", "--map-root-user", "--net")
DESKTOP, PHONE = 1440, 390
OF_OTHERS = [[".sidebar-drawer"], [".toc-drawer"], [".ansible-link"]]
"""Markup of Furo and antsibull-docs."""

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: tools/need-debian chromium")


class Built(NamedTuple):
    """The directory of a site, what its build printed, and how long it took."""

    directory: Path
    printed: str
    seconds: float


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the site. Where the kernel allows it, the build has no network."""
    directory = tmp_path_factory.mktemp("docs") / "site"
    alone = subprocess.run([*NO_NETWORK, "true"], check=False, capture_output=True).returncode == 0
    command = [*(NO_NETWORK if alone else ()), str(REPOSITORY / "tools/make-docs"), str(directory)]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "build/collections")}
    started = time.monotonic()
    run = subprocess.run(command, check=False, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return Built(directory, run.stderr, time.monotonic() - started)


@pytest.fixture(scope="session")
def site(built: Built) -> Path:
    return built.directory


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_context(viewport={"width": DESKTOP, "height": 900}).new_page()
    opened.set_default_timeout(MILLISECONDS)
    yield opened
    opened.context.close()


def test_build_prints_no_warning(built: Built, record_property: Any) -> None:
    record_property("site, seconds to build", round(built.seconds, 1))
    assert built.printed == ""


@needs_chromium
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_no_page_has_a_fault(chromium: Browser, site: Path, width: int, record_property: Any) -> None:
    started = time.monotonic()
    assert faults_of_pages(chromium, site, width=width) == []
    seconds = round(time.monotonic() - started, 1)
    record_property(f"site, seconds to look at {len(pages_of(site))} pages {width} pixels wide", seconds)


def test_every_link_between_pages_is_alive(site: Path) -> None:
    assert dead_links(site) == []


@needs_chromium
def test_faults_are_found(chromium: Browser, tmp_path: Path) -> None:
    long = "x" * 300
    (tmp_path / "index.html").write_text(
        f"""<!doctype html><link rel=icon href="data:,"><a href="other.html#gone" name="here">a</a><a href="#here">b</a>
        <a href="gone.html">c</a><div class="contents">ERROR</div><pre style="overflow: hidden">{long}</pre>
        <div>{long}</div><img src="http://192.0.2.1/a.png"><script>console.error("broken"); missing();</script>"""
    )
    (tmp_path / "other.html").write_text('<!doctype html><link rel=icon href="data:,"><p id="place">')

    assert [fault.rpartition(": ")[2] for fault in dead_links(tmp_path)] == ["other.html#gone", "gone.html"]
    found = "\n".join(faults_of_pages(chromium, tmp_path, width=PHONE))
    for fault in ("beside the window", "red block", "code is cut", "console: broken", "missing", "asks the network"):
        assert fault in found


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "docs/pl/index", "reference/certum_cancel_module"])
def test_page_is_accessible(chromium: Browser, site: Path, name: str, scheme: Any) -> None:
    context = chromium.new_context(viewport={"width": DESKTOP, "height": 900}, color_scheme=scheme)
    opened = context.new_page()
    opened.set_default_timeout(MILLISECONDS)
    opened.goto((site / f"{name}.html").as_uri())
    results = Axe().run(opened, {"exclude": OF_OTHERS})
    context.close()
    assert results.violations_count == 0, results.generate_report()


@needs_chromium
@pytest.mark.parametrize("start", ["index.html", "docs/pl/index.html"])
def test_picture_of_the_flow_is_readable_on_a_phone(page: Page, site: Path, start: str) -> None:
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.goto((site / start).as_uri())
    picture = page.get_by_role("img", name="certif" if start == "index.html" else "certyfikat")
    boxes = [text.bounding_box() for text in picture.locator("text").all()]
    assert len(boxes) == 16
    assert all(box and box["height"] >= 11 and box["x"] >= 0 and box["x"] + box["width"] <= PHONE for box in boxes)


@needs_chromium
def test_search_finds_an_error_code(page: Page, site: Path) -> None:
    code = all_codes()[-1]
    page.goto(f"{(site / 'search.html').as_uri()}?q={code}")
    page.locator("#search-results a[href*='docs/errors.html']").first.wait_for()
