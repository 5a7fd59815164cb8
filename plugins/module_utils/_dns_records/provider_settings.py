# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The DNS providers that an operator declares in certum_dns, and the values in them that are secret.

Private to the collection. Pure. It imports no third-party package, because every run reads the settings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as url_quote
from urllib.parse import quote_plus, urlsplit

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._lifecycle.certificate_names import InvalidNameError, encode_host
from .._preflight.resolver_address import InvalidPreflightError, ResolverAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

RFC2136, TASKS, MANUAL = OWN_PROVIDERS = ("rfc2136", "tasks", "manual")
"""Every other name is that of a provider of dns-lexicon."""
SETTINGS = ("provider", "zones", "options", "ttl", "nameservers")
DYNAMIC_UPDATE_OPTIONS = ("server", "port", "key_name", "key_secret", "key_algorithm")
DEFAULT_TTL = 60
SHORTEST_SECRET = 4
_PROVIDER = re.compile(r"[a-z0-9]{1,40}\Z")
_HARMLESS = re.compile(r"server|host|port|url|endpoint|region|algorithm|ttl|file|timeout|zone|disable", re.IGNORECASE)
_MASK = "********"
_REMEDY = "Nothing was done for this host. Correct certum_dns, then run again."


class InvalidDnsError(KnownError, ValueError):
    """certum_dns cannot be used. The text has a line for each problem and never the value of an option."""

    remedy = _REMEDY


@dataclass(frozen=True)
class DnsProvider:
    """One element of certum_dns.

    ``zones`` are encoded; without zones the provider has every zone that no other one declares. ``nameservers`` are the
    authoritative servers to ask instead of those of the zone.
    """

    provider: str
    zones: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    ttl: int | None = None
    nameservers: tuple[str, ...] = ()

    @property
    def publishes(self) -> bool:
        """Whether the controller itself changes the records."""
        return self.provider not in (TASKS, MANUAL)

    @property
    def key(self) -> str:
        """Identifies the provider within one process. It contains secrets."""
        return json.dumps([self.provider, self.zones, sorted(self.options.items()), self.ttl, self.nameservers])


def own_names() -> str:
    """Return the names of the providers that are not those of dns-lexicon, for a message."""
    return f"{', '.join(OWN_PROVIDERS[:-1])} or {OWN_PROVIDERS[-1]}"


def is_set(value: object) -> bool:
    """Return whether certum_dns is set at all."""
    return value not in (None, "", [], {})


def read_providers(value: object) -> tuple[DnsProvider, ...]:
    """Return the providers of certum_dns: a dictionary or a list of them. Raises InvalidDnsError with all problems."""
    if not is_set(value):
        return ()
    items = value if isinstance(value, list) else [value]
    problems = [
        f"certum_dns{f'[{number}]' if isinstance(value, list) else ''}: {problem}"
        for number, item in enumerate(items)
        for problem in _problems(item)
    ]
    providers = () if problems else tuple(map(_read, items))
    problems += [f"certum_dns: {problem}" for problem in _clashes(providers)]
    if problems:
        raise InvalidDnsError("\n".join([*problems, _REMEDY]))
    return providers


def _problems(item: object) -> Iterator[str]:
    if not isinstance(item, dict):
        yield "a provider is a dictionary such as {provider: powerdns, options: {...}}"
        return
    if unknown := sorted(str(key) for key in item if key not in SETTINGS):
        yield f"unknown key {quote(', '.join(unknown), 100)}; use {', '.join(SETTINGS)}"
    provider = item.get("provider")
    if not (isinstance(provider, str) and _PROVIDER.match(provider)):
        yield (
            "provider is missing or has a wrong form; use the name of a dns-lexicon provider in lower case, "
            f"{own_names()}"
        )
        return
    yield from _wrong_types(item)
    if isinstance(item.get("options") or {}, dict):
        yield from _option_problems(provider, item.get("options") or {})


def _wrong_types(item: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(item.get("options") or {}, dict):
        yield "options is not a dictionary"
    for key in ("zones", "nameservers"):
        if not isinstance(item.get(key) or [], list):
            yield f"{key} is not a list"
    for server in item.get("nameservers") or () if isinstance(item.get("nameservers") or [], list) else ():
        try:
            ResolverAddress.parse_ip(str(server), port=53, option="nameservers")
        except InvalidPreflightError as error:
            yield str(error)
    for zone in item.get("zones") or () if isinstance(item.get("zones") or [], list) else ():
        try:
            encode_host(str(zone))
        except InvalidNameError as error:
            yield f"zones: {error}"
    ttl = item.get("ttl")
    if ttl is not None and not (str(ttl).isdecimal() and 0 < int(ttl) < 2**31):
        yield "ttl is not a number of seconds"


def _option_problems(provider: str, options: Mapping[str, Any]) -> Iterator[str]:
    if nested := sorted(str(name) for name, value in options.items() if isinstance(value, (dict, list))):
        yield f"options: {quote(', '.join(nested), 100)} must be text, not a list or a dictionary"
    if numbers := sorted(str(name) for name, value in options.items() if _was_changed_by_yaml(str(name), value)):
        changed = quote(", ".join(numbers), 100)
        yield f"options: YAML read {changed} as a number or a boolean; put quotation marks around it"
    if check := _CHECKS.get(provider):
        yield from check(options)


def _task_file_problems(options: Mapping[str, Any]) -> Iterator[str]:
    if not str(options.get("file") or "").startswith("/"):
        yield "provider tasks needs options.file, the absolute path of your task file on the controller"


def _dynamic_update_problems(options: Mapping[str, Any]) -> Iterator[str]:
    if not options.get("server"):
        yield "provider rfc2136 needs options.server, the name or address of the primary name server"
    if bool(options.get("key_name")) != bool(options.get("key_secret")):
        yield "provider rfc2136 needs options.key_name and options.key_secret together (TSIG), or neither of them"
    if unknown := sorted(str(name) for name in options if name not in DYNAMIC_UPDATE_OPTIONS):
        yield f"options: unknown {quote(', '.join(unknown), 100)}; use {', '.join(DYNAMIC_UPDATE_OPTIONS)}"
    port = str(options.get("port") or 53)
    if not (port.isdecimal() and 0 < int(port) < 2**16):
        yield "options.port is not a number from 1 to 65535"


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    RFC2136: _dynamic_update_problems,
    TASKS: _task_file_problems,
}


def _was_changed_by_yaml(name: str, value: object) -> bool:
    """Return whether a secret may have lost characters: YAML reads 01067 as 567."""
    return isinstance(value, (bool, int, float)) and not _HARMLESS.search(name)


def _read(item: Mapping[str, Any]) -> DnsProvider:
    options = {str(name): str(value) for name, value in (item.get("options") or {}).items() if value is not None}
    return DnsProvider(
        provider=item["provider"],
        zones=tuple(encode_host(str(zone)) for zone in item.get("zones") or ()),
        options=options,
        ttl=None if item.get("ttl") is None else int(item["ttl"]),
        nameservers=tuple(str(server) for server in item.get("nameservers") or ()),
    )


def _clashes(providers: Collection[DnsProvider]) -> Iterator[str]:
    if sum(not each.zones for each in providers) > 1:
        yield "more than one provider has no zones, so it is open which one to use. Declare zones for all but one"
    if len(providers) > 1 and any(each.provider == MANUAL for each in providers):
        yield f"provider {MANUAL} cannot be combined with another one"
    zones = [zone for each in providers for zone in each.zones]
    for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
        yield f"zone {zone} is declared for more than one provider"


def secrets_of(providers: Iterable[DnsProvider], environment: Mapping[str, str]) -> set[str]:
    """Return every text that may appear in no output: option values, and what dns-lexicon reads from ``environment``.

    All options count as secret except those whose name says that they are not, such as ``pdns_server``. A secret also
    counts in the encodings of a URL.
    """
    given = {(name, value) for each in providers for name, value in each.options.items()}
    given |= {(name, value) for name, value in environment.items() if name.startswith("LEXICON_")}
    plain = {value for name, value in given if not _HARMLESS.search(name.removeprefix("LEXICON_"))}
    plain |= {part for dummy, value in given for part in _passwords_in(value)}
    return {
        form
        for value in plain
        if len(value) >= SHORTEST_SECRET
        for form in (value, url_quote(value, safe=""), url_quote(value), quote_plus(value))
    }


def _passwords_in(value: str) -> Iterator[str]:
    try:
        found = urlsplit(value)
        yield from (part for part in (found.username, found.password) if part)
    except ValueError:
        return


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """Return the text with a mask in place of each secret, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text
