# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment variables that ``environment`` of a task or play sets, for action plugins.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def environment_of(environments: Iterable[object] | None, templar: Any) -> dict[str, str]:
    """Return the variables by name. The process of an action plugin ends with its task."""
    merged: dict[str, Any] = {}
    for environment in environments or ():
        merged.update(templar.template(environment) or {})
    return {str(name): str(value) for name, value in merged.items()}
