# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the chain to serve: sorts the certificates that the CA sends in any order, with any others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._third_party.host_packages import x509
from . import compatibility
from .certificate_facts import is_ca
from .pem import armour, blocks, certificates_in, to_der

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    Candidate = tuple[x509.Certificate, bytes]

CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Chain:
    """The certificates to serve after the leaf, its issuer first, as canonical PEM, without the root.

    *missing* is the issuer of the leaf if no certificate of the bag matches it, else None. A chain without its root is
    complete: roots are not served. *root* is the self-signed certificate at the end of the chain, if it was in the bag.
    *broken* is the fault of an intermediate certificate of this chain for which clients would refuse it, else None.
    """

    certificates: tuple[str, ...]
    missing: str | None
    root: str | None = None
    broken: str | None = None


def build_chain(leaf: str | bytes, bag: Iterable[str | bytes], *, now: datetime | None = None) -> Chain:
    """Sort *bag* (texts with any number of certificates, in any order, with repeats) into the chain of *leaf*.

    An issuer has the right name, is a CA, and made the signature, so two intermediates with one name are distinguished.
    A cross-certificate is preferred to the root of that name: self-signed certificates stay out of the chain. With
    *now*, a certificate that is valid then is preferred. Raises X509Error for unreadable certificates.
    """
    ders = {der for text in bag for pem in certificates_in(text) for der in blocks(pem, "CERTIFICATE")}
    candidates = [(compatibility.load_certificate(der), der) for der in sorted(ders)]
    certificate = compatibility.load_certificate(to_der(leaf))
    chain: list[bytes] = []
    seen: set[tuple[object, ...]] = set()
    broken: str | None = None
    while issuers := _issuers(certificate, candidates, seen):
        certificate, der = max(issuers, key=lambda candidate: _preference(candidate, now))
        if _is_self_issued(certificate):
            break
        broken = broken or _wrong_dates(certificate, now)
        seen.add(_identity(certificate))
        chain.append(der)
    if not issuers:
        broken = broken or _false_issuer(certificate, candidates, seen)
    if not chain and not issuers:
        return Chain((), certificate.issuer.rfc4514_string(), broken=broken)
    return Chain(tuple(map(armour, chain)), None, _root(certificate, candidates), broken)


def _is_self_issued(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject


def _is_valid(certificate: x509.Certificate, now: datetime | None) -> bool:
    not_before, not_after = compatibility.validity(certificate)
    return now is None or not_before - CLOCK_SKEW <= now < not_after


def _wrong_dates(certificate: x509.Certificate, now: datetime | None) -> str | None:
    if now is None or _is_valid(certificate, now):
        return None
    not_before, not_after = compatibility.validity(certificate)
    limit, when = (not_after, "expired on") if now >= not_after else (not_before, "is not valid before")
    dates = f"{when} {limit:%Y-%m-%d %H:%M} UTC, and the clock says {now:%Y-%m-%d %H:%M} UTC"
    return f"the intermediate certificate {_words(certificate)} {dates}"


def _false_issuer(
    certificate: x509.Certificate, candidates: Iterable[Candidate], seen: set[tuple[object, ...]]
) -> str | None:
    """Return the fault of an intermediate certificate with the name of the issuer that is not the issuer.

    Roots are not part of the chain. A certificate of another key is another CA of the same name. Neither is a fault.
    """
    for candidate, dummy in candidates:
        if candidate.subject != certificate.issuer or _is_self_issued(candidate) or _identity(candidate) in seen:
            continue
        if not is_ca(compatibility.extensions(candidate)):
            return f"the intermediate certificate {_words(candidate)} does not belong to a CA"
        if not _is_another_key(certificate, candidate):
            signed = f"the signature of certificate {_words(certificate)} was not made with the key of"
            return f"{signed} the intermediate certificate {_words(candidate)}, which names its issuer"
    return None


def _is_another_key(certificate: x509.Certificate, candidate: x509.Certificate) -> bool:
    """Return whether the key identifiers name another key than that of *candidate* for the signature."""
    try:
        wanted = compatibility.extensions(certificate).get_extension_for_class(x509.AuthorityKeyIdentifier).value
        found = compatibility.extensions(candidate).get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return False
    return wanted.key_identifier is not None and wanted.key_identifier != found.digest


def _words(certificate: x509.Certificate) -> str:
    return f"'{quote(certificate.subject.rfc4514_string())}' (serial number {certificate.serial_number:X})"


def _issuers(
    certificate: x509.Certificate, candidates: Iterable[Candidate], seen: set[tuple[object, ...]]
) -> list[Candidate]:
    """Return the issuers with a verified signature. If there are none, those whose signature cannot be checked."""
    judged = [(_issued(certificate, candidate), candidate, der) for candidate, der in candidates]
    left = [each for each in judged if each[0] is not False and _identity(each[1]) not in seen]
    return [(candidate, der) for verified, candidate, der in left if verified or not any(each[0] for each in left)]


def _root(last: x509.Certificate, candidates: Iterable[Candidate]) -> str | None:
    """Return the self-signed certificate of the last CA, even if the chain has a cross-certificate of this CA."""
    own = [
        (candidate, der)
        for candidate, der in candidates
        if _issued(candidate, candidate) is not False and _identity(candidate) == _identity(last)
    ]
    return armour(max(own, key=lambda candidate: _preference(candidate, None))[1]) if own else None


def _identity(certificate: x509.Certificate) -> tuple[object, ...]:
    """Return the name and key of a CA, which may have many certificates. This ends loops of cross-certificates."""
    return certificate.subject, compatibility.public_key(certificate).public_numbers()


def _issued(certificate: x509.Certificate, candidate: x509.Certificate) -> bool | None:
    """Return whether *candidate* is the issuer, None if everything but the signature matches.

    A signature that cannot be checked here does not block a chain: clients check it themselves.
    """
    if candidate.subject != certificate.issuer or not is_ca(compatibility.extensions(candidate)):
        return False
    return compatibility.signed_by(certificate, candidate)


def _preference(candidate: Candidate, now: datetime | None) -> tuple[object, ...]:
    """Return the sort key of an issuer. The dates of a root do not count: it is not served."""
    certificate, dummy = candidate
    is_root = _is_self_issued(certificate)
    return is_root or _is_valid(certificate, now), not is_root, compatibility.validity(certificate)[1]
