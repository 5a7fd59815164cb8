# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds renamed declarations: the certificate is on disk under the former name, so nothing is ordered.

Private to the collection.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .._store.certificate_on_disk import read_installed
from .._store.directory_rename import is_link, move, target_of_link, unfinished_renames
from .._store.layout import Layout, is_safe_name
from .._store.store_errors import NewerFormatError, StoreError
from .._x509.alternative_names import canonical_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from .._lifecycle.declaration import Declaration
    from .._store.certificate_on_disk import Installed

Described = tuple[frozenset[str], str, str]
"""Identifies a certificate: its names, type of key, and product code."""


def find_renames(
    layout: Layout,
    declarations: Sequence[Declaration],
    *,
    declared: Collection[str],
    read: Callable[[Layout, str], Installed] = read_installed,
) -> dict[str, str]:
    """Return the former name of each renamed declaration, by its new name.

    ``declared`` are all names that are declared for the host, also the absent ones and those of other plays.
    ``read`` reads what is on disk of a name.
    """
    unfinished = unfinished_renames(layout.base)
    found = {name: former for name, former in unfinished.items() if name in declared and former not in declared}
    for declaration in declarations:
        target = target_of_link(layout.base, declaration.name)
        if target is not None and target not in declared:
            found[declaration.name] = target
    missing = [each for each in declarations if not os.path.lexists(layout.certificate(each.name))]
    if missing:
        by_description = dict(_undeclared(layout, declared, read))
        for declaration in missing:
            former = by_description.pop(_declared(declaration), None)
            if former is not None:
                found[declaration.name] = former
    return found


def followed_layout(layout: Layout, renamed: Mapping[str, str]) -> Layout:
    """Return the layout that finds a renamed certificate under its former name, if it was not moved yet."""
    there = {name: former for name, former in renamed.items() if (layout.base / former).is_dir()}
    return Layout(layout.base, former={name: each for name, each in there.items() if not is_link(layout, each)})


def follow_rename(layout: Layout, name: str, renamed: Mapping[str, str]) -> bool:
    """Move the directory of a renamed certificate, and return whether there was one. Raises StoreError."""
    return name in renamed and move(layout, name, former=renamed[name])


def why_renamed(name: str, former: str, layout: Layout) -> Reason:
    """Return the reason, which names the move of the directory."""
    return Reason(
        ReasonCode.RENAMED,
        f"the declaration was named {former}, so nothing is ordered: its directory is moved to "
        f"{layout.base / name}, and {layout.base / former} stays as a link",
    )


def _declared(declaration: Declaration) -> Described:
    return frozenset(canonical_names(declaration.names)), declaration.key_type.value, declaration.product.code


def _undeclared(
    layout: Layout, declared: Collection[str], read: Callable[[Layout, str], Installed]
) -> Iterator[tuple[Described, str]]:
    """Yield the directories that nothing declares. An unreadable certificate cannot be a renamed one.

    Raises NewerFormatError, because an order for a renamed certificate would be a second one."""
    try:
        entries = sorted(entry.name for entry in os.scandir(layout.base) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    for name in entries:
        if name in declared or not is_safe_name(name):
            continue
        try:
            described = _description(read(layout, name))
        except NewerFormatError:
            raise
        except StoreError:
            continue
        if described:
            yield described, name


def _description(installed: Installed) -> Described | None:
    """Return the description on disk. Declared names are more certain than the names in the certificate."""
    newest = installed.newest_good
    if newest is not None:
        known, facts = newest.metadata, newest.facts
        if known is None or known.order.product is None or facts is None or facts.key_spec is None:
            return None
        return frozenset(known.names), facts.key_spec.type.value, known.order.product
    staged = installed.staged
    if staged is None or staged.order is None or staged.request is None or staged.request.key_spec is None:
        return None
    names = canonical_names(filter(None, (staged.request.common_name, *staged.request.names)))
    return frozenset(names), staged.request.key_spec.type.value, staged.order.product
