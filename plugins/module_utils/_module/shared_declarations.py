# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts share a certificate, by the inventory as the controller sees it.

Private to the collection. Pure. Facts cannot replace the groups of the inventory, because certum_freeze refuses such
facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import LONGEST_SHOWN, quote
from .._handover.near_names import nearest_name_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True)
class PlaceInInventory:
    """A host, the groups of the inventory with their hosts, and whether the play works in lockstep."""

    host: str
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lockstep: bool = True


def share_problems(item: Mapping[str, Any], place: PlaceInInventory) -> Iterator[str]:
    """Yield the reasons why a declaration cannot be shared by the group that it names."""
    group = item.get("share")
    if not group:
        return
    shown, host = quote(group, LONGEST_SHOWN), quote(place.host, LONGEST_SHOWN)
    if group not in place.groups:
        near = nearest_name_sentence(str(group), place.groups)
        yield f"share names {shown}, which is not a group of the inventory.{near} Correct the name of the group."
    elif place.host not in place.groups[group]:
        yield f"share names group {shown}, and host {host} is not in it. Add the host to the group, or remove share."
    if not place.lockstep:
        yield (
            "share needs a strategy that runs each task for all hosts before the next task, because one host sends the "
            "private key to the others. Use the strategy linear for this play."
        )


def shared_by(items: Iterable[Any], place: PlaceInInventory) -> dict[str, dict[str, Any]]:
    """Return the group and its hosts for each shared declaration, by name."""
    found = {}
    for item in items:
        group = item.get("share") if isinstance(item, dict) else None
        if group:
            found[str(item["name"])] = {"group": str(group), "members": list(place.groups.get(group, ()))}
    return found
