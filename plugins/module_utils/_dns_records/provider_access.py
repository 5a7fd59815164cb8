# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access to the records of a zone at a provider, and its errors, without secrets.

Private to the collection.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .._handover.foreign_text import quote
from .dynamic_update import DynamicUpdate
from .provider_errors import ProviderError
from .provider_settings import RFC2136, DnsProvider, secrets_of, without_secrets
from .record_changes import RecordClashError, to_publish, to_withdraw

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from .record_changes import DnsRecord, RecordChanges
    from .record_routing import Route

    Decide = Callable[[Route, Collection[DnsRecord]], RecordChanges]

ZONES_AT_ONCE = 8
WITHDRAW_AGAIN = (2.0, 10.0)
"""Seconds before each further attempt. A later run knows nothing of the records of an order that is issued."""


class Zone(Protocol):
    """The records of one zone at its provider. Every method raises ProviderError."""

    def check(self, routes: Iterable[Route]) -> None:
        """Find out whether the provider accepts the credentials for these records. Changes nothing."""

    def records(self, name: str, kind: str) -> Sequence[DnsRecord]:
        """Return the records of a name that matter for a new record of this type."""

    def change(self, name: str, changes: RecordChanges) -> None:
        """Remove and add records of a name."""


def open_zone(provider: DnsProvider, zone: str) -> Zone:
    """Return the access to a zone. Raises ProviderError."""
    if provider.provider == RFC2136:
        return DynamicUpdate(provider, zone)
    from .lexicon_zone import LexiconZone  # noqa: PLC0415 - dns-lexicon loads many packages, and few runs need it

    return LexiconZone(provider, zone)


@dataclass(frozen=True)
class Failed:
    """A change that a provider did not make. ``text`` has no secret and ends with ``remedy``."""

    text: str
    remedy: str


def check(routes: Iterable[Route]) -> dict[Route, Failed]:
    """Return the records that the provider of their zone would not publish, as far as it can be known before."""
    zones = list(_by_zone(routes).values())
    with ThreadPoolExecutor(max_workers=ZONES_AT_ONCE) as pool:
        found = zip(zones, pool.map(_check_zone, zones))
        return {each: failed for group, failed in found if failed for each in group}


def _check_zone(routes: Sequence[Route]) -> Failed | None:
    provider, zone = routes[0].provider, routes[0].zone
    try:
        open_zone(provider, zone).check(routes)
    except ProviderError as error:
        return _failed(provider, f"zone {zone}", error)
    return None


def publish(routes: Iterable[Route]) -> dict[Route, Failed]:
    """Publish records; return those that were not published. A record that is there already is left."""
    return _change(routes, to_publish)


def withdraw(routes: Iterable[Route]) -> dict[Route, Failed]:
    """Withdraw records; try again after a pause. Return those that may still be there."""
    failed = _change(routes, to_withdraw)
    for pause in WITHDRAW_AGAIN:
        if not failed:
            break
        time.sleep(pause)
        failed = _change(failed, to_withdraw)
    return failed


def _change(routes: Iterable[Route], decide: Decide) -> dict[Route, Failed]:
    """Change the records zone by zone: the zones at the same time, and the records of a zone one after the other.

    A change at a provider is often a read and a write, so two at once could lose one.
    """
    failed: dict[Route, Failed] = {}
    with ThreadPoolExecutor(max_workers=ZONES_AT_ONCE) as pool:
        for found in pool.map(lambda group: _change_zone(group, decide), _by_zone(routes).values()):
            failed.update(found)
    return failed


def _by_zone(routes: Iterable[Route]) -> dict[tuple[str, str], list[Route]]:
    zones: dict[tuple[str, str], list[Route]] = {}
    for each in dict.fromkeys(routes):
        zones.setdefault((each.provider.key, each.zone), []).append(each)
    return zones


def _change_zone(routes: Sequence[Route], decide: Decide) -> dict[Route, Failed]:
    """Change records of one zone. After an error of the provider, the rest is not tried."""
    failed: dict[Route, Failed] = {}
    done: set[Route] = set()
    provider = routes[0].provider
    try:
        zone = open_zone(provider, routes[0].zone)
        for each in routes:
            try:
                changes = decide(each, zone.records(each.name, each.type))
                if changes.add or changes.remove:
                    zone.change(each.name, changes)
            except RecordClashError as clash:
                failed[each] = Failed(f"{_record(each)}: {clash}", clash.remedy)
            done.add(each)
    except ProviderError as error:
        failed.update({each: _failed(provider, _record(each), error) for each in routes if each not in done})
    return failed


def _record(route: Route) -> str:
    return f"the validation record {route} in zone {route.zone}"


def _failed(provider: DnsProvider, what: str, error: ProviderError) -> Failed:
    words = without_secrets(str(error), secrets_of([provider], os.environ))
    return Failed(f"{what}: provider {provider.provider}: {quote(words, 400)}. {error.remedy}", error.remedy)
