# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find values that YAML read as a number, a boolean or a date although the option takes text.

Private to the collection. Pure. Ansible converts such a value to text without a message, but YAML has changed it
before: 01067 becomes 567, and NO becomes false. A number does not show how it was written, so it is refused.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEXTS = ("str", "path")
LONGEST_SHOWN = 40
_SECRET = re.compile("password|passphrase")
"""Options of roles whose values are not shown. The argument specs of roles have no no_log."""


def unquoted(values: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]], *, place: str = "") -> Iterator[str]:
    """Yield a sentence for each value that should be text and is not. ``options`` is an argument spec.

    Options with choices are left out: Ansible finds the intended choice or names all choices.
    """
    for name, value in values.items():
        option = options.get(str(name))
        if option:
            yield from _problems(value, option, f"{place}{name}")


def _problems(value: Any, option: Mapping[str, Any], place: str) -> Iterator[str]:
    kind = option.get("type", "str")
    if kind == "list" or isinstance(value, (list, tuple)):
        element = {**option, "type": option.get("elements", "raw")}
        for number, each in enumerate(value if isinstance(value, (list, tuple)) else [value]):
            yield from _problems(each, element, f"{place}[{_label(each, number)}]")
    elif isinstance(value, dict):
        yield from unquoted(value, option.get("options") or {}, place=f"{place}.")
    elif kind in TEXTS and not option.get("choices") and (kind_and_look := _made_by_yaml(value)):
        what, look = kind_and_look
        shown = (
            f"a {what}" if option.get("no_log") or _SECRET.search(place) else f"the {what} {quote(look, LONGEST_SHOWN)}"
        )
        yield f"{place} must be text, but YAML read it as {shown}. Put quotation marks around it."


def _label(element: Any, number: int) -> str:
    """Return the name of a list element, or its index if it has no name."""
    name = element.get("name") if isinstance(element, dict) else None
    return quote(name, LONGEST_SHOWN) if isinstance(name, str) else str(number)


def _made_by_yaml(value: Any) -> tuple[str, str] | None:
    """Return the type that YAML read, and the value as text, or None for text."""
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, (int, float)):
        return "number", str(value)
    return ("date", str(value)) if isinstance(value, date) else None
