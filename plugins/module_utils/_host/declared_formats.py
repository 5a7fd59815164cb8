# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The formats that a declaration asks for, and whether a host can make them.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.terms import Format, KeyLocation
from .._lifecycle.declaration import InvalidDeclarationError, key_location
from .._lifecycle.passphrases import passphrase_problems
from .._service.known_services import KNOWN
from .._store.atomic_files import PRIVATE
from .._store.certificate_on_disk import read_installed
from .._store.format_files import outdated_formats
from .._store.ownership import ownership
from .._store.possible_formats import Formats, require_possible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .._service.known_services import KnownService
    from .._store.atomic_files import Ownership
    from .._store.layout import Layout

DEFAULT_MODE = "0600"


def require_passphrases(items: Sequence[DeclaredItem], passphrases: Mapping[str, Any]) -> None:
    """Raise InvalidDeclarationError unless every declared keystore has a usable passphrase."""
    problems = [f"{name}: {problem}" for name, problem in passphrase_problems(items, passphrases)]
    if problems:
        raise InvalidDeclarationError("\n".join(problems))


def declared_ownership(item: DeclaredItem) -> Ownership:
    """Return the declared mode and owner of files with the private key, or those that its services need.

    Raises StoreError for an unknown user or group.
    """
    if item.get("mode") or item.get("owner") or item.get("group"):
        return ownership(mode=item.get("mode") or DEFAULT_MODE, owner=item.get("owner"), group=item.get("group"))
    needed = [entry for entry in _entries(item) if entry.group]
    if not needed:
        return ownership(mode=DEFAULT_MODE)
    return ownership(mode=needed[0].mode or DEFAULT_MODE, group=needed[0].group)


def _entries(item: DeclaredItem) -> list[KnownService]:
    """Return the known services of a declaration."""
    services = (deployment["service"] for deployment in item.get("deploy") or ())
    return [KNOWN[service] for service in services if service in KNOWN]


def declared_formats(item: DeclaredItem, passphrases: Mapping[str, str], *, owned: Ownership = PRIVATE) -> Formats:
    name = item["name"]
    needed = [each for entry in _entries(item) for each in entry.formats]
    declared = [Format(each) for each in item.get("formats") or ()]
    return Formats(owned, tuple(dict.fromkeys([*declared, *needed])), alias=name, passphrase=passphrases.get(name, ""))


def outdated(layout: Layout, item: DeclaredItem, passphrases: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files that differ from the declared formats, as SERIAL/FILE (WHY). Without formats, read nothing."""
    formats = declared_formats(item, passphrases, owned=declared_ownership(item))
    return outdated_formats(layout, item["name"], formats) if formats.wanted else ()


def require_formats(layout: Layout, item: DeclaredItem, *, new_key: bool) -> None:
    """Raise StoreError for a format that this host cannot make, before anything is ordered for it.

    ``new_key`` is true for the next certificate, false for the newest one on disk.
    """
    wanted = declared_formats(item, {}).wanted
    if not wanted:
        return
    installed = read_installed(layout, item["name"])
    newest = installed.newest_good
    if new_key:
        made_here = key_location(item) is KeyLocation.HOST
        own_key = installed.staged.own_key if installed.staged else made_here
    else:
        own_key = newest is None or newest.key is not None
    require_possible(wanted, own_key=own_key, path=str(layout.certificate(item["name"])))
