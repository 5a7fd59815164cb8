# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Examine the domains of certificates before an order: CAA, DNS and HTTP, all within one deadline.

Private to the collection. It sends nothing to the CA and changes nothing anywhere.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import ValidationMethod
from .._lifecycle.certificate_names import encode, wanted_names
from .._lifecycle.publication import Trial
from .._net.deadline import Deadline
from .._x509.csr import read_request
from .dns_check import ValidationPlace, check_caa, check_dns
from .preflight_finding import Check, DomainFinding, Severity
from .resolver import BrokenSignaturesError, LookUpFailedError, Resolver
from .resolver_address import InvalidPreflightError, ResolverAddress
from .web_check import Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

WORKERS = 16


@dataclass(frozen=True)
class Certificate:
    """A certificate to order: encoded names and the validation method; ``trial`` is a test file in the web root.

    ``listens_later`` means that nothing serves the validation file yet, because the host itself will.
    """

    name: str
    names: tuple[str, ...]
    method: ValidationMethod
    trial: Trial | None = None
    listens_later: bool = False

    @property
    def validation_places(self) -> list[ValidationPlace]:
        return [ValidationPlace(name, self.method, self.trial, self.listens_later) for name in self.names]


@dataclass(frozen=True)
class Verdict:
    """The findings about a certificate."""

    certificate: Certificate
    findings: tuple[DomainFinding, ...]

    @property
    def mistakes(self) -> list[DomainFinding]:
        return self._found(Severity.MISTAKE)

    @property
    def doubts(self) -> list[DomainFinding]:
        return self._found(Severity.DOUBT)

    @property
    def unknown(self) -> list[DomainFinding]:
        return self._found(Severity.UNKNOWN)

    @property
    def reason(self) -> Reason:
        found = "; ".join(dict.fromkeys(finding.what for finding in self.findings))
        code = ReasonCode.MISTAKE if self.mistakes else ReasonCode.CHECKED
        return Reason(code, found or "no problem was found")

    def shown(self) -> dict[str, Any]:
        """Return one element of the module's ``certificates``."""
        return {
            "name": self.certificate.name,
            "names": list(self.certificate.names),
            "passed": not self.mistakes,
            "findings": [finding.shown() for finding in self.findings],
        }

    def _found(self, severity: Severity) -> list[DomainFinding]:
        """Return the findings of a severity, one for each distinct sentence."""
        found = (finding for finding in self.findings if finding.severity is severity)
        return list({finding.sentence: finding for finding in found}.values())


def staged(order: Mapping[str, Any], *, tried: bool = False, listens_later: bool = False) -> Certificate:
    """Return the certificate of an item of certum_stage. The names come from the CSR, which may be made by hand.

    ``tried`` means that the host has put a test file into the web root. ``listens_later`` as in Certificate.
    """
    name, csr = order.get("name"), order.get("csr_content")
    if not name or not csr:
        raise InvalidPreflightError(
            "orders: an order has no name or no CSR. Give the orders that certum_stage returned."
        )
    request = read_request(csr)
    names = wanted_names(common_name=request.common_name or "", subject_alt_name=request.names)
    method = ValidationMethod((order.get("validation") or {}).get("method") or ValidationMethod.FILE)
    return Certificate(name, names, method, Trial(request.public_key_sha256) if tried else None, listens_later)


def examine(certificates: Sequence[Certificate], params: Mapping[str, Any]) -> list[Verdict]:
    """Return the findings about each certificate. All share one deadline, ``timeout`` seconds from now.

    Raises InvalidPreflightError if ``resolvers`` or ``resolve`` hold something that is not an address.
    """
    resolvers = [ResolverAddress.parse_ip(text, port=53, option="resolvers") for text in params["resolvers"]]
    places = {
        encode(name): ResolverAddress.parse(str(text), port=80, option="resolve")
        for name, text in params["resolve"].items()
    }
    deadline = Deadline.after(params["timeout"])
    resolver = Resolver(resolvers, deadline)
    validation_places = list(
        dict.fromkeys(place for certificate in certificates for place in certificate.validation_places)
    )
    with Web.open(places, deadline) as web, ThreadPoolExecutor(max_workers=WORKERS) as pool:
        found = dict(zip(validation_places, pool.map(lambda place: _examine(place, resolver, web), validation_places)))
    return [
        Verdict(certificate, tuple(finding for place in certificate.validation_places for finding in found[place]))
        for certificate in certificates
    ]


def _examine(place: ValidationPlace, resolver: Resolver, web: Web) -> list[DomainFinding]:
    checks: tuple[tuple[Check, Callable[[ValidationPlace, Resolver], Iterator[DomainFinding]]], ...] = (
        (Check.CAA, check_caa),
        (Check.DNS, check_dns),
        (Check.HTTP, web.check),
    )
    found: list[DomainFinding] = []
    for kind, check in checks:
        try:
            found.extend(check(place, resolver))
        except LookUpFailedError as error:
            found.append(_unknown(place, kind, error))
        except BrokenSignaturesError as error:
            found.append(_broken(place, error))
    return list(dict.fromkeys(found))


def _unknown(place: ValidationPlace, check: Check, error: LookUpFailedError) -> DomainFinding:
    return place.finding(
        check,
        Severity.UNKNOWN,
        f"{place.name} could not be checked ({check.value}): {error}",
        "This does not hold the order back. Set the option resolvers to resolvers that answer.",
    )


def _broken(place: ValidationPlace, error: BrokenSignaturesError) -> DomainFinding:
    return place.finding(
        Check.DNSSEC,
        Severity.MISTAKE,
        f"the DNSSEC signatures of {error} do not validate: the resolver answers only with checking disabled",
        "The CA validates DNSSEC too. Sign the zone again, or correct the DS record in the parent zone.",
    )
