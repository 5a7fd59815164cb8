# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of the registered results of the role's tasks, which may have any shape because a host may return anything.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .frozen_variables import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def dicts_in(result: object, key: str) -> list[dict[str, Any]]:
    """Return the dicts in the list at ``key``, or nothing if there is no such list."""
    found = result.get(key) if isinstance(result, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def part_for(result: object, host: str) -> dict[str, Any]:
    """Return the part for one host of the result of a task that ran once for a batch."""
    hosts = result.get("hosts") if isinstance(result, dict) else None
    part = hosts.get(host) if isinstance(hosts, dict) else None
    return part if isinstance(part, dict) else {}


def registered(variables: Mapping[str, Any], names: Iterable[str], host: str) -> dict[str, Any]:
    """Return what a host registered under these names, as built-in types.

    Ansible registers the result of a task that ran once on every host of the batch. Each gets only its own part here:
    the parts of all others would make the cost grow with the square of the hosts.
    """
    return {name: plain(_own_part(variables[name], host)) for name in names if name in variables}


def _own_part(result: object, host: str) -> object:
    if not isinstance(result, dict) or not isinstance(result.get("hosts"), dict):
        return result
    return {**result, "hosts": {host: part_for(result, host)}}
