# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which orders may prove their names at the same time.

Private to the collection. Pure. A validation file has one fixed path in its web root and a name has one CNAME, so
orders that need the same place go one after the other; TXT records stand side by side (lifecycle.md 4.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .._handover.terms import ValidationMethod

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .declaration import Declaration

_T = TypeVar("_T")


def places(declaration: Declaration, *, webroot: str | None) -> frozenset[str]:
    """The places that only one order at a time can use."""
    if declaration.method is ValidationMethod.FILE:
        return frozenset({f"file {webroot}"})
    if declaration.method in (ValidationMethod.DNS_CNAME, ValidationMethod.DNS_CNAME_PREFIX):
        return frozenset(f"cname {name.removeprefix('*.')}" for name in declaration.names)
    return frozenset()


def waves(items: Iterable[tuple[_T, frozenset[str]]]) -> Sequence[Sequence[_T]]:
    """Put every item into the first wave in which none of its places is taken; the order of the items is kept."""
    found: list[tuple[list[_T], set[str]]] = []
    for item, wanted in items:
        free = next((wave for wave in found if not wave[1] & wanted), None)
        if free is None:
            free = ([], set())
            found.append(free)
        free[0].append(item)
        free[1].update(wanted)
    return [wave for wave, _taken in found]
