# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything behind the service's address, handed to operations, the control API and the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certum_sandbox.ca.authority import CertificationAuthority
from certum_sandbox.clock import Clock, machine_time
from certum_sandbox.dialect import Dialect
from certum_sandbox.products import Catalogue, load_catalogue
from certum_sandbox.settings import Settings
from certum_sandbox.store.calls import CallLog
from certum_sandbox.store.database import Database
from certum_sandbox.store.documents import DocumentStore
from certum_sandbox.store.mails import Outbox
from certum_sandbox.store.orders import OrderStore
from certum_sandbox.work import WorkQueue

_SHORT_LIFE, _SHORT_REUSE = 47, 10
_OFFSET = "clock-offset-seconds"


@dataclass(frozen=True)
class Backend:
    """One running sandbox without its HTTP server. ``base_url`` is ``https://HOST:PORT``."""

    settings: Settings
    base_url: str
    database: Database
    clock: Clock
    authority: CertificationAuthority
    catalogue: Catalogue
    work: WorkQueue = field(default_factory=WorkQueue)

    @property
    def dialect(self) -> Dialect:
        return self.settings.dialect

    @property
    def orders(self) -> OrderStore:
        return OrderStore(self.database)

    @property
    def documents(self) -> DocumentStore:
        return DocumentStore(self.database)

    @property
    def calls(self) -> CallLog:
        return CallLog(self.database)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database)

    @property
    def reuse(self) -> timedelta:
        """Domain proofs last as long as a certificate may, but for the shortest lifetime (lifecycle.md 9.1)."""
        days = self.settings.max_days
        return timedelta(days=days if days > _SHORT_LIFE else _SHORT_REUSE)


def _open_clock(database: Database, wanted: timedelta | None, machine: Callable[[], datetime]) -> Clock:
    def remember(offset: timedelta) -> None:
        with database.transaction():
            database.remember(_OFFSET, str(offset.total_seconds()))

    kept = timedelta(seconds=float(database.setting(_OFFSET) or 0))
    offset = kept if wanted is None else wanted
    remember(offset)
    return Clock(offset, remember=remember, machine=machine)


def open_backend(
    settings: Settings,
    base_url: str,
    *,
    repository_url: str | None = None,
    machine: Callable[[], datetime] = machine_time,
) -> Backend:
    """Open or make everything in ``settings.data``. ``machine`` tells the time that the sandbox's clock starts from.

    ``repository_url`` is what certificates point at, by default ``base_url``.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.data / "sandbox.sqlite3")
    return Backend(
        settings=settings,
        base_url=base_url,
        database=database,
        clock=_open_clock(database, settings.clock, machine),
        authority=CertificationAuthority(
            settings.data, repository_url=repository_url or base_url, max_days=settings.max_days
        ),
        catalogue=load_catalogue(settings.products),
    )
