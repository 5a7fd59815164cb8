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


def alias_paths(spec: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """Yield the path of each alias in an argument spec, such as ``("certificates", "deploy", "probe")``."""
    for name, option in spec.items():
        for alias in option.get("aliases", ()):
            yield (*above, alias)
        yield from alias_paths(option.get("options") or {}, (*above, name))


def drop_aliases(values: object, paths: Sequence[Path]) -> None:
    """Remove the aliases from values that Ansible has validated. Lists on the way stand for each of their items."""
    for path in paths:
        _drop(values, path)


def _drop(values: object, path: Path) -> None:
    if isinstance(values, list):
        for each in values:
            _drop(each, path)
    elif isinstance(values, dict):
        if len(path) == 1:
            values.pop(path[0], None)
        else:
            _drop(values.get(path[0]), path[1:])
