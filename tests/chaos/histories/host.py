# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host of a history: its declarations, its orders at the CA, and the loss and restore of its disk."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.chaos.histories.authority import OPEN
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.chaos.histories.authority import Ca
    from ansible_collections.certops.certum.tests.chaos.histories.declared import Declared


class Site:
    """One host with its declarations; its name and its domain are those of no other history."""

    def __init__(self, ca: Ca, base: Path, number: int, *, check_revocation: bool) -> None:
        self.ca, self.base = ca, base / f"h{number}"
        self.name, self.domain = f"h{number}", f"h{number}.example.com"
        (self.base / "www").mkdir(parents=True)
        ca.web.roots[self.name] = self.base / "www"
        self.host = Host(self.base / "certum", self.base / "www")
        self.declared: dict[str, Declared] = {}
        self.check_revocation = check_revocation
        self.forgotten: set[str] = set()
        """Keys of orders before the host was rebuilt or restored."""
        self.rejections_dealt_with: set[str] = set()

    def close(self) -> None:
        shutil.rmtree(self.base)

    def items(self) -> list[dict[str, Any]]:
        return [declared.item(self.domain, self.host.web_root) for declared in self.declared.values()]

    def orders(self) -> list[dict[str, Any]]:
        return self.ca.orders(self.name)

    def orders_of(self, name: str) -> list[dict[str, Any]]:
        return [order for order in self.orders() if order["customer"] == f"{self.name}/{name}"]

    def open_orders(self, name: str) -> list[dict[str, Any]]:
        return [order for order in self.orders_of(name) if order["state"] in OPEN]

    def forget_everything(self) -> None:
        """Rebuild the host."""
        shutil.rmtree(self.host.base, ignore_errors=True)
        self._forget_keys()

    def copy(self) -> None:
        """Copy the host, like a backup or a snapshot of a virtual machine."""
        shutil.rmtree(self.base / "copy", ignore_errors=True)
        if self.host.base.exists():
            shutil.copytree(self.host.base, self.base / "copy", symlinks=True)

    def restore(self) -> None:
        """Restore the host from its copy, without any later knowledge."""
        if (self.base / "copy").exists():
            shutil.rmtree(self.host.base, ignore_errors=True)
            shutil.copytree(self.base / "copy", self.host.base, symlinks=True)
            self._forget_keys()

    def _forget_keys(self) -> None:
        self.forgotten |= {entry["publicKeySha256"] for order in self.orders() for entry in order["entries"]}
