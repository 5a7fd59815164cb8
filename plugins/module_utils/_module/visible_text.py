# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last look at what people read of a result: no character in it that acts on a terminal.

Private to the collection. Foreign text in a sentence is quoted where it enters it (``_handover/foreign_text.py``);
this is for the place that was forgotten. Line breaks stay, because ours stand between problems.
"""

from __future__ import annotations

from typing import Any

from .._handover.foreign_text import printable
from .result_sentences import SENTENCES, map_sentences


def visible_sentence(text: str) -> str:
    """Return the text with all but line breaks made visible."""
    return printable(text, keep="\n")


def visible_sentences(value: Any) -> Any:
    """Return the result with its sentences made visible, and its data as they are."""
    return map_sentences(value, visible_sentence)


def report_of_host(value: Any) -> Any:
    """Return what a host has reported with every character visible.

    The host may be in the wrong hands, so our modules may not have written it. In sentences, lines after the first are
    indented: none of them can be taken for a line of Ansible's.
    """
    if isinstance(value, dict):
        return {
            visible_sentence(key): _indented(part) if key in SENTENCES else report_of_host(part)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [report_of_host(part) for part in value]
    return visible_sentence(value) if isinstance(value, str) else value


def _indented(value: Any) -> Any:
    if isinstance(value, dict):
        return {visible_sentence(key): _indented(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_indented(part) for part in value]
    return visible_sentence(value).replace("\n", "\n  ") if isinstance(value, str) else value
