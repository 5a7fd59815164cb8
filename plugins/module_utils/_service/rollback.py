# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rolls certificates back on disk, and disables the sites that were enabled for them.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .._store.certificate_on_disk import read_installed
from .._store.each_certificate import for_each
from .._store.store_errors import StoreError
from .._store.version_choice import roll_back
from .site import sites_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .._store.certificate_on_disk import Installed
    from .._store.change import Change
    from .._store.layout import Layout
    from .site import Site


@dataclass(frozen=True)
class _Back:
    """One certificate that is rolled back. ``verified`` is true if the version that is active now was verified before.

    ``in_use`` are its sites that were enabled then.
    """

    item: DeclaredItem
    change: Change
    verified: bool
    in_use: tuple[Site, ...] = ()

    @property
    def words(self) -> str:
        return f"{self.item['name']}: {self.change.reason}"


@dataclass(frozen=True)
class Restored:
    """The result of a rollback. ``problems`` are about certificates and sites that could not be rolled back."""

    back: tuple[_Back, ...]
    sites_off: bool
    problems: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Whether another certificate is active now."""
        return any(each.change.changed for each in self.back)

    @property
    def changed(self) -> bool:
        return self.sites_off or self.moved

    @property
    def verified(self) -> list[DeclaredItem]:
        return [each.item for each in self.back if each.verified]

    @property
    def to_ask(self) -> list[DeclaredItem]:
        """The certificates whose addresses are worth asking after the rollback."""
        return [each.item for each in self.back if each.verified or each.change.changed]

    @property
    def links(self) -> str:
        return "; ".join(each.words for each in self.back if each.change.changed or not each.verified)


def restore_former(
    layout: Layout, items: Sequence[DeclaredItem], *, turned_on: Mapping[Site, str | None], check_mode: bool
) -> Restored:
    """Roll each certificate back to the version that was verified last.

    Restores the former link of each site that was *turned_on*, unless its certificate is active and verified.
    """

    def act(item: DeclaredItem) -> _Back:
        change = roll_back(layout, item["name"], now=datetime.now(timezone.utc), check_mode=check_mode)
        installed = read_installed(layout, item["name"])
        verified = bool(installed.current and installed.current is installed.verified)
        return _Back(item, change, verified=verified, in_use=_in_use(item, installed) if verified else ())

    back, problems = for_each(items, act)
    in_use = {site for each in back for site in each.in_use}
    sites = {site for item in items for site in sites_of(item)} - in_use
    off, others = _turn_off({site: former for site, former in turned_on.items() if site in sites})
    return Restored(tuple(back), off, (*map(str, problems), *others))


def _in_use(item: DeclaredItem, installed: Installed) -> tuple[Site, ...]:
    """Return the sites with which the certificate was verified: all of them if that is not recorded."""
    if installed.services is None:
        return sites_of(item)
    links = {each.site for each in installed.services.deployed}
    return tuple(site for site in sites_of(item) if (site.source, str(site.link)) in links)


def _turn_off(sites: Mapping[Site, str | None]) -> tuple[bool, list[str]]:
    """Restore the links. Return whether any was restored, and a sentence for each site that stays enabled."""
    off, problems = False, []
    for site, former in sites.items():
        try:
            site.put_back(former)
            off = True
        except StoreError as error:
            problems.append(str(error))
    return off, problems
