# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the sentences of a result, apart from the data for the next task.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SENTENCES = frozenset({"diff", "msg", "notes", "remedy", "sentences", "text", "warnings", "what"})
"""The keys of sentences, at any place in a result. All other keys are data, into which our code puts no secret."""


def map_sentences(value: Any, change: Callable[[str], str]) -> Any:
    """Return the result with every sentence changed and its data unchanged."""
    if isinstance(value, dict):
        return {
            key: _map_all(part, change) if key in SENTENCES else map_sentences(part, change)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [map_sentences(part, change) for part in value]
    return value


def _map_all(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _map_all(part, change) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_map_all(part, change) for part in value]
    return change(value) if isinstance(value, str) else value
