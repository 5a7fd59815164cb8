# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The DNS checks of a name to be certified: its CAA records, and the place of its validation record or file.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import ValidationMethod
from .._lifecycle.caa import CaaRecord, caa_objection
from .._lifecycle.certificate_names import is_ip_address, is_wildcard, without_wildcard
from .._lifecycle.publication import CA_DOMAIN, ValidationRecord, publication
from .._third_party.dnspython import CAA
from .preflight_finding import Check, DomainFinding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._lifecycle.publication import Trial
    from .resolver import DnsAnswer, Resolver

BESIDE_NO_CNAME = ("SOA", "NS", "MX", "A", "AAAA", "TXT")


@dataclass(frozen=True)
class ValidationPlace:
    """A name of a certificate, encoded, and its validation method.

    ``trial`` is the test file that its host has put into the web root. ``listens_later`` means that
    the host itself will listen at port 80, and does not yet.
    """

    name: str
    method: ValidationMethod
    trial: Trial | None = None
    listens_later: bool = False

    @property
    def domain(self) -> str:
        """The name that the CA validates (lifecycle.md 4.1)."""
        return without_wildcard(self.name)

    @property
    def is_address(self) -> bool:
        return is_ip_address(self.name)

    @property
    def record(self) -> ValidationRecord | None:
        """The validation record to publish, still without its code; None for methods without a record."""
        return next(iter(publication(method=self.method, code="", names=[self.name]).records), None)

    def finding(self, check: Check, severity: Severity, what: str, remedy: str) -> DomainFinding:
        return DomainFinding(name=self.name, check=check, severity=severity, what=what, remedy=remedy)


def check_caa(place: ValidationPlace, resolver: Resolver) -> Iterator[DomainFinding]:
    """Yield an objection of the CAA records. The first name upwards that has some decides (RFC 8659 3)."""
    if place.is_address:
        return
    for owner in _upwards(place.domain):
        records = [_as_text(record) for record in resolver.ask(owner, "CAA").records if isinstance(record, CAA)]
        if records:
            objection = caa_objection(records, owner=owner, wildcard=is_wildcard(place.name), method=place.method)
            if objection:
                yield place.finding(Check.CAA, Severity.MISTAKE, objection.what, objection.remedy)
            return


def _as_text(record: CAA) -> CaaRecord:
    return CaaRecord(record.flags, record.tag.decode("latin-1"), record.value.decode("latin-1"))


def check_dns(place: ValidationPlace, resolver: Resolver) -> Iterator[DomainFinding]:
    """Yield a finding if DNS lacks what the validation method needs, or has a record in its way."""
    if place.is_address:
        return
    if place.method is ValidationMethod.FILE:
        yield from _no_address(place, resolver)
        return
    absent = list(_no_domain(place, resolver))
    yield from absent
    record = place.record
    if record is None or absent:
        return
    if record.type == "CNAME":
        yield from _neighbours(place, record.name, resolver)
    else:
        yield from _alias(place, record.name, resolver)


def addresses_of(domain: str, resolver: Resolver) -> tuple[str, ...]:
    """Return the IP addresses of a domain, those of version 4 first."""
    return tuple(record.to_text() for kind in ("A", "AAAA") for record in resolver.ask(domain, kind).records)


def _upwards(domain: str) -> Iterable[str]:
    """Return the name and its parents."""
    labels = domain.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _no_address(place: ValidationPlace, resolver: Resolver) -> Iterator[DomainFinding]:
    if addresses_of(place.domain, resolver):
        return
    yield place.finding(
        Check.DNS,
        Severity.MISTAKE,
        _absence(place.domain, resolver.ask(place.domain, "A")),
        "Add an A or AAAA record for the server that publishes the file, or validate the name with dns_txt_prefix.",
    )


def _absence(domain: str, answer: DnsAnswer) -> str:
    if answer.exists:
        return f"{domain} has neither an A nor an AAAA record"
    if answer.alias_of:
        return f"{domain} is a CNAME to {quote(answer.alias_of)}, which does not exist in DNS (NXDOMAIN)"
    return f"{domain} does not exist in DNS (NXDOMAIN)"


def _no_domain(place: ValidationPlace, resolver: Resolver) -> Iterator[DomainFinding]:
    """Yield a finding if the last two labels do not exist. A new name below them need not exist yet."""
    domain = ".".join(place.domain.split(".")[-2:])
    if not resolver.ask(domain, "SOA").exists:
        yield place.finding(
            Check.DNS,
            Severity.MISTAKE,
            f"the domain {domain} does not exist in DNS (NXDOMAIN)",
            "Check its spelling, its registration and its delegation.",
        )


def _neighbours(place: ValidationPlace, owner: str, resolver: Resolver) -> Iterator[DomainFinding]:
    """Yield a clash of the CNAME record with other records: it needs the name for itself (lifecycle.md 4.1).

    A CNAME record of an earlier validation is no clash, because it is replaced.
    """
    at_the_name = owner == place.domain
    answer = resolver.ask(owner, "CNAME")
    targets = [record.to_text().rstrip(".").lower() for record in answer.records]
    if targets:
        if at_the_name and not targets[0].endswith(f".{CA_DOMAIN}"):
            yield _clash(
                place, owner, f"{owner} is already a CNAME to {quote(targets[0])}, and a name can have only one"
            )
        return
    kinds = [kind for kind in BESIDE_NO_CNAME if answer.exists and resolver.ask(owner, kind).records]
    if kinds:
        what = f"{owner} has records of the type {', '.join(kinds)}, so it cannot have a CNAME record"
        yield _clash(place, owner, what)


def _clash(place: ValidationPlace, owner: str, what: str) -> DomainFinding:
    remedy = f"Remove these records from {owner}, or validate the name with dns_txt_prefix."
    if owner == place.domain:
        remedy = f"Validate the name with dns_cname_prefix or dns_txt_prefix, whose record is at _certum.{owner}."
    return place.finding(Check.DNS, Severity.MISTAKE, what, remedy)


def _alias(place: ValidationPlace, owner: str, resolver: Resolver) -> Iterator[DomainFinding]:
    """Yield a finding if the name itself is a CNAME. A CNAME at ``_certum.NAME`` is fine: it delegates validation."""
    alias_of = resolver.ask(owner, "TXT").alias_of
    if alias_of and owner == place.domain:
        yield place.finding(
            Check.DNS,
            Severity.DOUBT,
            f"{owner} is a CNAME to {quote(alias_of)}, so it cannot have a TXT record",
            f"Publish the TXT record at {quote(alias_of)}, or validate the name with dns_txt_prefix.",
        )
