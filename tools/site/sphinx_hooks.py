# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx hooks of the documentation site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_CONTENTS = re.compile(r"^\.\. contents::\n(?: +:.*\n)*", re.MULTILINE)
_TITLE = re.compile(r"^Certops\.Certum\n=+$", re.MULTILINE)
_FULL_NAME = re.compile(r"^certops\.certum\.(certum\w* (?:module|role) -- .*\n\++)$", re.MULTILINE)
_INDEX = "Modules and roles"


def for_furo(text: str) -> str:
    """Return a page of the reference with a short title, and without the contents, which Furo marks as an error."""
    return _FULL_NAME.sub(r"\1", _TITLE.sub(f"{_INDEX}\n{'=' * len(_INDEX)}", _CONTENTS.sub("", text)))


def _read(_app: Sphinx, page: str, source: list[str]) -> None:
    if page.startswith("reference/"):
        source[0] = for_furo(source[0])


def _name_language(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    if page.startswith("docs/pl/"):
        context["language"] = "pl"


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", _read)
    app.connect("html-page-context", _name_language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
