# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that take one dictionary or a list of them. Private to the collection. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SINGLE_OR_LIST = (("certificates", "deploy"),)
"""The paths of these options. Most certificates have one service, so most playbooks write one dictionary."""


def with_lists(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with a list in place of one dictionary, for Ansible to check. Other wrong types stay."""
    changed = dict(params)
    for outer, inner in SINGLE_OR_LIST:
        if isinstance(items := params.get(outer), list):
            changed[outer] = [_with_list(item, inner) for item in items]
    return changed


def _with_list(item: Any, option: str) -> Any:
    is_single = isinstance(item, dict) and isinstance(item.get(option), dict)
    return {**item, option: [item[option]]} if is_single else item
