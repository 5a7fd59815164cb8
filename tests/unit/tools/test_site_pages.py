# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of the site that are made when it is built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.error_codes import all_codes, describe, remedy
from ansible_collections.certops.certum.tools.site.__main__ import build, with_links_inside
from ansible_collections.certops.certum.tools.site.error_pages import (
    english_page,
    english_texts,
    polish_page,
    polish_texts,
)
from ansible_collections.certops.certum.tools.site.picture import LABELS
from ansible_collections.certops.certum.tools.site.sphinx_hooks import for_furo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROW = re.compile(r"^\| \[\{index\}`(\d+)`\]\{#error-(\d+)\} \| (.+) \| (.+) \|$", re.MULTILINE)


@pytest.mark.parametrize("page", [english_page, polish_page])
def test_every_code_is_on_the_page_with_a_place(page: Callable[[], str]) -> None:
    rows = ROW.findall(page())
    assert [int(code) for code, _place, _what, _do in rows] == all_codes()
    assert all(code == place for code, place, _what, _do in rows)


def test_page_has_the_texts_of_the_messages() -> None:
    plain = re.sub(r"\[(certum_\w+)\]\([^)]*\)", r"\1", english_page()).replace("`", "").replace("\\", "")
    for code in all_codes():
        assert describe(code).meaning in plain
        assert remedy(code) in plain


def test_every_text_is_translated_and_no_other() -> None:
    assert list(polish_texts()) == english_texts()


def test_translation_has_the_names_and_numbers_of_the_original() -> None:
    names = re.compile(r"\bcertum_\w+|\b[a-z]+_[a-z_]+|\b\d+\b")
    for english, polish in polish_texts().items():
        assert sorted(set(names.findall(polish))) == sorted(set(names.findall(english))), english


def test_each_language_has_the_same_labels() -> None:
    english, polish = LABELS["en"], LABELS["pl"]
    assert list(polish) == list(english)


def test_source_of_the_site_has_pages_pictures_and_links_inside(tmp_path: Path) -> None:
    build(tmp_path)
    start, polish = ((tmp_path / name).read_text(encoding="utf-8") for name in ("index.md", "docs/pl/index.md"))
    assert [page.count("<svg") for page in (start, polish)] == [1, 1]
    assert "](../../docs/pl/errors.md)" in polish
    assert "](../docs/errors.md)" in (tmp_path / "docs/troubleshooting.md").read_text(encoding="utf-8")
    assert not (tmp_path / "docs/site").exists()


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            "[a](https://certops.github.io/certops.certum/docs/errors.html#error-1168)",
            "[a](../docs/errors.md#error-1168)",
        ),
        ("[a]: https://github.com/certops/certops.certum/blob/main/sandbox/README.md", "[a]: ../sandbox/README.md"),
        ("[a](https://github.com/certops/certops.certum/blob/main/Makefile)", None),
        ("[a](https://example.org/docs/errors.html)", None),
    ],
)
def test_link_to_a_page_of_the_site_becomes_relative(link: str, expected: str | None) -> None:
    assert with_links_inside(link, "docs/page.md", {"docs/errors.md", "sandbox/README.md"}) == (expected or link)


def test_reference_has_no_table_of_contents_and_short_titles() -> None:
    page = "certops.certum.certum_plan module -- Plan\n+++++++++\n\n.. contents::\n   :local:\n   :depth: 1\n\nText\n"
    assert for_furo(page) == "certum_plan module -- Plan\n+++++++++\n\n\nText\n"
    assert for_furo("Certops.Certum\n==============\n") == "Modules and roles\n=================\n"
