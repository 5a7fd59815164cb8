# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites that a symbolic link enables (``deploy.enable_site``). Private to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .._store.atomic_files import open_directory, replace_symlink
from .._store.store_errors import StoreError

if TYPE_CHECKING:
    from .._handover.declared_items import DeclaredItem


@dataclass(frozen=True)
class Site:
    """A site. It is enabled while *link* points to *source*."""

    source: str
    link: Path

    @property
    def target(self) -> str | None:
        """The current target of the link, None if there is no link."""
        directory = open_directory(self.link.parent)
        if directory is None:
            return None
        with directory:
            return directory.link_target(self.link.name)

    @property
    def is_on(self) -> bool:
        return self.target == self.source

    def turn_on(self, *, check_mode: bool) -> None:
        """Make the link. Raises StoreError if its target does not exist, or something else is in its place."""
        if not (self.link.parent / self.source).exists():
            why, remedy = (
                f"{self.source} does not exist",
                "Create it, or correct deploy.enable_site.src, then run again.",
            )
        elif self.target is None and self.link.exists():
            why, remedy = "it is not a symbolic link", "Move it away, or leave deploy.enable_site out, then run again."
        elif not self.link.parent.is_dir():
            why, remedy = (
                "its directory does not exist",
                "Create it, or correct deploy.enable_site.dest, then run again.",
            )
        else:
            if not check_mode:
                replace_symlink(self.link, self.source)
            return
        raise StoreError("The site cannot be enabled", path=self.link, why=why, remedy=remedy)

    def turn_off(self) -> None:
        """Remove the link. Leaves anything else in its place alone. Raises StoreError."""
        directory = open_directory(self.link.parent)
        if directory is None:
            return
        with directory:
            if directory.link_target(self.link.name) is not None:
                directory.remove(self.link.name)
                directory.sync()

    def put_back(self, target: str | None) -> None:
        """Point the link at its former *target* again, or remove it if there was none. Raises StoreError."""
        if target is None:
            self.turn_off()
        else:
            replace_symlink(self.link, target)


def sites_of(item: DeclaredItem) -> tuple[Site, ...]:
    """Return the sites of a declaration, one for each service at most."""
    declared = [site for deployment in item.get("deploy") or () if (site := deployment.get("enable_site"))]
    return tuple(Site(site["src"], Path(site["dest"])) for site in declared)
