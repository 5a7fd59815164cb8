# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The known name that is near to a given one, for messages about misspelt names.

Private to the collection. Pure.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from .foreign_text import LONGEST_SHOWN, quote

if TYPE_CHECKING:
    from collections.abc import Iterable


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar to ``name``, or None if no known name is near."""
    lowered = {each.lower(): each for each in sorted(known, reverse=True)}
    found = get_close_matches(name.lower(), lowered, n=1)
    return lowered[found[0]] if found else None


def nearest_name_sentence(name: str, known: Iterable[str]) -> str:
    """Return a sentence about the near name, with a space before it; empty if no known name is near."""
    near = near_name(name, known)
    return f" The nearest name is {quote(near, LONGEST_SHOWN)}." if near else ""
