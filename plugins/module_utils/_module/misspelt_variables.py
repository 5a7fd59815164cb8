# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unknown variables that begin with the prefix of the collection, and the known names that are nearest to them.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

PREFIX = "certum_"
INTERNAL = "__"
"""A part of every name that the roles give to their internal results and values."""
MISSPELT = 0.8
"""A name with at least this similarity to a known name counts as misspelt."""
NEAR = 0.55
"""With less similarity, a known name would be no help."""


@dataclass(frozen=True)
class Unknown:
    """A variable that no role has, and the nearest known name; None if none is near."""

    name: str
    nearest: str | None
    is_misspelt: bool

    def __str__(self) -> str:
        nearest = f". The nearest name is {self.nearest}" if self.nearest else ""
        return f"{self.name} is not a variable of this collection{nearest}"


def unknown_variables(names: Iterable[str], known: Collection[str]) -> list[Unknown]:
    """Return the unknown names that begin with the prefix of the collection, in alphabetical order."""
    ours = (name for name in names if name.startswith(PREFIX) and INTERNAL not in name)
    return [_nearest(name, known) for name in sorted(set(ours) - set(known))]


def _nearest(name: str, known: Collection[str]) -> Unknown:
    def similarity(other: str) -> float:
        return SequenceMatcher(None, name.removeprefix(PREFIX).lower(), other.removeprefix(PREFIX)).ratio()

    nearest = max(sorted(known), key=similarity)
    found = similarity(nearest)
    return Unknown(name, nearest if found >= NEAR else None, found >= MISSPELT)


def warnings_about(unknown: Iterable[Unknown]) -> list[str]:
    """Return a warning for each unknown name that is not misspelt."""
    return [
        f"{each}. The role does not use it. Give your own variable another prefix than {PREFIX}."
        for each in unknown
        if not each.is_misspelt
    ]
