# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of declarations across the calls of a role and the hosts of a play, from what certum_freeze has returned.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .raw_declarations import claimed_items

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

ASKED = ("replace", "order_again")
"""The variables that name declarations, without the prefix of the role."""


def names_in(values: Mapping[str, Any], variable: str) -> list[str]:
    """Return the names that a variable of the role has: of its declarations, or its own elements."""
    given = values.get(variable)
    parts = given if isinstance(given, list) else ()
    found = (part.get("name") if isinstance(part, dict) else part for part in parts)
    return [str(name) for name in found if isinstance(name, str)]


def declared_by(values: Mapping[str, Any]) -> set[str]:
    """Return the names that one call of the role declares, or says that others declare."""
    return {*names_in(values, "certificates"), *names_in(values, "declared_elsewhere")}


def declarations_before(frozen: object) -> list[dict[str, Any]]:
    """Return the declarations of earlier calls of the role for a host, as far as they claim names."""
    if not isinstance(frozen, dict) or not isinstance(frozen.get("variables"), dict):
        return []
    return [*(frozen.get("before") or ()), *claimed_items(frozen["variables"])]


def declared_before(frozen: object) -> dict[str, list[str]]:
    """Return the names that earlier calls of the role for a host have declared, by path.

    ``frozen`` is what certum_freeze returned for the call before, if there was one.
    """
    known = frozen.get("declared") if isinstance(frozen, dict) else None
    found = known.items() if isinstance(known, dict) else ()
    return {str(path): [str(name) for name in names] for path, names in found if isinstance(names, list)}


def declared_here(before: Mapping[str, Sequence[str]], values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the path of one call of the role, with all names that it and the calls before have declared there."""
    path = str(values.get("path")).rstrip("/")
    return {path: sorted({*before.get(path, ()), *declared_by(values)})}


@dataclass(frozen=True)
class Played:
    """A host and the hosts that Ansible plays with it; ``lockstep`` as certum_freeze says it with ``once``.

    ``active`` are the hosts of the play that have not failed, ``everyone`` all of them in their order.
    """

    host: str
    lockstep: bool
    batch: Sequence[str]
    active: Sequence[str]
    everyone: Sequence[str]

    def later(self) -> list[str]:
        """Return the hosts that come to the role later, if they have not come to it yet.

        In lockstep these are the hosts of later batches. A host of the own batch that has read nothing takes no part.
        """
        if not self.lockstep:
            return list(self.active)
        last = max(map(self.everyone.index, self.batch))
        active = set(self.active)
        return [host for host in self.everyone[last + 1 :] if host in active]


def names_of_play(played: Played, frozen_of: Callable[[str], object]) -> set[str] | None:
    """Return what all hosts of a play declare, None where another host tells it or where it is not yet known.

    In lockstep the first host of the batch tells it for all. ``frozen_of`` returns what a host has registered.
    """
    if played.lockstep:
        first = next((host for host in played.batch if frozen_of(host) is not None), None)
        if first != played.host:
            return None
    if any(frozen_of(host) is None for host in played.later()):
        return None
    known = (frozen_of(host) for host in played.everyone)
    return {name for frozen in known for names in declared_before(frozen).values() for name in names}


def names_not_declared(values: Mapping[str, Any], declared: Collection[str]) -> dict[str, list[str]]:
    """Return the names in ``certum_replace`` and ``certum_order_again`` that are not among the declared, by variable."""
    found = {variable: [name for name in names_in(values, variable) if name not in declared] for variable in ASKED}
    return {variable: names for variable, names in found.items() if names}


def problems_with_names(missing: Mapping[str, Sequence[str]], declared: Iterable[str]) -> list[Problem]:
    """Return a problem for each name that no host declares. ``missing`` is what names_not_declared returned."""
    known = sorted(set(declared))
    return [_problem(variable, name, known) for variable, names in missing.items() for name in names]


def _problem(variable: str, name: str, declared: Sequence[str]) -> Problem:
    shown = ", ".join(map(quote, declared)) or "none"
    near = get_close_matches(name, declared, n=1, cutoff=0)
    nearest = f" The nearest name is {quote(near[0])}." if near else ""
    remedy = (
        "Correct the name and run again. If another play or another call of the role declares it, add it to "
        "certum_declared_elsewhere."
    )
    return Problem(
        f"certum_{variable} names {quote(name)}, and no host of this play declares a certificate of that name. "
        f"Declared are: {shown}.{nearest} Nothing was done about it. {remedy}",
        remedy,
        name,
    )
