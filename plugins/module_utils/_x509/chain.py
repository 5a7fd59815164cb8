# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chain to serve: ordered by us, whatever order and company the CA sends it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import library
from .facts import is_ca
from .pem import armour, blocks, certificates_in, to_der

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._third_party.host import x509

    Candidate = tuple[x509.Certificate, bytes]


@dataclass(frozen=True)
class Chain:
    """The certificates to serve after the leaf, its issuer first, as canonical PEM, without the root.

    *missing* names the leaf's issuer when no certificate of the bag is it, and is None otherwise. A chain that ends
    below a root which nobody sent is complete: roots are not served. *root* is the self-signed certificate that the
    chain ends at, if it was in the bag.
    """

    certificates: tuple[str, ...]
    missing: str | None
    root: str | None = None


def build_chain(leaf: str | bytes, bag: Iterable[str | bytes]) -> Chain:
    """Order *bag* (texts with any number of certificates, in any order, with repeats) into the chain of *leaf*.

    An issuer has the name that is looked for, is a CA, and made the signature, so two intermediates with one name are
    told apart. A cross-certificate is preferred to the root of that name, which stays out of the chain like every
    self-signed one.
    Raises X509Error for what cannot be read.
    """
    ders = {der for text in bag for pem in certificates_in(text) for der in blocks(pem, "CERTIFICATE")}
    candidates = [(library.load_certificate(der), der) for der in sorted(ders)]
    certificate = library.load_certificate(to_der(leaf))
    chain: list[bytes] = []
    seen: set[tuple[object, ...]] = set()
    while issuers := _issuers(certificate, candidates, seen):
        certificate, der = max(issuers, key=_preference)
        if certificate.issuer == certificate.subject:
            break
        seen.add(_identity(certificate))
        chain.append(der)
    if not chain and not issuers:
        return Chain((), certificate.issuer.rfc4514_string())
    return Chain(tuple(map(armour, chain)), None, _root(certificate, candidates))


def _issuers(
    certificate: x509.Certificate, candidates: Iterable[Candidate], seen: set[tuple[object, ...]]
) -> list[Candidate]:
    """Return the issuers whose signature is verified; if there are none, those whose signature cannot be judged."""
    judged = [(_issued(certificate, candidate), candidate, der) for candidate, der in candidates]
    left = [each for each in judged if each[0] is not False and _identity(each[1]) not in seen]
    return [(candidate, der) for verified, candidate, der in left if verified or not any(each[0] for each in left)]


def _root(last: x509.Certificate, candidates: Iterable[Candidate]) -> str | None:
    """The certificate that the last CA signed for itself; it counts as well where the chain has a cross-certificate."""
    own = [
        (candidate, der)
        for candidate, der in candidates
        if _issued(candidate, candidate) is not False and _identity(candidate) == _identity(last)
    ]
    return armour(max(own, key=_preference)[1]) if own else None


def _identity(certificate: x509.Certificate) -> tuple[object, ...]:
    """A CA is its name and its key, however many certificates it has; this is what ends loops of cross-certificates."""
    return certificate.subject, library.public_key(certificate).public_numbers()


def _issued(certificate: x509.Certificate, candidate: x509.Certificate) -> bool | None:
    """Tell whether *candidate* is an issuer; None where everything but the signature says so.

    A signature that cannot be judged here keeps no chain from being served: clients judge it for themselves.
    """
    if candidate.subject != certificate.issuer or not is_ca(library.extensions(candidate)):
        return False
    return library.signed_by(certificate, candidate)


def _preference(candidate: Candidate) -> tuple[object, ...]:
    certificate, dummy = candidate
    return certificate.issuer != certificate.subject, library.validity(certificate)[1]
