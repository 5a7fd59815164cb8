# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites that a symbolic link turns on (``deploy.enable_site``). Private to the collection."""

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
    """*link* turns it on, where it leads to *source*."""

    source: str
    link: Path

    @property
    def target(self) -> str | None:
        """Where the link leads now; None where there is no link."""
        directory = open_directory(self.link.parent)
        if directory is None:
            return None
        with directory:
            return directory.link_target(self.link.name)

    @property
    def is_on(self) -> bool:
        return self.target == self.source

    def turn_on(self, *, check_mode: bool) -> None:
        """Raises StoreError where the link would lead nowhere, or something that is no link stands in its place."""
        if not (self.link.parent / self.source).exists():
            why, remedy = f"{self.source} does not exist", "Make it first, or correct deploy.enable_site.src."
        elif self.target is None and self.link.exists():
            why, remedy = "it is no symbolic link", "Move it away, or leave deploy.enable_site out."
        elif not self.link.parent.is_dir():
            why, remedy = "its directory does not exist", "Make it first, or correct deploy.enable_site.dest."
        else:
            if not check_mode:
                replace_symlink(self.link, self.source)
            return
        raise StoreError("The site cannot be turned on", path=self.link, why=why, remedy=remedy)

    def turn_off(self) -> None:
        """A link is removed; anything else is not ours. Raises StoreError."""
        directory = open_directory(self.link.parent)
        if directory is None:
            return
        with directory:
            if directory.link_target(self.link.name) is not None:
                directory.remove(self.link.name)
                directory.sync()

    def put_back(self, target: str | None) -> None:
        """Let it lead where it led before. Raises StoreError."""
        if target is None:
            self.turn_off()
        else:
            replace_symlink(self.link, target)


def site_of(item: DeclaredItem) -> Site | None:
    """The site of a declaration."""
    deployment = item.get("deploy")
    declared = deployment.get("enable_site") if deployment else None
    return Site(declared["src"], Path(declared["dest"])) if declared else None
