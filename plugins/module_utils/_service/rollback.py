# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put back on disk what was served before: certificates, and the sites that were turned on for them.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .._store.certificate_on_disk import read_installed
from .._store.each_certificate import for_each
from .._store.store_errors import StoreError
from .._store.version_switch import roll_back
from .site import site_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .._store.change import Change
    from .._store.layout import Layout
    from .site import Site


@dataclass(frozen=True)
class _Back:
    """One certificate on its way back; ``proved`` tells that what is in place now was proved to be served."""

    item: DeclaredItem
    change: Change
    verified: bool

    @property
    def words(self) -> str:
        return f"{self.item['name']}: {self.change.reason}"


@dataclass(frozen=True)
class Restored:
    """Certificates that were taken back as far as they could be; ``problems`` say what could not."""

    back: tuple[_Back, ...]
    sites_off: bool
    problems: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Whether another certificate is in place now."""
        return any(each.change.changed for each in self.back)

    @property
    def changed(self) -> bool:
        return self.sites_off or self.moved

    @property
    def verified(self) -> list[DeclaredItem]:
        return [each.item for each in self.back if each.verified]

    @property
    def to_ask(self) -> list[DeclaredItem]:
        """Those of which it is worth a word what is served now."""
        return [each.item for each in self.back if each.verified or each.change.changed]

    @property
    def links(self) -> str:
        return "; ".join(each.words for each in self.back if each.change.changed or not each.verified)


def restore_former(
    layout: Layout, items: Sequence[DeclaredItem], *, turned_on: Mapping[Site, str | None], check_mode: bool
) -> Restored:
    """Each to what was proved to be served last; a site that was *turned_on*, unless that is proved, where it led."""

    def act(item: DeclaredItem) -> _Back:
        change = roll_back(layout, item["name"], now=datetime.now(timezone.utc), check_mode=check_mode)
        installed = read_installed(layout, item["name"])
        return _Back(item, change, verified=bool(installed.current and installed.current is installed.verified))

    back, problems = for_each(items, act)
    sites = set(map(site_of, items)) - {site_of(each.item) for each in back if each.verified}
    off, others = _turn_off({site: former for site, former in turned_on.items() if site in sites})
    return Restored(tuple(back), off, (*map(str, problems), *others))


def _turn_off(sites: Mapping[Site, str | None]) -> tuple[bool, list[str]]:
    """Whether there was any, and a sentence for each that stays on."""
    off, problems = False, []
    for site, former in sites.items():
        try:
            site.put_back(former)
            off = True
        except StoreError as error:
            problems.append(str(error))
    return off, problems
