# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Foreign text in messages: the words of the CA, of servers, of DNS, of commands, of the operating system, of options.

Private to the collection. Pure. A terminal acts on control characters, a bidirectional character turns a line around,
and a line break forges a line of a log.
"""

from __future__ import annotations

import re

LONGEST = 300
LONGEST_SHOWN = 80
"""The longest name or address in a message that names several."""
_CUT = "..."
# Letters and marks that no font shows, in addition to the categories that str.isprintable knows (control, format,
# surrogate, private use, unassigned, separators): Unicode, DerivedCoreProperties, Default_Ignorable_Code_Point.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_TEMPLATE = re.compile(r"(?<=\{)(?=[{%#])|(?<=\$)(?=ANSIBLE_VAULT)")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def quote(text: object, longest: int = LONGEST) -> str:
    """Return foreign text for a message: one line, at most *longest* characters, every character visible.

    White space and line breaks become one space. Other characters that are not printable become escapes (``\\x1b``).
    A second call changes nothing.
    """
    line = printable(" ".join(str(text).split()))
    return line if len(line) <= longest else line[: longest - len(_CUT)].rstrip() + _CUT


def printable(text: str, *, keep: str = "") -> str:
    """Return the text with escapes for all characters that are not printable, except those of *keep*."""
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(
        character if character in keep or _is_visible(character) else _escaped(character) for character in text
    )


def without_templates(text: str) -> str:
    """Return the text with a blank in each beginning of a Jinja template and of a vault.

    ansible-rulebook and the extra variables of Ansible evaluate both, wherever a playbook uses the text.
    """
    return _TEMPLATE.sub(" ", text)


def without_breaks(text: str) -> str:
    """Return the text as one line of data, with a space for each sequence of control characters and line breaks."""
    return _BREAKS.sub(" ", text)


def _is_visible(character: str) -> bool:
    return character.isprintable() and not _INVISIBLE.match(character)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
