# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations that claim the same names: each would be a paid order of its own.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Identity = tuple[frozenset[str], str]
SHOWN = 5


@dataclass(frozen=True)
class Claim:
    """The names that a declaration asks a certificate for. ``host`` is empty where all declarations are of one host."""

    name: str
    names: frozenset[str]
    key_type: str
    may_be_shared: bool
    host: str = ""

    @property
    def identity(self) -> Identity:
        """Return what makes two certificates the same. The CA adds ``www.`` by itself; RSA and EC are a pair."""
        return frozenset(name.removeprefix("www.") for name in self.names), self.key_type

    @property
    def words(self) -> str:
        return f"{self.name} of {self.host}" if self.host else self.name


def by_identity(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Return the claims that are for the same certificate, where there are two or more."""
    found: dict[Identity, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.identity, []).append(claim)
    return (same for same in found.values() if len(same) > 1)


def problems_of_duplicates(claims: Iterable[Claim]) -> Iterator[str]:
    """Return a line for the declarations of one host with the same names, unless each of them allows it."""
    for same in by_identity(claims):
        if not all(claim.may_be_shared for claim in same):
            names = ", ".join(sorted(same[0].names))
            yield (
                f"{words_of(same)}: the same names are declared ({names}), and each declaration would have a paid "
                "order of its own. Keep one of them, or set allow_duplicate: true in each if all of them are wanted"
            )


def words_of(claims: Sequence[Claim]) -> str:
    """Return their names for messages, the first few of many."""
    shown = ", ".join(claim.words for claim in claims[:SHOWN])
    return f"{shown} and {len(claims) - SHOWN} more" if len(claims) > SHOWN else shown
