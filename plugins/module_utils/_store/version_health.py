# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads issued certificates on disk, with their problems. Must be fast: a nightly run reads a thousand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING

from .._x509 import compatibility
from .._x509.certificate_facts import CertificateFacts, facts_of
from .._x509.keys import public_key_sha256_of_private
from .._x509.pem import blocks
from .._x509.x509_errors import X509Error
from .layout import CERTIFICATE, CHAIN, FULL_CHAIN, METADATA, PRIVATE_KEY, VERSIONS
from .metadata import Metadata, read_metadata
from .store_errors import AccessError, StoreError

if TYPE_CHECKING:
    from .atomic_files import Directory, File

_UNKNOWN = datetime.min.replace(tzinfo=timezone.utc)
SERIAL_NUMBER = re.compile(r"[0-9A-F]{1,64}")


@dataclass(frozen=True)
class KeyFile:
    """The mode and owner of a private key on disk, and whether it belongs to the certificate beside it."""

    mode: int
    uid: int
    gid: int
    matches: bool


@dataclass(frozen=True)
class InstalledVersion:
    """The content of versions/<serial_number>.

    A version with *problems* cannot be deployed. *metadata_problem* does not prevent that: key and chain are good, only
    their history is unknown. *key* is None if the private key is kept elsewhere (an HSM), or is missing: a problem.
    """

    serial_number: str
    facts: CertificateFacts | None
    key: KeyFile | None
    metadata: Metadata | None
    problems: tuple[str, ...]
    metadata_problem: str | None = None

    @property
    def good(self) -> bool:
        """Whether a service may use this key and chain."""
        return not self.problems


def read_versions(directory: Directory) -> list[InstalledVersion]:
    """Read every version of one certificate, last installed first, unreadable ones at the end."""
    versions = directory.enter(VERSIONS)
    if versions is None:
        return []
    with versions:
        found = [read_version(versions, name) for name in versions.names() if SERIAL_NUMBER.fullmatch(name)]
    return sorted(found, key=_age, reverse=True)


def _age(version: InstalledVersion) -> tuple[datetime, datetime, str]:
    not_before = version.facts.not_before if version.facts else _UNKNOWN
    return version.metadata.installed_at if version.metadata else not_before, not_before, version.serial_number


def read_version(versions: Directory, serial_number: str) -> InstalledVersion:
    """Read one version. Wrong content becomes a problem. Raises AccessError."""
    try:
        directory = versions.enter(serial_number)
    except AccessError:
        raise
    except StoreError as error:
        return InstalledVersion(serial_number, None, None, None, (str(error),))
    if directory is None:
        return InstalledVersion(serial_number, None, None, None, (f"{versions.path}/{serial_number} does not exist",))
    with directory:
        return _Reading(directory).version(serial_number)


class _Reading:
    """Collects the problems of one version while its files are read."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.problems: list[str] = []

    def version(self, serial_number: str) -> InstalledVersion:
        metadata, metadata_problem = self._metadata()
        certificate = self._file(CERTIFICATE)
        facts = self._certificate(certificate, serial_number)
        key = self._key(facts, own_key=metadata is None or metadata.own_key)
        return InstalledVersion(serial_number, facts, key, metadata, tuple(self.problems), metadata_problem)

    def _problem(self, name: str, why: object) -> None:
        self.problems.append(f"{self.directory.path}/{name}: {why}")

    def _file(self, name: str) -> File | None:
        try:
            found = self.directory.read(name)
        except AccessError:
            raise
        except StoreError as error:
            self._problem(name, error.why)
            return None
        if found is None:
            self._problem(name, "it is missing")
        return found

    def _metadata(self) -> tuple[Metadata | None, str | None]:
        path = f"{self.directory.path}/{METADATA}"
        try:
            found = self.directory.read(METADATA)
            return (read_metadata(found.data, path), None) if found else (None, f"{path}: it is missing")
        except AccessError:
            raise
        except StoreError as error:
            return None, f"{path}: {error.why}"

    def _certificate(self, found: File | None, serial_number: str) -> CertificateFacts | None:
        if found is None:
            return None
        try:
            facts = facts_of(compatibility.load_certificate(_only(blocks(_text(found.data), "CERTIFICATE"))))
        except X509Error as error:
            self._problem(CERTIFICATE, error)
            return None
        if facts.serial_number != serial_number:
            self._problem(CERTIFICATE, f"its serial number is {facts.serial_number}")
        self._chain(facts, found.data)
        return facts

    def _chain(self, facts: CertificateFacts, pem: bytes) -> None:
        """Compare names only. Signatures were verified at the installation, and are slow to verify."""
        chain, full_chain = self._file(CHAIN), self._file(FULL_CHAIN)
        if chain is None or full_chain is None:
            return
        if full_chain.data != pem + chain.data:
            self._problem(FULL_CHAIN, f"it is not {CERTIFICATE} followed by {CHAIN}")
        try:
            first = _first_subject(chain.data)
        except X509Error as error:
            self._problem(CHAIN, error)
            return
        if first is not None and first != facts.issuer:
            self._problem(CHAIN, f"its first certificate did not issue {CERTIFICATE}")

    def _key(self, facts: CertificateFacts | None, *, own_key: bool) -> KeyFile | None:
        found = self._file(PRIVATE_KEY) if own_key else None
        if found is None:
            return None
        matches = False
        try:
            matches = facts is not None and public_key_sha256_of_private(found.data) == facts.public_key_sha256
            if facts and not matches:
                self._problem(PRIVATE_KEY, f"it does not belong to {CERTIFICATE}")
        except X509Error as error:
            self._problem(PRIVATE_KEY, error)
        return KeyFile(found.mode, found.uid, found.gid, matches)


def _text(data: bytes) -> str:
    return data.decode("ascii", errors="replace")


def _only(ders: list[bytes]) -> bytes:
    if len(ders) != 1:
        raise X509Error(f"there are {len(ders)} certificates instead of one")
    return ders[0]


@lru_cache(maxsize=64)
def _first_subject(data: bytes) -> str | None:
    """Return the subject of the first certificate. Cached: a thousand leaves share a few chains.

    Raises X509Error unless the issuer of each certificate is the next one.
    """
    links = [compatibility.load_certificate(der) for der in blocks(_text(data), "CERTIFICATE")]
    for link, issuer in zip(links, links[1:]):
        if link.issuer != issuer.subject:
            raise X509Error("its certificates are not sorted: each must be issued by the next")
    if data.strip() and not links:
        raise X509Error("it contains no certificate")
    return links[0].subject.rfc4514_string() if links else None
