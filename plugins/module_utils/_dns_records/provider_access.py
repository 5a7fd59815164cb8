# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access to the records of a zone at a provider, and its errors, without secrets.

Private to the collection.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .dynamic_update import DynamicUpdate
from .lexicon_zone import LexiconZone
from .provider_errors import ProviderError
from .provider_settings import RFC2136, DnsProvider, secrets_of, without_secrets
from .record_changes import to_publish, to_withdraw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .record_changes import DnsRecord, RecordChanges
    from .record_routing import Route


class Zone(Protocol):
    """The records of one zone at its provider. Every method raises ProviderError."""

    def check(self) -> None:
        """Find out whether the provider accepts the credentials for the zone. Changes nothing."""

    def records(self, name: str, kind: str) -> Sequence[DnsRecord]:
        """Return the records of a name that matter for a new record of this type."""

    def change(self, name: str, changes: RecordChanges) -> None:
        """Remove and add records of a name."""


def open_zone(provider: DnsProvider, zone: str) -> Zone:
    """Return the access to a zone. Raises ProviderError."""
    opened: Callable[[DnsProvider, str], Zone] = DynamicUpdate if provider.provider == RFC2136 else LexiconZone
    return opened(provider, zone)


@dataclass(frozen=True)
class Failed:
    """A change that a provider did not make. ``text`` has no secret; ``remedy`` is a part of it."""

    text: str
    remedy: str


def check(provider: DnsProvider, zone: str) -> Failed | None:
    """Return the reason if the provider does not accept the credentials for the zone."""
    return _guarded(provider, f"zone {zone}", lambda: open_zone(provider, zone).check())


def publish(route: Route) -> Failed | None:
    """Publish one record; return the reason if it was not published. A record that is there already is left."""

    def work() -> None:
        zone = open_zone(route.provider, route.zone)
        changes = to_publish(route, zone.records(route.name, route.type))
        if changes.add or changes.remove:
            zone.change(route.name, changes)

    return _guarded(route.provider, f"the validation record {route} in zone {route.zone}", work)


def withdraw(route: Route) -> Failed | None:
    """Withdraw one record; return the reason if it is still there."""

    def work() -> None:
        zone = open_zone(route.provider, route.zone)
        changes = to_withdraw(route, zone.records(route.name, route.type))
        if changes.remove:
            zone.change(route.name, changes)

    return _guarded(route.provider, f"the validation record {route} in zone {route.zone}", work)


def _guarded(provider: DnsProvider, what: str, work: Callable[[], None]) -> Failed | None:
    try:
        work()
    except ProviderError as error:
        found, remedy = str(error), error.remedy
    except KnownError as error:
        return Failed(f"{what}: {error}", error.remedy)
    else:
        return None
    words = without_secrets(found, secrets_of([provider], os.environ))
    return Failed(f"{what}: provider {provider.provider}: {quote(words, 400)}. {remedy}", remedy)
