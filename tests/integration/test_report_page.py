# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the report in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._report.page import render_page
from ansible_collections.certops.certum.tests.support.chromium import CHROMIUM, browser
from ansible_collections.certops.certum.tests.support.example_estate import example_estate, large_estate, texts_changed
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.plugins.module_utils._handover.estate import Estate
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: tools/need-debian chromium")
TEMPLATES = Path(__file__).parents[2] / "roles/certum_report/templates"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
HOSTILE = "\"'><img src=//example.org onerror=alert(1)></script><script>alert(2)</script>\u202e" + "w" * 400
ROWS = "#certs tbody tr"


class Opened:
    """A page of the report, and everything that it does beside showing itself."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.noise: list[str] = []
        page.on("console", lambda message: self.noise.append(message.text))
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("dialog", lambda dialog: self.noise.append(dialog.message))
        page.on("request", lambda request: self.noise.append(request.url) if self._leaves(request.url) else None)
        self.address = path.as_uri()
        page.goto(self.address)

    def _leaves(self, url: str) -> bool:
        return url != self.address and not url.startswith("data:")

    @property
    def overflow(self) -> int:
        """Return how many pixels are beside the window."""
        found: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return found

    @property
    def names(self) -> list[str]:
        """Return the names of the visible certificates."""
        return [text.split()[0] for text in self.page.locator(f"{ROWS}:not([hidden]) th").all_text_contents()]

    @property
    def status(self) -> str:
        return self.page.get_by_role("status").inner_text()

    def wait_until_sorted(self) -> None:
        self.page.wait_for_selector("#certs tbody:not([aria-busy])")

    def sort_by(self, column: str) -> str:
        """Click a heading, and return the direction that it has then."""
        table = self.page.get_by_role("table", name="All certificates")
        table.get_by_role("button", name=column, exact=True).click()
        self.wait_until_sorted()
        found = table.get_by_role("columnheader", name=column, exact=True).get_attribute("aria-sort")
        assert self.page.locator("#certs [aria-sort]").count() == 1
        return str(found)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """Yield a function that opens the page of an estate. At the end the page has sent and printed nothing."""
    opened: list[Opened] = []

    def start(estate: Estate, **options: Any) -> Opened:
        path = tmp_path / "report.html"
        path.write_text(render_page(estate, TEMPLATES), encoding="utf-8")
        context = chromium.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})
        opened.append(Opened(context.new_page(), path))
        return opened[-1]

    yield start
    for each in opened:
        each.page.context.close()
        assert each.noise == []


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [
        pytest.param(DESKTOP, "light", id="light"),
        pytest.param(DESKTOP, "dark", id="dark"),
        pytest.param(PHONE, "light", id="phone"),
    ],
)
def test_page_is_accessible(open_page: Any, viewport: dict[str, int], scheme: str) -> None:
    opened = open_page(example_estate(), viewport=viewport, color_scheme=scheme)
    opened.page.locator("summary").first.click()
    opened.page.get_by_role("searchbox").focus()
    results = Axe().run(opened.page)
    assert results.violations_count == 0, results.generate_report()
    assert opened.overflow == 0


def test_click_on_a_heading_sorts(open_page: Any) -> None:
    opened = open_page(example_estate())
    assert opened.names[:3] == ["tickets", "backup", "mail"]
    assert opened.sort_by("Certificate") == "ascending"
    assert opened.names == sorted(opened.names)
    assert opened.sort_by("Certificate") == "descending"
    assert opened.names == sorted(opened.names, reverse=True)
    assert opened.sort_by("Expires") == "ascending"
    assert (opened.names[:3], set(opened.names[-2:])) == (["tickets", "mail", "shop"], {"api", "metrics"})
    assert opened.sort_by("Expires") == "descending"
    assert (opened.names[0], set(opened.names[-2:])) == ("chat", {"api", "metrics"})
    opened.page.get_by_role("button", name="State", exact=True).focus()
    opened.page.keyboard.press("Enter")
    opened.wait_until_sorted()
    assert opened.names[:3] == ["tickets", "backup", "mail"]


def test_filter_hides_the_other_certificates(open_page: Any) -> None:
    opened = open_page(example_estate())
    assert opened.status == "12 of 12 certificates"
    opened.page.get_by_role("searchbox").press_sequentially("EXAMPLE web1")
    assert (opened.names, opened.status) == (["shop", "chat"], "2 of 12 certificates")
    opened.page.get_by_role("combobox", name="State").select_option("current")
    assert (opened.names, opened.status) == (["chat"], "1 of 12 certificates")
    opened.page.get_by_role("combobox", name="Host").select_option("mail1")
    assert (opened.names, opened.status) == ([], "0 of 12 certificates")
    assert opened.page.get_by_text("No certificate matches the filter.").is_visible()
    opened.page.get_by_role("button", name="Clear").click()
    opened.page.wait_for_function(f"document.querySelectorAll('{ROWS}:not([hidden])').length === 12")
    assert opened.status == "12 of 12 certificates"


def test_link_to_a_hidden_certificate_shows_it(open_page: Any) -> None:
    opened = open_page(example_estate())
    opened.page.get_by_role("searchbox").fill("status")
    assert opened.names == ["status"]
    opened.page.locator("#act").get_by_role("link", name="shop").click()
    opened.page.wait_for_function(
        "document.querySelector('#certs tr:target').getBoundingClientRect().top < innerHeight"
    )
    assert len(opened.names) == 12


def test_page_is_complete_without_javascript(open_page: Any) -> None:
    opened = open_page(example_estate(), java_script_enabled=False, viewport=PHONE)
    assert len(opened.names) == 12
    assert opened.page.locator("form, #certs button").locator("visible=true").count() == 0
    opened.page.locator("summary").nth(3).click()
    assert opened.page.get_by_text("www.shop.example.com").is_visible()
    assert opened.page.get_by_role("table", name="Purchases").get_by_role("row").count() == 15


def test_hostile_texts_stay_texts(open_page: Any) -> None:
    plain = open_page(example_estate(), viewport=PHONE)
    hostile = open_page(texts_changed({**example_estate(), "limit": None}, HOSTILE), viewport=PHONE)
    count = "document.querySelectorAll('*:not(option)').length"
    assert hostile.page.evaluate(count) == plain.page.evaluate(count)
    assert hostile.overflow == 0
    hostile.page.get_by_role("searchbox").fill("onerror=alert(1)")
    assert hostile.status == "12 of 12 certificates"
    assert hostile.sort_by("Host") == "ascending"


def test_thousand_certificates_sort_and_filter(open_page: Any, record_property: Any) -> None:
    opened = open_page(large_estate(1000))
    sort = """() => {
        const button = document.querySelectorAll("#certs thead button")[4], started = performance.now();
        button.click();
        document.body.offsetHeight;
        return Math.round(performance.now() - started);
    }"""
    record_property("report page, milliseconds to sort 1,000 rows", opened.page.evaluate(sort))
    opened.wait_until_sorted()
    record_property("report page, bytes for 1,000 rows", len(opened.page.content()))
    dates = opened.page.locator(f"{ROWS} td:nth-child(6) time").all_text_contents()
    assert len(dates) == 976
    assert dates == sorted(dates)
    opened.page.get_by_role("searchbox").fill("web0101")
    hosts = opened.page.locator(f"{ROWS}:not([hidden]) td:nth-child(2)").all_text_contents()
    assert set(hosts) == {"web0101.prod.example.net"}
