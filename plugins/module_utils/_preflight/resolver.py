# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking a resolver, and telling a broken zone from a resolver that does not answer.

Private to the collection. Signatures are not validated here: a resolver that validates answers SERVFAIL for a zone
whose signatures are broken, and answers the same question when it is told not to check (the CD flag, RFC 4035 3.2.2).
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
    """There is no answer from here; the text says why."""


class BrokenSignaturesError(Exception):
    """A validating resolver does not accept the signatures of a zone; the text says which name was asked for."""


@dataclass(frozen=True)
class DnsAnswer:
    """``exists`` is False for NXDOMAIN; ``alias_of`` is where CNAME records lead in the end, None without one."""

    exists: bool
    alias_of: str | None = None
    records: tuple[dns.rdata.Rdata, ...] = ()


class Resolver:
    """Asks ``addresses``, or the machine's own resolvers if there are none. May be used by several threads at once."""

    def __init__(self, addresses: Sequence[ResolverAddress], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._known: dict[tuple[str, str], DnsAnswer | LookUpFailedError | BrokenSignaturesError] = {}

    def ask(self, name: str, kind: str) -> DnsAnswer:
        """The records of a kind; each question is put once. Raises LookUpFailedError, BrokenSignaturesError."""
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
        """A resolver that only had a bad moment is not taken for one that refuses."""
        try:
            self._send(name, kind)
        except dns.resolver.NoNameservers:
            return True
        except (dns.exception.DNSException, LookUpFailedError, OSError):
            return False
        return False

    def _send(self, name: str, kind: str, *, flags: int | None = None) -> DnsAnswer:
        """Raises exceptions of dnspython; NoNameservers if no resolver gave an answer that it stands by."""
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
