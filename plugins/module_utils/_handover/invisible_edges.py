# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first and the last character of a secret or an address. A file or a copy often adds an invisible one.

Private to the collection. Pure.
"""

from __future__ import annotations

import unicodedata

NAMES = {
    " ": "a blank",
    "\t": "a tab",
    "\n": "a line break",
    "\r": "a carriage return",
    "\ufeff": "a byte order mark",
}
INVISIBLE = ("Cc", "Cf")
"""Unicode categories: control and format characters."""


def invisible_edge(text: str) -> str | None:
    """Return how a text begins or ends if that character is invisible, else None. The text itself is not shown."""
    for verb, character in (("begins", text[:1]), ("ends", text[-1:])):
        if character and (character.isspace() or unicodedata.category(character) in INVISIBLE):
            return f"{verb} with {NAMES.get(character, 'an invisible character')}"
    return None
