# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verifies by handshakes that every declared address serves the installed certificate.

Private to the collection.
"""

from __future__ import annotations

import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode
from .._lifecycle.certificate_names import is_covered
from .._lifecycle.declaration import InvalidDeclarationError, read_address, verify_problems
from .._store.each_certificate import for_each
from .._store.store_errors import StoreError
from .._x509.certificate_facts import read_certificate
from .._x509.pem import certificates_in
from .._x509.x509_errors import X509Error
from .handshake import shake_hands

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from .._handover.declared_items import DeclaredItem
    from .._handover.terms import KeyType, StartTls
    from .._store.layout import Layout
    from .._x509.certificate_facts import CertificateFacts
    from .handshake import Handshake

PAUSE = 0.25
WORKERS = 16
NAMES_SHOWN = 3
REMEDY = "Correct the configuration of the service, or deploy.verify, then run again."


@dataclass(frozen=True)
class Target:
    """An address, and the certificates in DER that it has to serve, leaf first."""

    name: str
    address: str
    host: str
    port: int
    server_name: str
    serial_number: str
    key_type: KeyType | None
    expected: tuple[bytes, ...]
    protocol: StartTls | None = None


@dataclass(frozen=True)
class Verification:
    """The result for each declared address. ``problems`` are about addresses that do not serve their certificate.

    ``unproved`` are the names of the declarations with such a problem.
    """

    verified: list[dict[str, Any]]
    problems: list[Problem]
    unverified: Set[str]
    words: str


def require_addresses(items: Iterable[DeclaredItem]) -> None:
    """Raise InvalidDeclarationError for an address that cannot be used."""
    if wrong := [f"{item['name']}: {problem}" for item in items for problem in verify_problems(item)]:
        raise InvalidDeclarationError("\n".join(wrong))


def verify_addresses(layout: Layout, items: Iterable[DeclaredItem], *, timeout: float) -> Verification:
    """Verify every declared address, and ask again until it serves the installed certificate.

    All addresses together get *timeout* seconds.
    """
    items = tuple(items)
    found, problems = for_each(items, lambda item: (item["name"], _targets(layout, item)))
    targets = [target for dummy, targets in found for target in targets]
    deadline = time.monotonic() + timeout
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        objections = list(pool.map(lambda target: _wait_until_verified(target, deadline), targets))
    return Verification(
        verified=[
            {
                "name": target.name,
                "address": target.address,
                "reason": _reason(target, objection).shown(),
            }
            for target, objection in zip(targets, objections)
        ],
        problems=[
            *problems,
            *(Problem(objection, REMEDY, target.name) for target, objection in zip(targets, objections) if objection),
        ],
        unverified={item["name"] for item in items} - dict(found).keys()
        | {target.name for target, objection in zip(targets, objections) if objection},
        words=f"{objections.count(None)} of {len(targets)} addresses serve the installed certificate",
    )


def _reason(target: Target, objection: str | None) -> Reason:
    if objection:
        return Reason(ReasonCode.NOT_VERIFIED, objection)
    return Reason(ReasonCode.VERIFIED, f"serves certificate {target.serial_number} with its chain")


def _targets(layout: Layout, item: DeclaredItem) -> list[Target]:
    deployment = item.get("deploy")
    addresses = (deployment.get("verify") if deployment else None) or []
    path = layout.current(item["name"]) / "fullchain.pem"
    if not addresses:
        return []
    try:
        chain = certificates_in(path.read_bytes())
        facts = read_certificate(chain[0])
    except (OSError, X509Error, IndexError) as error:
        raise StoreError(
            "The certificate cannot be verified",
            path=path,
            why=quote(error),
            remedy="Install the certificate (certum_install), then run again.",
        ) from error
    expected = tuple(ssl.PEM_cert_to_DER_cert(certificate) for certificate in chain)
    targets = []
    for address in addresses:
        host, port, protocol = read_address(address)
        targets.append(
            Target(
                name=item["name"],
                address=address,
                host=host,
                port=port,
                protocol=protocol,
                server_name=_server_name(host, facts),
                serial_number=facts.serial_number,
                key_type=_key_type(facts),
                expected=expected,
            )
        )
    return targets


def _server_name(host: str, facts: CertificateFacts) -> str:
    """Return the server name to ask for: the host, if the certificate covers it, else a name of the certificate."""
    if is_covered(host, facts.names):
        return host
    return (facts.common_name or facts.names[0]).replace("*", "verify", 1)


def _wait_until_verified(target: Target, deadline: float) -> str | None:
    """Return None once the address serves the certificate, else the objection of the last try."""
    while True:
        objection = _objection(target)
        if objection is None:
            return None
        if time.monotonic() + PAUSE > deadline:
            return f"{target.name}: {target.address} {objection}"
        time.sleep(PAUSE)


def _objection(target: Target) -> str | None:
    try:
        verified = _ask(target)
    except OSError as error:
        return f"does not answer a TLS handshake for {quote(target.server_name)} ({quote(error)})"
    objection = _difference(target, verified)
    key_type = _key_type_to_ask_for(target, verified)
    if key_type is None:
        return objection
    try:
        other = _ask(target, key_type)
    except OSError as error:
        return f"{objection}; it has none with an {key_type.name} key over TLS 1.2 ({quote(error)})"
    return _difference(target, other)


def _ask(target: Target, key_type: KeyType | None = None) -> Handshake:
    """Return the certificates of the target. Raises OSError."""
    return shake_hands(
        target.host, target.port, server_name=target.server_name, key_type=key_type, protocol=target.protocol
    )


def _difference(target: Target, verified: Handshake) -> str | None:
    if verified.certificates[0] != target.expected[0]:
        asked = f"asked for {quote(target.server_name)} it serves {_words(verified.certificates[0])}"
        return f"{asked}, not certificate {target.serial_number}"
    if verified.chain_known and not set(target.expected) <= set(verified.certificates):
        return f"serves certificate {target.serial_number} without its whole chain; configure fullchain.pem"
    return None


def _key_type_to_ask_for(target: Target, verified: Handshake) -> KeyType | None:
    """Return our type of key if the server shows another: a server can have one certificate per type."""
    try:
        shown = _key_type(read_certificate(ssl.DER_cert_to_PEM_cert(verified.certificates[0])))
    except X509Error:
        return None
    return None if shown is target.key_type else target.key_type


def _key_type(facts: CertificateFacts) -> KeyType | None:
    return facts.key_spec.type if facts.key_spec else None


def _words(certificate: bytes) -> str:
    """Return the serial number and the names of a certificate, for messages."""
    try:
        facts = read_certificate(ssl.DER_cert_to_PEM_cert(certificate))
    except X509Error as error:
        return f"a certificate that cannot be read ({error})"
    names = facts.names or tuple(filter(None, [facts.common_name]))
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"certificate {facts.serial_number} for {quote(', '.join(names[:NAMES_SHOWN])) or 'no name'}{more}"
