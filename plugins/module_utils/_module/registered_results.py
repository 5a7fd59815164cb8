# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of the registered results of the role's tasks, which may have any shape because a host may return anything.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import Any


def dicts_in(result: object, key: str) -> list[dict[str, Any]]:
    """Return the dicts in the list at ``key``, or nothing if there is no such list."""
    found = result.get(key) if isinstance(result, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def part_for(result: object, host: str) -> dict[str, Any]:
    """Return the part for one host of the result of a task that ran once for a batch."""
    hosts = result.get("hosts") if isinstance(result, dict) else None
    part = hosts.get(host) if isinstance(hosts, dict) else None
    return part if isinstance(part, dict) else {}
