# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides which batch of a play revokes a shared certificate that hosts declare absent.

Private to the collection. Pure. A later batch has not read its variables yet, so the last batch of the group decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._lifecycle.declaration import is_absent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


def later_hosts(batch: Collection[str], *, everyone: Sequence[str], alive: Collection[str]) -> list[str]:
    """Return the hosts of later batches. ``everyone`` has all hosts of the play in the order of its batches."""
    last = max((place for place, host in enumerate(everyone) if host in batch), default=len(everyone))
    return [host for host in everyone[last + 1 :] if host in alive]


def sharing_of_absent(
    host: str, frozen: Mapping[str, Mapping[str, Any]], *, later: Collection[str]
) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """Return, by certificate, the hosts of its group that keep it, and the certificates that a later batch revokes.

    ``frozen`` has the variables of the hosts of this batch and of earlier ones. A certificate that all hosts of its
    group declare absent is in neither result.
    """
    still_shared: dict[str, tuple[str, ...]] = {}
    revoked_later = set()
    for name, group in (frozen[host].get("shared") or {}).items():
        others = [each for each in group["members"] if not _is_absent(frozen.get(each), name, group["group"])]
        if keeping := tuple(each for each in others if each not in later):
            still_shared[name] = keeping
        elif others:
            revoked_later.add(name)
    return still_shared, frozenset(revoked_later)


def _is_absent(values: Mapping[str, Any] | None, name: str, group: str) -> bool:
    items = [each for each in (values or {}).get("certificates") or () if isinstance(each, dict)]
    return any(is_absent(each) and (each.get("name"), each.get("share")) == (name, group) for each in items)
