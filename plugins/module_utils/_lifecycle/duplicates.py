# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations with the same names. Each of them would need its own paid order.

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
    """The names of a declaration. ``host`` is empty if all declarations are of one host.

    ``share`` is the group that shares the certificate. Its declarations on the hosts of the group are one certificate.
    """

    name: str
    names: frozenset[str]
    key_type: str
    may_be_shared: bool
    host: str = ""
    share: str = ""

    @property
    def identity(self) -> Identity:
        """Return the key by which two certificates are the same.

        Names with and without ``www.`` are the same, because the CA adds ``www.`` by itself. The key type is a part,
        because a server may have an RSA and an EC certificate.
        """
        return frozenset(name.removeprefix("www.") for name in self.names), self.key_type

    def is_same_certificate(self, other: Claim) -> bool:
        """Return whether both declare one certificate of a group, on two of its hosts."""
        return bool(self.share) and (self.share, self.name) == (other.share, other.name)

    @property
    def words(self) -> str:
        whose = f" of {self.host}" if self.host else ""
        return f"{self.name}{whose} with share: {self.share}" if self.share else f"{self.name}{whose}"


def by_identity(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Return each group of two or more claims for the same certificate."""
    found: dict[Identity, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.identity, []).append(claim)
    return (same for same in found.values() if len(same) > 1)


def duplicates_without_consent(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Return each group of declarations of one host with the same names, unless all of them allow it."""
    return (same for same in by_identity(claims) if not all(claim.may_be_shared for claim in same))


def sentence_about(same: Sequence[Claim]) -> str:
    """Return the problem with declarations of one host that have the same names."""
    names = ", ".join(sorted(same[0].names))
    return (
        f"{words_of(same)}: the same names are declared ({names}), and each declaration would need its own paid order. "
        "Keep one of them. If all of them are wanted, set allow_duplicate: true in each"
    )


def words_of(claims: Sequence[Claim]) -> str:
    """Return the names of the declarations for messages, at most the first few."""
    shown = ", ".join(claim.words for claim in claims[:SHOWN])
    return f"{shown} and {len(claims) - SHOWN} more" if len(claims) > SHOWN else shown
