# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The place of a validation record: the name to which CNAME records delegate it, its zone, and the zone's provider.

Private to the collection. Pure but for the questions to a resolver, which the caller provides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._lifecycle.publication import CA_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._lifecycle.publication import ValidationRecord
    from .provider_settings import DnsProvider

MOST_ALIASES = 8
STRANGE_LABEL = "_certum-no-such-name"
"""A sibling that nobody creates. If it is the same alias, a wildcard record answers for both."""
PREFIX = "_certum."


class RoutingError(KnownError):
    """No provider can publish a record. The text has the record, the reason and the remedy."""


class Questions(Protocol):
    """The questions to a resolver. Both raise KnownError if there is no answer."""

    def alias_at(self, name: str) -> str | None:
        """Return the target of the CNAME record of exactly this name."""

    def has_zone(self, name: str) -> bool:
        """Return whether the name is the top of a zone."""


@dataclass(frozen=True)
class Route:
    """A record where it has to be published: ``name`` is the end of the delegation, ``wanted`` the name of the CA."""

    wanted: str
    name: str
    type: str
    value: str
    zone: str
    provider: DnsProvider

    def __str__(self) -> str:
        via = "" if self.wanted == self.name else f" (from {self.wanted} by CNAME)"
        return f"{self.name} {self.type} '{quote(self.value)}'{via}"


def route(record: ValidationRecord, providers: Sequence[DnsProvider], ask: Questions) -> Route:
    """Return the place of a record. Raises RoutingError."""
    if record.type == "TXT":
        name = delegated_name(record.name, ask)
    else:
        name = record.name.lower()
        _refuse_delegated(record, ask)
    provider, zone = _declared(name, providers) or _found(record, name, providers, ask)
    return Route(wanted=record.name, name=name, type=record.type, value=record.value, zone=zone, provider=provider)


def delegated_name(name: str, ask: Questions) -> str:
    """Return the name where the CNAME records that begin at ``name`` end. Raises RoutingError for a loop."""
    passed = [name.lower()]
    while target := ask.alias_at(passed[-1]):
        target = target.lower().rstrip(".")
        if len(passed) == 1 and _is_wildcard(passed[0], target, ask):
            return passed[0]
        if target in passed or len(passed) > MOST_ALIASES:
            chain = " > ".join([*passed, quote(target)])
            why = "form a loop" if target in passed else f"are more than {MOST_ALIASES}"
            remedy = f"Correct the CNAME records of {name}, then run again."
            raise RoutingError(f"the CNAME records that begin at {name} {why}: {chain}. {remedy}", remedy=remedy)
        passed.append(target)
    return passed[-1]


def _is_wildcard(name: str, target: str, ask: Questions) -> bool:
    sibling = ask.alias_at(f"{STRANGE_LABEL}.{name.partition('.')[2]}")
    return sibling is not None and sibling.lower().rstrip(".") == target


def _refuse_delegated(record: ValidationRecord, ask: Questions) -> None:
    target = (ask.alias_at(record.name) or "").lower().rstrip(".")
    if not target or target.endswith(f".{CA_DOMAIN}") or _is_wildcard(record.name, target, ask):
        return
    remedy = "Validate the name with dns_txt_prefix, which follows the delegation."
    raise RoutingError(
        f"{record.name} is a CNAME to {quote(target)}, so it cannot be a CNAME to {quote(record.value)}. {remedy}",
        remedy=remedy,
    )


def _declared(name: str, providers: Sequence[DnsProvider]) -> tuple[DnsProvider, str] | None:
    """Return the provider and the zone with the longest declared zone that contains the name."""
    fitting = [(each, zone) for each in providers for zone in each.zones if f".{name}".endswith(f".{zone}")]
    return max(fitting, key=lambda found: len(found[1]), default=None)


def _found(
    record: ValidationRecord, name: str, providers: Sequence[DnsProvider], ask: Questions
) -> tuple[DnsProvider, str]:
    leads = "" if name == record.name.lower() else f", to which CNAME records lead from {record.name}"
    provider = next((each for each in providers if not each.zones), None)
    if provider is None:
        declared = ", ".join(zone for each in providers for zone in each.zones) or "none"
        remedy = f"Declare a provider for a zone of {name} in certum_dns."
        raise RoutingError(
            f"no DNS provider is declared for {name}{leads}; declared zones: {declared}. {remedy}", remedy=remedy
        )
    zone = next((each for each in _upwards(name) if ask.has_zone(each)), None)
    if zone is None:
        remedy = "Declare the zone in zones of certum_dns, or set certum_dns_resolvers to resolvers that know it."
        raise RoutingError(f"no zone of {name}{leads} has a SOA record. {remedy}", remedy=remedy)
    return provider, zone


def _upwards(name: str) -> Iterable[str]:
    """Return the name and its parents, without the root."""
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))
