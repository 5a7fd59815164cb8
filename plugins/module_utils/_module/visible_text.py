# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make every character of a result visible, so that none of them acts on a terminal.

Private to the collection. Foreign text is quoted where it enters a sentence (``_handover/foreign_text.py``). This is
the second barrier, for a place that was forgotten. Line breaks stay, because they separate problems.
"""

from __future__ import annotations

from typing import Any

from .._handover.foreign_text import printable
from .result_sentences import SENTENCES, map_sentences


def visible_sentence(text: str) -> str:
    """Return the text with all characters except line breaks made visible."""
    return printable(text, keep="\n")


def visible_sentences(value: Any) -> Any:
    """Return the result with visible sentences and unchanged data."""
    return map_sentences(value, visible_sentence)


def report_of_host(value: Any) -> Any:
    """Return the report of a host with every character visible.

    An attacker may control the host, so the report may not come from our modules. In sentences, lines after the first
    are indented, so that none of them looks like a line of Ansible.
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
