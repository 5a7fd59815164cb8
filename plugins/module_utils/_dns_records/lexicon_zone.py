# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records of a zone at a provider that dns-lexicon knows.

Private to the collection.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from .._handover.foreign_text import quote
from .._net.parallel import in_time
from .._third_party.dns_lexicon import LEXICON_MISSING, ConfigResolver, find_providers, load_provider_module
from .provider_errors import ProviderError
from .provider_settings import DEFAULT_TTL, own_names
from .record_changes import DnsRecord, normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .provider_settings import DnsProvider
    from .record_changes import RecordChanges
    from .record_routing import Route

    _R = TypeVar("_R")

SECONDS = 60.0
"""Providers of dns-lexicon send requests without a time limit."""
WHOLE = 100_000
"""Characters of an error. A shorter text could cut a secret, which would not be masked then."""


class LexiconZone:
    """A zone of one provider. Options that certum_dns leaves open come from LEXICON_* in the environment."""

    def __init__(self, provider: DnsProvider, zone: str) -> None:
        _require(provider.provider)
        known = {
            "provider_name": provider.provider,
            "domain": zone,
            "ttl": provider.ttl or DEFAULT_TTL,
            provider.provider: dict(provider.options),
        }
        self._known: dict[str, Any] = known
        self._class: Any = load_provider_module(provider.provider).Provider
        self._opened: Any = None

    def check(self, _routes: Iterable[Route]) -> None:
        """Log in, which fails for wrong credentials and for a zone that the account does not have."""
        self._run(bool)

    def records(self, name: str, kind: str) -> Sequence[DnsRecord]:
        """Return the records of the name. For a TXT record only those of its type matter."""
        asked = kind if kind == "TXT" else None

        def work(zone: Any) -> list[DnsRecord]:
            return [
                DnsRecord(str(each["type"]), str(each["content"]))
                for each in zone.list_records(asked, name, None)
                if str(each["name"]).rstrip(".").lower() == name
            ]

        return self._run(work)

    def change(self, name: str, changes: RecordChanges) -> None:
        """Change record by record, because providers know no transaction."""

        def work(zone: Any) -> None:
            for record in changes.remove:
                zone.delete_record(None, record.type, name, record.value)
            for record in changes.add:
                zone.create_record(record.type, name, record.value)

        self._run(work)
        for record in changes.add:
            if record.type == "CNAME":
                self._require_stored(name, record)

    def _require_stored(self, name: str, record: DnsRecord) -> None:
        """Remove a CNAME record that the provider has stored with another target. Raises ProviderError.

        Some providers of dns-lexicon take every target as a name of the zone.
        """
        wanted = normal(record)
        others = [each for each in self.records(name, "CNAME") if each.type == "CNAME" and normal(each) != wanted]
        if not others:
            return
        self._run(lambda zone: [zone.delete_record(None, each.type, name, each.value) for each in others])
        raise ProviderError(
            f"it stores the target {others[0].value} instead of {record.value}, so the record was removed",
            remedy="Validate the name with dns_txt_prefix, then run again.",
        )

    def _run(self, work: Callable[[Any], _R]) -> _R:
        """Return the result of work with a provider that is logged in. Raises ProviderError."""

        def guarded() -> tuple[bool, Any]:
            try:
                return True, work(self._logged_in())
            except Exception as error:  # each provider has its own errors
                return False, error

        with _NO_LOG:
            done = in_time({"": guarded}, seconds=SECONDS, workers=1).get("")
        if done is None:
            raise ProviderError(f"no answer within {SECONDS:.0f} seconds")
        if not done[0]:
            raise ProviderError(quote(done[1], WHOLE) or type(done[1]).__name__)
        result: _R = done[1]
        return result

    def _logged_in(self) -> Any:
        if self._opened is None:
            config: Any = ConfigResolver
            opened = self._class(config().with_dict(self._known).with_env())
            opened.authenticate()
            self._opened = opened
        return self._opened


class _NoLog:
    """Keeps requests, answers and addresses with credentials out of the log file of Ansible, while any zone is used."""

    def __init__(self) -> None:
        self._lock, self._users, self._before = threading.Lock(), 0, 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._users:
                self._before = logging.root.manager.disable
                logging.disable(logging.CRITICAL)
            self._users += 1

    def __exit__(self, *_details: object) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                logging.disable(self._before)


_NO_LOG = _NoLog()


def _require(provider: str) -> None:
    """Raise ProviderError with the command that installs what is missing."""
    if LEXICON_MISSING:
        raise ProviderError(
            "the Python package dns-lexicon is missing on the controller",
            remedy="Install it with 'pip install dns-lexicon' for the Python of Ansible, then run again.",
        )
    available = find_providers().get(provider)
    if available is None:
        raise ProviderError(
            "dns-lexicon has no provider of this name",
            remedy=f"Set provider in certum_dns to a name from 'lexicon --help', or to {own_names()}.",
        )
    if not available:
        raise ProviderError(
            "a Python package that this provider needs is missing on the controller",
            remedy=f"Install it with 'pip install dns-lexicon[{provider}]' for the Python of Ansible, then run again.",
        )
