# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Aliases of options. Ansible adds the value under the option's name, and leaves the alias beside it.

Private to the collection. Pure. An item that a module returns is an option of the next module, and Ansible warns if an
option and its alias are both set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Path = tuple[str, ...]


def alias_paths(spec: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the path of each alias, such as ``("certificates", "deploy", "probe")``, and the name of its option."""
    for name, option in spec.items():
        for alias in option.get("aliases", ()):
            yield (*above, alias), name
        yield from alias_paths(option.get("options") or {}, (*above, name))


def without_aliases(values: object, paths: Sequence[tuple[Path, str]]) -> None:
    """Move the value of each alias to its option, unless that is set. A list on the way stands for its items."""
    for path, name in paths:
        _move(values, path, name)


def _move(values: object, path: Path, name: str) -> None:
    if isinstance(values, list):
        for each in values:
            _move(each, path, name)
    elif isinstance(values, dict):
        if len(path) > 1:
            _move(values.get(path[0]), path[1:], name)
        elif path[0] in values:
            value = values.pop(path[0])
            values.setdefault(name, value)
