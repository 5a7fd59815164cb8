# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page: foreign text changes nothing but text, and the policy allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from ansible_collections.certops.certum.plugins.module_utils._handover.foreign_text import quote
from ansible_collections.certops.certum.plugins.module_utils._report.page import LONGEST, render_page
from ansible_collections.certops.certum.tests.support.example_estate import TIMES, example_estate, texts_changed
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

TEMPLATES = Path(__file__).parents[3] / "roles/certum_report/templates"
HOSTILE = (
    "<b>&amp;\"'`",
    "</script><script>alert(1)</script>",
    "</style><!--",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "\u202e\u2066\u200b\x00\x1b[2J\ud800",
    "w" * 3000,
    "\u05e9\u05dc\u05d5\u05dd",
    "]]>&#x3c;",
)
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))


def all_texts(value: Any, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for name, each in value.items() for text in all_texts(each, name)]
    if isinstance(value, list):
        return [text for each in value for text in all_texts(each, key)]
    return (
        [value]
        if key in ("name", "host", "common_name", "text", "serial_number", "order_id", "product") and value
        else []
    )


def parsed(page: str) -> Any:
    return html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def structure(document: Any) -> list[tuple[str, list[str]]]:
    return [(each.tag, sorted(each.keys())) for each in document.iter() if isinstance(each.tag, str)]


EXAMPLE = {**example_estate(), "limit": "web*"}
PLAIN = structure(parsed(render_page(EXAMPLE, TEMPLATES)))


@settings(max_examples=30)
@given(TEXTS)
def test_foreign_text_stays_text(text: str) -> None:
    estate = texts_changed(EXAMPLE, text)
    document = parsed(render_page(estate, TEMPLATES).encode("utf-8"))
    assert structure(document) == PLAIN
    shown = " ".join(document.text_content().split())
    missing = [each for each in all_texts(estate) if quote(each, LONGEST) not in shown]
    assert missing == []


@settings(max_examples=15)
@given(TEXTS)
def test_foreign_time_is_no_time(text: str) -> None:
    estate = example_estate()
    for each in estate["certificates"]:
        for part in (each, each["order"], each["former"]):
            if part is not None:
                part.update(dict.fromkeys(part.keys() & TIMES, text))
    document = parsed(render_page(estate, TEMPLATES).encode("utf-8"))
    assert len(document.xpath("//table[@id='certs']/tbody/tr")) == 12
    assert document.xpath("//td[@class='line']/svg") == []


def test_state_of_a_later_version_is_shown() -> None:
    estate = example_estate()
    for each in estate["certificates"]:
        each["state"] = '"><script>'
    page = render_page(estate, TEMPLATES)
    assert "&#34;&gt;&lt;script&gt;" in page
    assert page.count("<script>") == 1


def test_page_is_the_same_for_the_same_estate() -> None:
    assert render_page(example_estate(), TEMPLATES) == render_page(example_estate(), TEMPLATES)


def test_policy_allows_exactly_the_style_and_the_script() -> None:
    document = parsed(render_page(example_estate(), TEMPLATES))
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for element, rule in (("style", "style-src"), ("script", "script-src")):
        (text,) = document.xpath(f"//{element}/text()")
        assert rules.pop(rule) == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_page_names_nothing_outside_of_itself() -> None:
    page = render_page(example_estate(), TEMPLATES)
    document = parsed(page)
    assert set(re.findall(r"\w+://[^'\"\s<]*", page)) == {"http://www.w3.org/2000/svg"}
    named = document.xpath("//@href | //@src | //@xlink:href", namespaces={"xlink": "http://www.w3.org/1999/xlink"})
    assert [each for each in named if not each.startswith(("#", "data:image/svg+xml,"))] == []
    assert document.xpath("//@style | //@*[starts-with(name(), 'on')]") == []
    anchors = {each[1:] for each in named if each.startswith("#")}
    assert anchors <= set(document.xpath("//@id"))


def test_ids_are_unique_and_rows_are_complete() -> None:
    document = parsed(render_page(example_estate(), TEMPLATES))
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    for table in document.xpath("//table[@role]"):
        columns = len(table.xpath("./thead/tr/th"))
        assert {len(row) for row in table.xpath("./tbody/tr")} == {columns}, etree.tostring(table)[:300]


def test_estate_without_certificates_is_a_page() -> None:
    page = render_page({**example_estate(), "hosts": [], "certificates": [], "forecasts": []}, TEMPLATES)
    assert "No host has a certificate." in page
    assert "There is no forecast." in page
