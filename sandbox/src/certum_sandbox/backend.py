# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a running sandbox, which operations, control API and worker share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certum_sandbox.ca.authority import CertificationAuthority
from certum_sandbox.clock import Clock, machine_time
from certum_sandbox.dialect import Dialect
from certum_sandbox.products import Catalogue, load_catalogue
from certum_sandbox.settings import Settings
from certum_sandbox.store.call_log import CallLog
from certum_sandbox.store.database import Database
from certum_sandbox.store.document_store import DocumentStore
from certum_sandbox.store.order_store import OrderStore
from certum_sandbox.store.outbox import Outbox
from certum_sandbox.work_queue import WorkQueue

_SHORT_LIFE, _SHORT_REUSE = 47, 10
_OFFSET = "clock-offset-seconds"


@dataclass(frozen=True)
class Backend:
    """A sandbox without its HTTP server. ``base_url`` is ``https://HOST:PORT``."""

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
    def validation_reuse(self) -> timedelta:
        """How long a domain validation can be reused: the longest lifetime, or 10 days for 47-day certificates.

        Source: lifecycle.md 9.1.
        """
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
    """Open the data directory ``settings.data``, or create it.

    ``machine`` returns the machine's time, to which the sandbox's clock adds its offset. ``repository_url`` is the base
    of the CRL and OCSP addresses in certificates, by default ``base_url``.
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
