# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host of a batch: its frozen declaration, and the reports of its modules.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._handover.terms import RollbackScope
from .._lifecycle.order_identity import owner_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._dns_records.provider_settings import DnsProvider
    from .._handover.declared_items import DeclaredItem
    from .._handover.order_items import OrderItem
    from .._handover.problems import Problem
    from .._handover.shared_items import Assignment
    from .._handover.terms import PurchasePolicy
    from .._lifecycle.declaration import Declaration
    from .clocks import HostClock


@dataclass(frozen=True)
class Account:
    """The API access of a host: the options of every module that calls the Partner API.

    ``problem`` names the options that are missing or wrong.
    """

    api_url: str | None
    api_environment: str | None
    api_username: str
    api_password: str = field(repr=False)
    ca_path: str | None
    validate_certs: bool
    problem: str | None = None


@dataclass(frozen=True)
class Settings:
    """The limits of one run for a host. Times are in seconds; ``preflight`` is ``no``, ``warn`` or ``fail``.

    ``rollback`` says which hosts roll back to the previous certificate with this one.
    """

    wait_timeout: float
    wait_sleep: float
    preflight: str
    preflight_resolvers: tuple[str, ...]
    preflight_resolve: tuple[tuple[str, str], ...]
    purchase: PurchasePolicy
    rollback: RollbackScope = RollbackScope.BATCH


@dataclass(frozen=True)
class DnsSettings:
    """How the records of a host are published. ``timeout`` is None if ``wait_timeout`` limits the wait."""

    providers: tuple[DnsProvider, ...] = ()
    resolvers: tuple[str, ...] = ()
    timeout: float | None = None


@dataclass(frozen=True)
class SharingGroup:
    """A group of the inventory that shares a certificate, with all its hosts."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class BatchHost:
    """A host, with its declarations by name.

    ``items`` are the declarations with state present, complete with defaults; ``declarations`` are the same, parsed.
    ``planned_removal`` are the declarations with state absent. ``reports`` are the results of the host's own modules,
    by the variable in which they are registered. The host wrote them, so the declaration or the CA must confirm them.
    ``duplicates`` name, by declaration, other declarations of the same names that may not all be ordered. ``orders``
    are the orders that the host has staged, in the types of certum_certificates; ``refused`` are those with other
    types. ``clock`` is the time that the host reported.

    ``shared`` are the groups that share a certificate, by declaration, and ``assigned`` the decisions about
    certificates that this host orders for its group. ``still_shared`` has, for a certificate that is declared absent
    here, the hosts of its group that do not declare it absent in this play. ``revoked_later`` are those that a host of
    a later batch revokes, if it declares them absent too. ``replace`` are the certificates to replace. ``in_batch`` is
    False for a host of an earlier batch of the play. ``path`` is the directory of the certificates.
    """

    name: str
    account: Account
    settings: Settings
    items: Mapping[str, DeclaredItem]
    declarations: Mapping[str, Declaration]
    planned_removal: Mapping[str, DeclaredItem]
    reports: Mapping[str, Any] = field(default_factory=dict)
    duplicates: Mapping[str, str] = field(default_factory=dict)
    orders: tuple[OrderItem, ...] = ()
    refused: tuple[Problem, ...] = ()
    clock: HostClock | None = None
    dns: DnsSettings = field(default_factory=DnsSettings)
    shared: Mapping[str, SharingGroup] = field(default_factory=dict)
    assigned: Mapping[str, Assignment] = field(default_factory=dict)
    still_shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    revoked_later: frozenset[str] = frozenset()
    replace: frozenset[str] = frozenset()
    in_batch: bool = True
    path: str = ""

    def owner_of(self, name: str) -> str:
        """Return whose certificate a declaration describes: this host, or the group that shares it."""
        return owner_of(self.items.get(name, {}), self.name)

    def directory_of(self, name: str) -> str:
        """Return the directory of a certificate's web root; a unique name if the host does not report it."""
        staged = self.reports.get("certum__staged")
        found = staged.get("places") if isinstance(staged, dict) else None
        return str((found.get(name) if isinstance(found, dict) else None) or f"{self.name} {name}")

    def has_trial(self, name: str) -> bool:
        """Return whether the host reports a test file in the web root of a certificate."""
        staged = self.reports.get("certum__staged")
        found = staged.get("trials") if isinstance(staged, dict) else None
        return isinstance(found, list) and name in found

    def reported(self, report: str, key: str) -> list[dict[str, Any]]:
        """Return the dictionaries of a list in a report; none if the host reported another type."""
        found = self.reports.get(report)
        values = found.get(key) if isinstance(found, dict) else None
        return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
