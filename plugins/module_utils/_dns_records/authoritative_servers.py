# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The questions to resolvers about the place of a record, and to the authoritative servers about the record itself.

Private to the collection.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._preflight.dns_check import addresses_of
from .._preflight.resolver import BrokenSignaturesError, LookUpFailedError
from .._preflight.resolver_address import ResolverAddress
from .._third_party.dnspython import dns
from .record_changes import DnsRecord, normal, text_of
from .record_routing import RoutingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._preflight.resolver import DnsAnswer, Resolver
    from .record_routing import Route

TRY_SECONDS = 3.0
WORKERS = 16
RESOLVERS_REMEDY = "Set certum_dns_resolvers to resolvers that answer, then run again."


class ResolverQuestions:
    """The questions of ``record_routing`` to a resolver."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def alias_at(self, name: str) -> str | None:
        """Return the target of the CNAME record of exactly this name."""
        records = self._ask(name, "CNAME").records
        return records[0].to_text().rstrip(".") if records else None

    def has_zone(self, name: str) -> bool:
        """Return whether the name is the top of a zone. The SOA record behind an alias is that of another name."""
        answer = self._ask(name, "SOA")
        return bool(answer.records) and answer.alias_of is None

    def _ask(self, name: str, kind: str) -> DnsAnswer:
        return ask_resolver(self._resolver, name, kind)


def ask_resolver(resolver: Resolver, name: str, kind: str) -> DnsAnswer:
    """Return the answer of the resolvers. Raises RoutingError if there is none."""
    try:
        return resolver.ask(name, kind)
    except BrokenSignaturesError:
        why = "the DNSSEC signatures do not validate"
        remedy = "The CA validates DNSSEC too. Sign the zone again, or correct the DS record in the parent zone."
    except LookUpFailedError as error:
        why, remedy = quote(error), RESOLVERS_REMEDY
    raise RoutingError(f"{name} {kind} could not be looked up: {why}. {remedy}", remedy=remedy)


@dataclass(frozen=True)
class NameServer:
    """One address of an authoritative server. ``name`` is that of the server."""

    name: str
    address: ResolverAddress
    recursive: bool = False

    def __str__(self) -> str:
        return str(self.address) if self.name == self.address.host else f"{self.name} ({self.address.host})"


@dataclass(frozen=True)
class Reply:
    """What one address answers. ``silent`` means that it could not be reached at all."""

    server: NameServer
    has_record: bool
    words: str = ""
    silent: bool = False


def servers_of(route: Route, resolver: Resolver) -> list[NameServer]:
    """Return every address of every authoritative server of the zone. Raises RoutingError if there is none."""
    if given := route.provider.nameservers:
        addresses = [ResolverAddress.parse_ip(text, port=53, option="certum_dns: nameservers") for text in given]
        return [NameServer(each.host, each, recursive=True) for each in addresses]
    names = [record.to_text().rstrip(".") for record in ask_resolver(resolver, route.zone, "NS").records]
    try:
        found = [
            NameServer(name, ResolverAddress(address, 53)) for name in names for address in addresses_of(name, resolver)
        ]
    except (LookUpFailedError, BrokenSignaturesError) as error:
        raise RoutingError(
            f"the name servers of zone {route.zone} could not be looked up: {quote(error)}. {RESOLVERS_REMEDY}",
            remedy=RESOLVERS_REMEDY,
        ) from None
    if not found:
        remedy = "Declare nameservers for the provider in certum_dns, or set certum_dns_resolvers. Then run again."
        raise RoutingError(f"zone {route.zone} has no name server with an address. {remedy}", remedy=remedy)
    return found


class Watch:
    """The authoritative servers that have a record, and those that still lag. Each question is asked until it is so."""

    def __init__(self, servers: dict[Route, list[NameServer]]) -> None:
        self._servers = servers
        self._replies: dict[tuple[Route, NameServer], Reply] = {}

    def look(self) -> None:
        """Ask every server that did not have the record at the last look."""
        open_questions = [
            (route, server)
            for route, servers in self._servers.items()
            for server in servers
            if not self._has(route, server)
        ]
        if not open_questions:
            return
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            replies = pool.map(lambda question: ask(*question), open_questions)
            self._replies.update(zip(open_questions, replies))

    def lagging(self, route: Route) -> list[Reply]:
        """Return the replies without the record.

        An address that cannot be reached does not count if its server has the record at another address: a controller
        without IPv6 reaches no such address.
        """
        replies = [self._replies[route, server] for server in self._servers.get(route, ())]
        fine = {reply.server.name for reply in replies if reply.has_record}
        return [each for each in replies if not each.has_record and not (each.silent and each.server.name in fine)]

    def _has(self, route: Route, server: NameServer) -> bool:
        reply = self._replies.get((route, server))
        return reply is not None and reply.has_record


def values_at(route: Route, servers: Iterable[NameServer]) -> set[str]:
    """Return all values of the record's name and type that any server has."""
    return {value for server in servers for value in _values_in(_answer(route, server), route)}


def ask(route: Route, server: NameServer) -> Reply:
    """Return whether a server has the record, and otherwise what it answers."""
    answer = _answer(route, server)
    return answer if isinstance(answer, Reply) else _judged(route, server, answer)


def _answer(route: Route, server: NameServer) -> dns.message.Message | Reply:
    """Return the answer of a server, or the reason why there is none."""
    query = dns.message.make_query(dns.name.from_text(route.name), route.type)
    if not server.recursive:
        query.flags &= ~dns.flags.RD
    try:
        return dns.query.udp_with_fallback(query, server.address.host, timeout=TRY_SECONDS, port=server.address.port)[0]
    except dns.exception.Timeout:
        return Reply(server, has_record=False, words="does not answer")
    except OSError as error:
        return Reply(server, has_record=False, words=f"cannot be reached: {quote(error.strerror)}", silent=True)
    except dns.exception.DNSException as error:
        return Reply(server, has_record=False, words=f"gave no usable answer: {quote(error)}")


def _values_in(answer: dns.message.Message | Reply, route: Route) -> list[str]:
    if isinstance(answer, Reply):
        return []
    kind = dns.rdatatype.from_text(route.type)
    return [text_of(rdata) for rrset in answer.answer if rrset.rdtype == kind for rdata in rrset]


def _judged(route: Route, server: NameServer, answer: dns.message.Message) -> Reply:
    values = _values_in(answer, route)
    wanted = normal(DnsRecord(route.type, route.value))
    if wanted in [normal(DnsRecord(route.type, value)) for value in values]:
        return Reply(server, has_record=True)
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Reply(server, has_record=False, words=f"answers {dns.rcode.to_text(answer.rcode())}")
    shown = ", ".join(f"'{quote(value, 100)}'" for value in values[:3])
    return Reply(server, has_record=False, words=f"answers {shown}" if values else "has no such record")


def words_of_lag(replies: Sequence[Reply]) -> str:
    """Return which servers lag, and what they answer."""
    return "; ".join(f"{reply.server} {reply.words}" for reply in replies)
