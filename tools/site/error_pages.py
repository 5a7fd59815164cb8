# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages with all error codes of the CA, from the table that the messages are made of."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.plugins.module_utils._partner_api.error_codes import all_codes, describe, remedy
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
POLISH = ROOT / "docs/pl/error_codes.po"

_ENGLISH = (
    """# Error codes of the CA

A message of the collection has the error code of the CA in parentheses, such as `(error 1168, CSR)`. This page has
the same texts as the messages, in the order of the codes. Use the search of the browser to find a code.

The codes that the collection itself gives to results are on the page [Reasons](reasons.md).
A code that is not on this page is not in the published table of the CA. Ask the partner support of the CA, and give
them the error number, the time and the order id.
""",
    "Codes {first} to {last}",
    "| code | what happened | what to do |",
)
_POLISH = (
    """# Kody błędów CA

Komunikat kolekcji zawiera kod błędu CA w nawiasie, na przykład `(error 1168, CSR)`. Komunikaty są po angielsku. Ta
strona opisuje każdy kod po polsku, w kolejności numerów. Aby znaleźć kod, użyj wyszukiwania w przeglądarce.

Kody, które w wynikach podaje sama kolekcja, opisuje angielska strona [Reasons](../reasons.md). Jeśli kodu nie ma na tej
stronie, nie ma go też w opublikowanej tabeli CA. Zapytaj dział wsparcia partnerów CA: podaj numer błędu, godzinę i
identyfikator zamówienia.
""",
    "Kody od {first} do {last}",
    "| kod | co się stało | co zrobić |",
)
_MODULE = re.compile(r"\bcertum_[a-z_]+\b")
_MODULES = {path.stem for path in (ROOT / "plugins/modules").glob("certum_*.py")}


def english_texts() -> list[str]:
    """Return every meaning and remedy once, in the order of the codes."""
    return list(dict.fromkeys(text for code in all_codes() for text in (describe(code).meaning, remedy(code))))


def polish_texts() -> dict[str, str]:
    """Return the Polish texts by the English ones, without those that are not translated."""
    with POLISH.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale="pl") if entry.id and entry.string}


def english_page() -> str:
    return _page(*_ENGLISH, lambda text: text, "../reference/")


def polish_page() -> str:
    return _page(*_POLISH, polish_texts().__getitem__, "../../reference/")


def _page(start: str, title: str, header: str, translated: Callable[[str], str], reference: str) -> str:
    lines = [start]
    for hundred, codes in groupby(all_codes(), lambda code: code // 100 * 100):
        lines += [f"## {title.format(first=hundred, last=hundred + 99)}", "", header, "|---|---|---|"]
        lines += [*_rows(list(codes), translated, reference), ""]
    return "\n".join(lines)


def _rows(codes: list[int], translated: Callable[[str], str], reference: str) -> Iterator[str]:
    """Yield a row for each code. The search of the site finds numbers only in the index."""
    for code in codes:
        known = describe(code)
        where = f" (`{known.element}`)" if known.element else ""
        done = _MODULE.sub(lambda found: _linked(found[0], reference), _escaped(translated(remedy(code))))
        yield f"| [{{index}}`{code}`]{{#error-{code}}} | {_escaped(translated(known.meaning))}{where} | {done} |"


def _linked(name: str, reference: str) -> str:
    return f"[{name}]({reference}{name}_module.rst)" if name in _MODULES else f"`{name}`"


def _escaped(text: str) -> str:
    return re.sub(r"([\\|<>*`\[\]])", r"\\\1", text)
