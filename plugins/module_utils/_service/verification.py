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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode
from .._lifecycle.certificate_names import is_covered
from .._lifecycle.declaration import InvalidDeclarationError, is_absent
from .._lifecycle.deployment_problems import deployment_problems, verify_problems
from .._lifecycle.verify_address import read_address
from .._store.each_certificate import for_each
from .._store.layout import FULL_CHAIN
from .._store.store_errors import StoreError
from .._x509.certificate_facts import read_certificate
from .._x509.pem import certificates_in
from .._x509.x509_errors import X509Error
from .handshake import shake_hands
from .known_services import KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
    from pathlib import Path

    from .._handover.declared_items import DeclaredDeployment, DeclaredItem
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
    """An address, and the certificates in DER that it must show, leaf first."""

    address: str
    host: str
    port: int
    server_name: str
    serial_number: str
    key_type: KeyType | None
    expected: tuple[bytes, ...]
    protocol: StartTls | None = None


@dataclass(frozen=True)
class Expectation:
    """One certificate that at least one of the addresses must show.

    A declared address is alone. The addresses where a service listens stand together: it may serve others there too.
    ``hint`` is a sentence for an address that serves another certificate.
    """

    name: str
    service: str
    targets: tuple[Target, ...]
    declared: bool
    hint: str


@dataclass(frozen=True)
class Result:
    """What the handshakes with one address showed. ``objection`` is None if it serves the certificate."""

    target: Target
    objection: str | None
    speaks_tls: bool = True


@dataclass(frozen=True)
class Verification:
    """The result for each address. ``problems`` are about addresses that do not serve their certificate.

    ``unverified`` are the names of the declarations with such a problem. ``served_at`` are the addresses that serve a
    certificate, by the name of the declaration and by the service.
    """

    verified: list[dict[str, Any]]
    problems: list[Problem]
    unverified: Set[str]
    words: str
    served_at: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)


def require_addresses(items: Iterable[DeclaredItem]) -> None:
    """Raise InvalidDeclarationError for an address that cannot be used."""
    _refuse(items, verify_problems)


def require_deployable(items: Iterable[DeclaredItem]) -> None:
    """Raise InvalidDeclarationError for services that cannot be deployed to as declared."""
    _refuse(items, lambda item: verify_problems(item) if is_absent(item) else deployment_problems(item))


def _refuse(items: Iterable[DeclaredItem], problems: Callable[[DeclaredItem], Iterator[str]]) -> None:
    if wrong := [f"{item['name']}: {problem}" for item in items for problem in problems(item)]:
        raise InvalidDeclarationError("\n".join(wrong))


def verify_addresses(
    layout: Layout,
    items: Iterable[DeclaredItem],
    *,
    timeout: float,
    listening: Mapping[str, Sequence[str]] | None = None,
) -> Verification:
    """Verify every address, and ask again until it serves the installed certificate.

    Where a declaration has no ``verify``, the addresses at which the service is *listening* are asked. All addresses
    together get *timeout* seconds.
    """
    items = tuple(items)
    found, problems = for_each(items, lambda item: (item["name"], _expectations(layout, item, listening or {})))
    expectations = [expectation for dummy, of_item in found for expectation in of_item]
    deadline = time.monotonic() + timeout
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        results = list(pool.map(lambda expectation: _wait_until_verified(expectation, deadline), expectations))
    ended = [(each, answers) for each, answers in zip(expectations, results) if each.declared or _tls(answers)]
    failed = [(each, answers) for each, answers in ended if not _good(answers)]
    return Verification(
        verified=[
            {"name": each.name, "address": answer.target.address, "reason": _reason(each, answer).shown()}
            for each, answers in ended
            for answer in (_good(answers) or answers)
        ],
        problems=[*problems, *(Problem(_words_of_failure(*each), REMEDY, each[0].name) for each in failed)],
        unverified={item["name"] for item in items} - dict(found).keys() | {each.name for each, _answers in failed},
        words=_summary(ended),
        served_at=_served_at(ended),
    )


def _served_at(ended: Iterable[tuple[Expectation, Sequence[Result]]]) -> dict[tuple[str, str], Sequence[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for each, answers in ended:
        found.setdefault((each.name, each.service), []).extend(answer.target.address for answer in _good(answers))
    return dict(found)


def _good(answers: Sequence[Result]) -> list[Result]:
    return [answer for answer in answers if answer.objection is None]


def _tls(answers: Sequence[Result]) -> list[Result]:
    return [answer for answer in answers if answer.speaks_tls]


def _summary(ended: Sequence[tuple[Expectation, Sequence[Result]]]) -> str:
    asked = [answer for dummy, answers in ended for answer in (_good(answers) or answers)]
    return f"{len(_good(asked))} of {len(asked)} addresses serve the installed certificate"


def _reason(expectation: Expectation, answer: Result) -> Reason:
    if answer.objection:
        return Reason(ReasonCode.NOT_VERIFIED, f"{expectation.name}: {answer.target.address} {answer.objection}")
    return Reason(ReasonCode.VERIFIED, f"serves certificate {answer.target.serial_number} with its chain")


def _words_of_failure(expectation: Expectation, answers: Sequence[Result]) -> str:
    asked = answers if expectation.declared else _tls(answers)
    words = "; ".join(f"{answer.target.address} {answer.objection}" for answer in asked)
    if expectation.declared:
        return f"{expectation.name}: {words}{expectation.hint if _tls(answers) else ''}"
    return (
        f"{expectation.name}: of the addresses at which {expectation.service} listens, none serves it: {words}"
        f"{expectation.hint}. If clients use no address of this host, set deploy.verify"
    )


def _expectations(layout: Layout, item: DeclaredItem, listening: Mapping[str, Sequence[str]]) -> list[Expectation]:
    """Return what each address must show. Raises StoreError if the certificate on disk cannot be read."""
    wanted = [
        (deployment, declared, address)
        for deployment in item.get("deploy") or ()
        for declared, address in _addresses(deployment, listening)
    ]
    if not wanted:
        return []
    path = layout.current(item["name"]) / FULL_CHAIN
    target = _Installed.read(path).target
    return [
        Expectation(
            name=item["name"],
            service=deployment["service"],
            targets=tuple(target(address, deployment["service"]) for address in addresses),
            declared=declared,
            hint=_hint(deployment["service"], path.parent),
        )
        for deployment, declared, addresses in wanted
    ]


def _addresses(
    deployment: DeclaredDeployment, listening: Mapping[str, Sequence[str]]
) -> Iterator[tuple[bool, Sequence[str]]]:
    """Yield the addresses that belong together, and whether they are declared."""
    declared = deployment.get("verify")
    if declared is not None:
        yield from ((True, (address,)) for address in declared)
    elif found := listening.get(deployment["service"]):
        yield False, found


def _hint(service: str, path: Path) -> str:
    entry = KNOWN.get(service)
    return f". {service} uses these files with the lines: {entry.lines.format(path=path)}" if entry else ""


@dataclass(frozen=True)
class _Installed:
    """The certificate on disk, with its chain in DER, leaf first."""

    facts: CertificateFacts
    chain: tuple[bytes, ...]

    @classmethod
    def read(cls, path: Path) -> _Installed:
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
        return cls(facts, tuple(ssl.PEM_cert_to_DER_cert(certificate) for certificate in chain))

    def target(self, address: str, service: str) -> Target:
        host, port, protocol = read_address(address)
        entry = KNOWN.get(service)
        return Target(
            address=address,
            host=host,
            port=port,
            protocol=protocol or (entry.protocol if entry else None),
            server_name=_server_name(host, self.facts),
            serial_number=self.facts.serial_number,
            key_type=_key_type(self.facts),
            expected=self.chain,
        )


def _server_name(host: str, facts: CertificateFacts) -> str:
    """Return the server name to ask for: the host, if the certificate covers it, else a name of the certificate."""
    if is_covered(host, facts.names):
        return host
    return (facts.common_name or facts.names[0]).replace("*", "verify", 1)


def _wait_until_verified(expectation: Expectation, deadline: float) -> list[Result]:
    """Ask the addresses until one serves the certificate, at most until the deadline. Return the last results."""
    while True:
        answers = [_result(target) for target in expectation.targets]
        wait_is_over = time.monotonic() + PAUSE > deadline
        if _good(answers) or wait_is_over or not (expectation.declared or _tls(answers)):
            return answers
        time.sleep(PAUSE)


def _result(target: Target) -> Result:
    try:
        verified = _ask(target)
    except OSError as error:
        words = f"does not answer a TLS handshake for {quote(target.server_name)} ({quote(error)})"
        return Result(target, words, speaks_tls=False)
    objection = _difference(target, verified)
    key_type = _key_type_to_ask_for(target, verified)
    if key_type is None:
        return Result(target, objection)
    try:
        other = _ask(target, key_type)
    except OSError as error:
        return Result(target, f"{objection}; it has none with an {key_type.name} key over TLS 1.2 ({quote(error)})")
    return Result(target, _difference(target, other))


def _ask(target: Target, key_type: KeyType | None = None) -> Handshake:
    """Return the certificates of the target. Raises OSError."""
    return shake_hands(
        target.host, target.port, server_name=target.server_name, key_type=key_type, protocol=target.protocol
    )


def _difference(target: Target, verified: Handshake) -> str | None:
    if verified.certificates[0] != target.expected[0]:
        shown = f"serves {_words(verified.certificates[0])}, not certificate {target.serial_number},"
        return f"{shown} to a client that requests {quote(target.server_name)}"
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
