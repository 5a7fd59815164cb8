# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A DNS client that distinguishes a zone with broken signatures from a resolver that does not answer.

Private to the collection. The client validates no signatures itself. A validating resolver answers SERVFAIL for a zone
whose signatures are broken, and answers the same question if checking is disabled (the CD flag, RFC 4035 3.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._third_party.dnspython import dns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._net.deadline import Deadline
    from .resolver_address import ResolverAddress

TRY_SECONDS = 2.0
LOOK_UP_SECONDS = 5.0


class LookUpFailedError(Exception):
    """The controller got no answer; the text is the reason."""


class BrokenSignaturesError(Exception):
    """A validating resolver does not accept the signatures of a zone; the text is the name of the question."""


@dataclass(frozen=True)
class DnsAnswer:
    """``exists`` is False for NXDOMAIN; ``alias_of`` is the last target of CNAME records, None without one."""

    exists: bool
    alias_of: str | None = None
    records: tuple[dns.rdata.Rdata, ...] = ()


class Resolver:
    """A client of the resolvers at ``addresses``, or of the controller's own. Several threads may use it at once."""

    def __init__(self, addresses: Sequence[ResolverAddress], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._known: dict[tuple[str, str], DnsAnswer | LookUpFailedError | BrokenSignaturesError] = {}

    def ask(self, name: str, kind: str) -> DnsAnswer:
        """Return the records of a type; each question is sent once. Raises LookUpFailedError, BrokenSignaturesError."""
        if (name, kind) not in self._known:
            try:
                self._known[name, kind] = self._look_up(name, kind)
            except (LookUpFailedError, BrokenSignaturesError) as error:
                self._known[name, kind] = error
        known = self._known[name, kind]
        if isinstance(known, DnsAnswer):
            return known
        raise known

    def _look_up(self, name: str, kind: str) -> DnsAnswer:
        try:
            return self._send(name, kind)
        except dns.resolver.NoNameservers as refusal:
            if self._answers_unchecked(name, kind) and self._refuses_again(name, kind):
                raise BrokenSignaturesError(name) from None
            raise LookUpFailedError(quote(refusal)) from None
        except (dns.exception.DNSException, OSError) as error:
            raise LookUpFailedError(quote(error) or type(error).__name__) from None

    def _answers_unchecked(self, name: str, kind: str) -> bool:
        try:
            self._send(name, kind, flags=dns.flags.RD | dns.flags.CD)
        except (dns.exception.DNSException, LookUpFailedError, OSError):
            return False
        return True

    def _refuses_again(self, name: str, kind: str) -> bool:
        """Return whether the resolver refuses once more. One refusal alone may be a temporary fault."""
        try:
            self._send(name, kind)
        except dns.resolver.NoNameservers:
            return True
        except (dns.exception.DNSException, LookUpFailedError, OSError):
            return False
        return False

    def _send(self, name: str, kind: str, *, flags: int | None = None) -> DnsAnswer:
        """Send the question. Raises exceptions of dnspython; NoNameservers if no resolver gave a usable answer."""
        seconds = self._deadline.left(LOOK_UP_SECONDS)
        if seconds <= 0:
            raise LookUpFailedError("the time was over")
        resolver = self._open(seconds)
        if flags is not None:
            resolver.set_flags(flags)
        try:
            answer = resolver.resolve(f"{name}.", kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN as absence:
            return DnsAnswer(exists=False, alias_of=_alias(absence.canonical_name.to_text(omit_final_dot=True), name))
        canonical = answer.canonical_name.to_text(omit_final_dot=True)
        return DnsAnswer(exists=True, alias_of=_alias(canonical, name), records=tuple(answer.rrset or ()))

    def _open(self, seconds: float) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._addresses)
        if self._addresses:
            resolver.nameservers = [dns.nameserver.Do53Nameserver(each.host, each.port) for each in self._addresses]
        resolver.timeout, resolver.lifetime = TRY_SECONDS, seconds
        return resolver


def _alias(canonical: str, name: str) -> str | None:
    return None if canonical.lower() == name.lower() else canonical
