# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of declarations across the calls of a role and the hosts of a play, from results of certum_freeze.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.near_names import nearest_name_sentence
from .._handover.problems import Problem
from .._handover.reasons import ReasonCode
from .raw_declarations import claimed_items
from .shared_removals import later_hosts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

ASKED = ("replace", "order_again")
"""The variables that contain names of declarations, without the prefix of the role."""

DECLARED = ("certificates", "refused", "declared_elsewhere")
"""The variables that contain declarations or names of declarations."""


def names_in(values: Mapping[str, Any], variable: str) -> list[str]:
    """Return the names in a variable of the role. Its elements are declarations or names."""
    given = values.get(variable)
    parts = given if isinstance(given, list) else ()
    found = (part.get("name") if isinstance(part, dict) else part for part in parts)
    return [str(name) for name in found if isinstance(name, str)]


def declared_by(values: Mapping[str, Any]) -> set[str]:
    """Return the names that one call of the role declares or lists in ``declared_elsewhere``."""
    return {name for variable in DECLARED for name in names_in(values, variable)}


def declarations_before(frozen: object) -> list[dict[str, Any]]:
    """Return the declarations of earlier calls of the role for a host, reduced to the options that claim names."""
    if not isinstance(frozen, dict) or not isinstance(frozen.get("variables"), dict):
        return []
    return [*(frozen.get("before") or ()), *claimed_items(frozen["variables"])]


def declared_before(frozen: object) -> dict[str, list[str]]:
    """Return the names that earlier calls of the role for a host have declared, by path.

    ``frozen`` is the result of certum_freeze in the previous call, if there was one.
    """
    known = frozen.get("declared") if isinstance(frozen, dict) else None
    found = known.items() if isinstance(known, dict) else ()
    return {str(path): [str(name) for name in names] for path, names in found if isinstance(names, list)}


def declared_here(before: Mapping[str, Sequence[str]], values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the path of one call of the role, with all names that this call and earlier calls declare there."""
    path = str(values.get("path")).rstrip("/")
    return {path: sorted({*before.get(path, ()), *declared_by(values)})}


@dataclass(frozen=True)
class Played:
    """A host and the other hosts of its play. ``lockstep`` is ``once`` of certum_freeze.

    ``active`` are the hosts of the play that have not failed. ``everyone`` are all hosts in the order of the play.
    """

    host: str
    lockstep: bool
    batch: Sequence[str]
    active: Sequence[str]
    everyone: Sequence[str]

    def later(self) -> list[str]:
        """Return the hosts that may reach the role later.

        In lockstep these are the hosts of later batches. A host of the same batch without frozen variables takes no
        part.
        """
        if not self.lockstep:
            return list(self.active)
        return later_hosts(self.batch, everyone=self.everyone, alive=self.active)


def names_of_play(played: Played, frozen_of: Callable[[str], object]) -> set[str] | None:
    """Return the names that all hosts of a play declare, or None if another host reports them or some are unknown.

    In lockstep the first host of the batch reports for all. ``frozen_of`` returns the registered result of a host.
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
    """Return the names in ``certum_replace`` and ``certum_order_again`` that are not declared, by variable."""
    found = {variable: [name for name in names_in(values, variable) if name not in declared] for variable in ASKED}
    return {variable: names for variable, names in found.items() if names}


def problems_with_names(missing: Mapping[str, Sequence[str]], declared: Iterable[str]) -> list[Problem]:
    """Return a problem for each name that no host declares. ``missing`` is the result of names_not_declared."""
    known = sorted(set(declared))
    return [_problem(variable, name, known) for variable, names in missing.items() for name in names]


def _problem(variable: str, name: str, declared: Sequence[str]) -> Problem:
    shown = ", ".join(map(quote, declared)) or "none"
    nearest = nearest_name_sentence(name, declared)
    remedy = (
        "Correct the name and run again. If another play or another call of the role declares it, add it to "
        "certum_declared_elsewhere."
    )
    return Problem(
        f"certum_{variable} names {quote(name)}, and no host of this play declares a certificate of that name. "
        f"Declared are: {shown}.{nearest} Nothing was done about it. {remedy}",
        remedy,
        name,
        code=ReasonCode.NAME_NOT_DECLARED,
    )
