# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks a certificate and its chain before they are installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from .._handover.foreign_text import quote
from .._handover.remedy_commands import order_again_command
from .._x509.alternative_names import canonical_names
from .._x509.certificate_facts import CertificateFacts, read_certificate
from .._x509.chain import CLOCK_SKEW, Chain, build_chain
from .._x509.pem import one_certificate
from .._x509.x509_errors import X509Error
from .metadata import IssuedOrder
from .store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_DAMAGED = (
    "Run again: the certificate and its chain are fetched again. If that does not help, send this message to the CA's "
    "partner support."
)
_NOT_FOR_SERVERS = "Ask the CA's partner support why the order returned the certificate of a CA."
_NAMES = (
    "Compare the declared names with those of the order (certum_order_info). If the CA left a name out, ask its "
    "partner support for a corrected certificate, then run again."
)
_CHAIN = (
    "Run again: the chain is fetched again. If the issuer is still missing, ask the CA's partner support for the "
    "certificate of this issuer."
)
_BROKEN_CHAIN = (
    "Run again: the chain is fetched again. If the CA still sends this chain, send this message to its partner support."
)
_CLOCK = (
    "If the clock of this host is wrong, correct the clock and run again: the run installs the same certificate, and "
    "orders nothing."
)
_EXPIRED = "If the clock is right, the order is an old one. Order again with a new key:"


@dataclass(frozen=True)
class ReceivedCertificate:
    """The unchanged answer of the CA, with its order.

    *private_key* (PEM) is set for a certificate whose key was made elsewhere.
    """

    certificate_pem: str
    chain_pems: tuple[str, ...]
    order: IssuedOrder = field(default_factory=IssuedOrder)
    private_key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Verified:
    """A certificate that may be installed: canonical PEM, its sorted chain, and the root separately, if it was sent."""

    facts: CertificateFacts
    certificate_pem: str
    chain_pem: str
    root_pem: str | None


def verify(
    issued: ReceivedCertificate, *, names: Iterable[str], now: datetime, path: str, declaration: str = "NAME"
) -> Verified:
    """Check everything but the key: a leaf for every declared name, not expired, with a chain of valid signatures.

    Raises StoreError, whose remedy begins with the fact that nothing was changed.
    """
    try:
        facts = read_certificate(issued.certificate_pem)
        chain = build_chain(issued.certificate_pem, issued.chain_pems, now=now)
        certificate_pem = one_certificate(issued.certificate_pem)
    except X509Error as error:
        raise refused(path, str(error), remedy=_DAMAGED) from None
    wanted = frozenset(canonical_names(names))
    objection = _objection(facts, wanted) or _wrong_time(facts, now, declaration) or _wrong_chain(chain)
    if objection is not None:
        raise refused(path, f"certificate {facts.serial_number} {objection.why}", remedy=objection.remedy)
    return Verified(facts, certificate_pem, "".join(chain.certificates), chain.root)


class _Objection(NamedTuple):
    """The reason why a certificate must not be installed, and its remedy."""

    why: str
    remedy: str


def _objection(facts: CertificateFacts, names: frozenset[str]) -> _Objection | None:
    missing = sorted(names - set(facts.names))
    if facts.is_ca:
        return _Objection("belongs to a CA, not to a server", _NOT_FOR_SERVERS)
    if missing:
        has = quote(", ".join(facts.names)) or "nothing"
        return _Objection(f"does not name {', '.join(missing)}; it names {has}", _NAMES)
    return None


def _wrong_chain(chain: Chain) -> _Objection | None:
    if chain.missing is not None:
        why = f"was not signed by any certificate of the chain that came with it; its issuer is {quote(chain.missing)}"
        return _Objection(f"{why}; {chain.broken}" if chain.broken else why, _CHAIN)
    if chain.broken is not None:
        return _Objection(f"came with a chain that clients refuse: {chain.broken}", _BROKEN_CHAIN)
    return None


def _wrong_time(facts: CertificateFacts, now: datetime, name: str) -> _Objection | None:
    clock = f"the clock of this host says {now:%Y-%m-%d %H:%M} UTC"
    if now + CLOCK_SKEW < facts.not_before:
        return _Objection(f"is valid from {facts.not_before:%Y-%m-%d %H:%M} UTC, and {clock}", _CLOCK)
    if now >= facts.not_after:
        remedy = f"{_CLOCK} {_EXPIRED} {order_again_command(name)}"
        return _Objection(f"expired on {facts.not_after:%Y-%m-%d %H:%M} UTC, and {clock}", remedy)
    return None


def refused(path: str, why: str, *, remedy: str) -> StoreError:
    """Return the error for a certificate that must not be installed."""
    return StoreError(
        "The certificate was not installed",
        path=path,
        why=why,
        remedy=f"Nothing was changed: the staged key stays, and so does the certificate in use. {remedy}",
    )
